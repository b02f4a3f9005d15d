"""Lines are broken where readers of Chinese and of English expect it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyroute.cli.view.terminal import fitted
from dutyroute.cli.view.wrapping import indented, longest, pieces, wrap
from dutyroute.diagnostics import width

TEXT = st.text(alphabet="街道（镇）查处，住建。a b-c《》“”、/1 \n", max_size=60)


@pytest.mark.parametrize(
    "text,cells,lines",
    [
        ("", 10, [""]),
        ("街道查处", 4, ["街道", "查处"]),
        ("街道，查处。", 4, ["街", "道，", "查", "处。"]),
        ("街道（镇）查处", 8, ["街道", "（镇）查", "处"]),
        ("查处（可能）", 8, ["查处", "（可能）"]),
        ("the street office", 10, ["the street", "office"]),
        ("sub-district", 8, ["sub-", "district"]),
        ("--why-not x", 9, ["--why-not", "x"]),
        ("government", 4, ["gove", "rnme", "nt"]),
        ("一\n二", 10, ["一", "二"]),
    ],
)
def test_a_text_is_broken_where_it_may_be(text: str, cells: int, lines: list[str]) -> None:
    assert wrap(text, cells) == lines


@given(TEXT, st.integers(2, 40))
def test_every_line_fits_and_nothing_is_lost(text: str, cells: int) -> None:
    lines = wrap(text, cells)
    assert all(width(line) <= cells for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(
    st.lists(st.sampled_from(["三（二）1（5）", "一（一）", "3.2.1", "a b"]), min_size=1), st.integers(2, 40)
)
def test_a_list_is_broken_after_its_commas(parts: list[str], cells: int) -> None:
    lines = pieces(parts, "、", cells)
    assert all(width(line) <= cells for line in lines)
    assert "".join("".join(lines).split()) == "".join("、".join(parts).split())
    if cells >= max(width(part) + 2 for part in parts):
        assert all(line.endswith("、") for line in lines[:-1])


def test_later_lines_begin_below_the_first() -> None:
    assert indented("街道查处结果", 12, "注  ") == ["注  街道查处", "    结果"]


def test_the_longest_part_is_what_stays_on_one_line() -> None:
    assert longest("property company，街道（镇）") == len("company") + 2


@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(1, 60)), min_size=1, max_size=8), st.integers(10, 200)
)
def test_columns_share_what_there_is(pairs: list[tuple[int, int]], cells: int) -> None:
    natural = [max(pair) for pair in pairs]
    least = [min(pair) for pair in pairs]
    widths = fitted(natural, least, cells)
    assert sum(widths) <= max(cells, len(widths))
    assert all(0 < width <= most for width, most in zip(widths, natural, strict=True))
    if sum(least) <= cells:
        assert all(width >= few for width, few in zip(widths, least, strict=True))
    if sum(natural) <= cells:
        assert widths == natural
