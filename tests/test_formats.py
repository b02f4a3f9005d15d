"""What formats promise to everyone who reads or writes them."""

from __future__ import annotations

import codecs
import os
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyroute.formats.atomic import write_whole, write_whole_text
from dutyroute.formats.encoding import Encoding, detect, detect_file
from dutyroute.formats.json import JsonError, parse
from dutyroute.formats.percent import percent
from dutyroute.formats.timestamp import read_day, stamp

CHINESE = "编号,事项\nA1,占用消防通道\n"


@pytest.mark.parametrize(
    "raw, found",
    [
        (b"", Encoding("utf-8", is_sound=True)),
        (CHINESE.encode(), Encoding("utf-8", is_sound=True)),
        (codecs.BOM_UTF8 + CHINESE.encode(), Encoding("utf-8-sig", is_sound=True)),
        (CHINESE.encode("gbk"), Encoding("gb18030", is_sound=True)),
        (codecs.BOM_UTF16_LE + CHINESE.encode("utf-16-le"), Encoding("utf-16", is_sound=True)),
        ("id,day\nA1,2026".encode("utf-16-be"), Encoding("utf-16-be", is_sound=True)),
        (codecs.BOM_UTF32_BE + CHINESE.encode("utf-32-be"), Encoding("utf-32", is_sound=True)),
        (CHINESE.encode().replace("道".encode(), "道".encode()[:2]), Encoding("utf-8", is_sound=False)),
        (CHINESE.encode("gbk") + b"\xff,\xff\n", Encoding("gb18030", is_sound=False)),
        # The first line is sound in neither.
        (b"\xe8\xa5\xff\xe8\x8b\x91\n" + CHINESE.encode(), Encoding("utf-8", is_sound=False)),
    ],
)
def test_an_encoding_is_told_by_mark_then_utf8_then_gb18030(
    raw: bytes, found: Encoding, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(raw)
    assert (detect(raw), detect_file(path)) == (found, found)


def test_a_file_may_be_ascii_for_megabytes_before_it_is_gbk(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"A1,plain\n" * 300_000 + "A2,占用消防通道\n".encode("gbk"))
    assert detect_file(path) == Encoding("gb18030", is_sound=True)


def test_a_character_that_two_blocks_share_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for shift in range(3):
        path.write_text("x" * shift + "道" * 300_000, "utf-8")
        assert detect_file(path) == Encoding("utf-8", is_sound=True)


@pytest.mark.parametrize(
    "text, code",
    [
        ('{"a": 1, "a": 2}', "json-key-twice"),
        ('{"a": {"b": 1, "b": 1}}', "json-key-twice"),
        ("NaN", "json-no-number"),
        ("-Infinity", "json-no-number"),
        ('"\\ud83d"', "json-half-character"),
        ('{"\\uDE00": 1}', "json-half-character"),
        ("[" * 100_000, "json-too-deep"),
        ("1" * 5_000, "json-long-number"),
        ("{} {}", "json-more"),
        ("{'a': 1}", "json-syntax"),
    ],
)
def test_json_that_readers_may_read_differently_is_refused(text: str, code: str) -> None:
    with pytest.raises(JsonError) as raised:
        parse(text)
    assert raised.value.code == code
    assert raised.value.describe("zh") != raised.value.describe("en")


def test_an_escaped_pair_and_an_escaped_backslash_are_whole_characters() -> None:
    assert parse('["\\ud83d\\ude00", "\\\\ud83d"]') == ["😀", "\\ud83d"]


@given(st.integers(1, 10**7), st.integers(1, 10**7), st.integers(0, 3))
def test_rounding_alone_makes_neither_nothing_nor_everything(part: int, whole: int, digits: int) -> None:
    share = min(part, whole) / whole
    for said in (percent(share, digits), percent(share, digits, rounds_down=True)):
        assert float(said.removesuffix("%")) > 0
        assert (float(said.removesuffix("%")) == 100) == (share == 1)


@given(st.integers(0, 1000))
def test_a_share_of_tenths_is_what_it_is(tenths: int) -> None:
    assert percent(tenths / 1000, rounds_down=True) == percent(tenths / 1000) == f"{tenths / 10:.1f}%"


@pytest.mark.parametrize("text", ["20260301", "2026-W09-7", "2026-3-1", "2026-02-30", "２０２６-03-01"])
def test_a_day_is_written_in_one_way(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a day|out of range"):
        read_day(text)
    assert read_day("2026-03-01") == date(2026, 3, 1)


@given(st.datetimes(timezones=st.just(timezone(timedelta(hours=8)))))
def test_a_moment_is_read_as_it_was_written(at: datetime) -> None:
    if at.year in (1, 9999):
        return  # in UTC it may be outside the calendar
    assert datetime.fromisoformat(stamp(at)) == at.astimezone(UTC)


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("old")
    path.chmod(0o640)
    with pytest.raises(TypeError), write_whole(path) as stream:
        stream.writelines([b"half", "no bytes"])  # type: ignore[list-item]
    assert (path.read_text(), os.listdir(tmp_path)) == ("old", ["page.html"])
    write_whole_text(path, "new \ud83d")
    assert (path.read_text(), os.listdir(tmp_path)) == ("new \\ud83d", ["page.html"])
    assert path.stat().st_mode & 0o777 == 0o640
