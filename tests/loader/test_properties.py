"""What holds for any data and any text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dutyroute.diagnostics import Place, Span, draw
from dutyroute.rulebook.loader import read_document
from dutyroute.rulebook.loader.builder import PARSERS
from dutyroute.rulebook.loader.page import Page
from dutyroute.rulebook.loader.recovery import read_page
from dutyroute.rulebook.loader.scalar import SUSPECT

FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffd-\uffff\ud800-\udfff]"
)


class Dumper(yaml.SafeDumper):
    """Puts into quotes what the loader would otherwise ask about."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = '"' if SUSPECT.search(text) or text.startswith("-") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


Dumper.add_representer(str, _text)

texts = st.text(max_size=30).filter(lambda text: not FORBIDDEN.search(text))
scalars = (
    texts
    | st.booleans()
    | st.none()
    | st.integers(-(10**18) + 1, 10**18 - 1)
    | st.dates()
    | st.sampled_from(
        ["no", "on", "12:30", "2024-7-1", "0x1f", "~", "null", "007", "1.5", "2024-02-30", "", "- a"]
    )
)
data = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5),
    max_leaves=25,
)


def frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(frozen, value))
    return {k: frozen(v) for k, v in value.items()} if isinstance(value, dict) else value


def typed(value: Any) -> Any:
    """Tell 1 and true apart, which compare equal."""
    if isinstance(value, tuple):
        return tuple(map(typed, value))
    return {k: typed(v) for k, v in value.items()} if isinstance(value, dict) else (type(value), value)


def places(value: Any, at: Place = ()) -> Iterator[tuple[Place, Any]]:
    yield at, value
    inside = (
        value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, tuple) else ())
    )
    for part, inner in inside:
        yield from places(inner, (*at, part))


@settings(deadline=None)
@given(data, st.booleans())
def test_what_yaml_writes_is_read_back(written: Any, flow: bool) -> None:
    text = yaml.dump(written, Dumper=Dumper, allow_unicode=True, default_flow_style=flow, sort_keys=False)
    document, faults = read_document(text)
    assert faults == []
    assert typed(document.data) == typed(frozen(written))


@settings(deadline=None)
@given(data)
def test_every_scalar_is_found_at_its_place(written: Any) -> None:
    text = yaml.dump(written, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=10**6)
    document, _ = read_document(text)
    for at, value in places(document.data):
        span = document.span(at)
        assert span is not None
        if isinstance(value, bool | int | date):
            assert span.excerpt[span.column - 1 : span.end - 1] == str(value).lower()


PIECES = st.sampled_from(
    [
        *(
            "a",
            "b: ",
            "c:",
            "- ",
            "-",
            "\n",
            "\n  ",
            "\n    ",
            "[",
            "]",
            "{",
            "}",
            ",",
            ", ",
            '"',
            "'",
            ":",
            ": ",
        ),
        *(
            "?",
            "? ",
            "|",
            ">",
            "|-\n  ",
            ">\n   ",
            "#",
            " #",
            "&x ",
            "*x",
            "!t ",
            "@",
            "%",
            "---",
            "...",
            "\\n",
        ),
        *(
            "中",
            "：",
            "\u3000",
            "😀",
            " ",
            "\r\n",
            "\r",
            "true",
            "12",
            "2024-02-30",
            "<<: ",
            "`",
            "\\",
            "\t",
            "\n\t",
        ),
        *(
            "\x00",
            "\x85",
            "\u2028",
            "\ufeff",
            "\ud800",
            "“",
            "，",
            "\u200b",
            "\nrules:\n  - id: ",
            "%YAML 1.1\n",
            "［",
        ),
        *("\\ud800", "\\UFFFFFFFF", "\\x", "1" * 20, "[a，b]", "x: y\n", "\n- ", "~", "\\"),
    ]
)
yamlish = st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=60)


def readings(text: str) -> list[tuple[Any, list[Any], list[Span | None]]]:
    """Read a text with each parser: the data, the faults, the places."""
    found = []
    for parser in PARSERS:
        page = Page("f", text)
        document = read_page(page, parser)
        spans = [document.span(at, on) for at, _ in places(document.data) for on in ("key", "value")]
        found.append((document.data, page.faults, spans))
    return found


@settings(max_examples=400, deadline=None)
@given(yamlish)
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    for _, faults, _ in readings(text):
        for fault in faults:
            assert draw(fault, "zh")
            assert not re.search("<[a-z]+>", fault.message("en"))  # no value is missing
            assert fault.span is not None


@settings(max_examples=400, deadline=None)
@given(yamlish)
def test_the_two_parsers_tell_the_same(text: str) -> None:
    fast, slow = readings(text)[0], readings(text)[-1]
    assert bool(fast[1]) == bool(slow[1])
    if not fast[1]:
        assert (typed(fast[0]), fast[2]) == (typed(slow[0]), slow[2])


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_words(raw: bytes) -> None:
    from dutyroute.rulebook.loader.page import decode

    page, faults = decode("f", raw)
    read_page(page)
    for fault in (*faults, *page.faults):
        assert draw(fault, "zh")
