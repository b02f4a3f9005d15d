"""A word without quotes means what is listed here, and is text otherwise."""

from __future__ import annotations

from datetime import date

import pytest

from dutyroute.rulebook.loader import read_document

MEANT = {
    "true": True,
    "false": False,
    "null": None,
    "~": None,
    "": None,
    "0": 0,
    "7": 7,
    "-12": -12,
    "999999999999999999": 999_999_999_999_999_999,
    "2026-03-01": date(2026, 3, 1),
    "2024-02-29": date(2024, 2, 29),
}

TEXT = (
    *("True", "TRUE", "yes", "no", "on", "off", "y", "n", "Null", "NULL", "None", "nan", ".nan", ".inf"),
    *("007", "+7", "1_000", "0x1f", "0o17", "1.5", "1e3", "3.1", "3.2.1.5", "12:30", "1,000", "٣", "７"),
    *("2024-7-1", "2024-07-1", "2024-07-01T00:00:00", "2024-07-01 08:00", "2024/07/01"),
    *("街道办事处", "街道：消防查处", "三（二）1（5）", "“三无”小区", "A、B", "a-b_c.d", "opinion/3.2.1.5"),
    *("http://example.org/x", "C#", "50%", "a?b", "-a", "--", "<b>", "=", "$5"),
)


@pytest.mark.parametrize("written", MEANT)
def test_a_plain_word_is_read_as_what_it_means(written: str) -> None:
    document, faults = read_document(f"key: {written}\n")
    found = document.data["key"]
    assert (found, type(found), faults) == (MEANT[written], type(MEANT[written]), [])


@pytest.mark.parametrize("written", TEXT)
def test_any_other_plain_word_is_text(written: str) -> None:
    document, faults = read_document(f"- {written}\n")
    assert (document.data, faults) == ((written,), [])


@pytest.mark.parametrize("written", [*MEANT, *TEXT])
@pytest.mark.parametrize("quote", ["'", '"'])
def test_a_quoted_word_is_text(written: str, quote: str) -> None:
    document, faults = read_document(f"key: {quote}{written}{quote}\n")
    assert (document.data, faults) == ({"key": written}, [])


def test_blocks_of_text_are_text() -> None:
    text = "kept: |\n  　　第一段：甲\n  第二段\n\nfolded: >-\n  一\n  二\n"
    document, faults = read_document(text)
    assert document.data == {"kept": "　　第一段：甲\n第二段\n", "folded": "一 二"}
    assert faults == []


def test_lists_are_tuples_and_mappings_dicts() -> None:
    document, _ = read_document("a: [1, {b: c}]\nd: {}\ne: []\nf:\n- g\n- [h, [i]]\n")
    assert document.data == {"a": (1, {"b": "c"}), "d": {}, "e": (), "f": ("g", ("h", ("i",)))}


@pytest.mark.parametrize(
    "written, data",
    [
        ("{a: b, c: [d]}", {"a": "b", "c": ("d",)}),
        ('{"a": 1, "b": true}', {"a": 1, "b": True}),
        ("---\na: b\n...\n", {"a": "b"}),
        ("\ufeffa: b\n", {"a": "b"}),
        ("a: b\r\nc: d\r\n", {"a": "b", "c": "d"}),
        ("a: b\rc: d\r", {"a": "b", "c": "d"}),
        ("a: b", {"a": "b"}),
        ("a:\tb\t# tabs between words are blanks\n", {"a": "b"}),
        ("? a\n: b\n", {"a": "b"}),
        ("'<<': a\n'a:b': c\n", {"<<": "a", "a:b": "c"}),
        ("word", "word"),
        ("", None),
        ("# nothing\n", None),
    ],
)
def test_what_yaml_allows_and_nobody_misreads_is_read(written: str, data: object) -> None:
    document, faults = read_document(written)
    assert (document.data, faults) == (data, [])
