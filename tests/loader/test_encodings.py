"""Text in another encoding is named, refused, and read all the same."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from dutyroute.rulebook.loader import read_document

TEXT = "rules:\n  - id: fire-lane\n    title: 占用消防通道由街道查处\n"
DATA = {"rules": ({"id": "fire-lane", "title": "占用消防通道由街道查处"},)}


@pytest.mark.parametrize(
    "raw, codes",
    [
        (TEXT.encode(), []),
        (codecs.BOM_UTF8 + TEXT.encode(), []),
        (TEXT.encode("gbk"), ["gbk-encoding"]),
        (TEXT.encode("gb18030"), ["gbk-encoding"]),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), ["utf16-encoding"]),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), ["utf16-encoding"]),
        (codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), ["utf16-encoding"]),
        (TEXT.encode("utf-16-le"), ["utf16-encoding"]),
        (TEXT.encode("utf-16-be"), ["utf16-encoding"]),
    ],
)
def test_what_the_file_says_is_known_whatever_its_encoding(
    raw: bytes, codes: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "fire.yaml"
    path.write_bytes(raw)
    document, faults = read_document(path, "fire.yaml")
    assert (document.data, [fault.code for fault in faults]) == (DATA, codes)


def test_gbk_is_shown_at_the_first_place_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "fire.yaml"
    path.write_bytes(TEXT.encode("gbk"))
    (fault,) = read_document(path, "fire.yaml")[1]
    assert str(fault.span) == "fire.yaml:3:12"
    assert fault.span is not None
    assert fault.span.excerpt == "    title: 占用消防通道由街道查处"


def test_every_damaged_character_has_its_place(tmp_path: Path) -> None:
    path = tmp_path / "fire.yaml"
    path.write_bytes(TEXT.encode().replace("道".encode(), "道".encode()[:2]))
    document, faults = read_document(path, "f")
    assert [(fault.code, str(fault.span)) for fault in faults] == [
        ("not-utf8", "f:3:17"),
        ("not-utf8", "f:3:21"),
    ]
    assert document.data["rules"][0]["id"] == "fire-lane"


def test_bytes_that_are_no_text_at_all_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "picture.yaml"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\xff\xd8\xff")
    _, faults = read_document(path, "picture.yaml")
    assert {fault.code for fault in faults} >= {"control-character", "not-utf8"}
