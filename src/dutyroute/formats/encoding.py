"""Detection of encodings: a byte order mark, else UTF-8, else GB18030."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

LOST: Final = "\ufffd"
"""What a decoder puts for bytes that are no text."""

_BLOCK: Final = 1 << 18
_HEAD: Final = 4096

# The longer marks first: the one of UTF-32 begins with the one of UTF-16.
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_STRANGE = re.compile("[^\x00-\x7f]")
_CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef\u2010-\u203b]")


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding by its Python name, and whether all the bytes looked at are text in it."""

    name: str
    is_sound: bool

    @property
    def label(self) -> str:
        """The name as people write it; a mark at the start makes no other encoding."""
        return self.name.removesuffix("-sig").upper()


def detect(raw: bytes) -> Encoding:
    """
    Detect the encoding of a whole text.

    Bytes that are sound in neither UTF-8 nor GB18030 get the encoding that
    loses the fewest characters.

    >>> detect("街道".encode("gbk"))
    Encoding(name='gb18030', is_sound=True)
    """
    name = _marked(raw[:_HEAD]) or "utf-8"
    with suppress(UnicodeDecodeError):
        raw.decode(name)
        return Encoding(name, is_sound=True)
    # Lines of another encoding may have been added, and bytes lost: the first line that tells counts.
    first = next(filter(_tells, raw[:_HEAD].splitlines(keepends=True)), b"")
    told = first if first.endswith((b"\n", b"\r")) else raw
    # One lost byte of a UTF-8 file can make the whole valid GB18030, all of it wrong characters.
    if name != "utf-8" or _is_damaged_utf8(told):
        return Encoding(name, is_sound=False)
    try:
        return Encoding("gb18030", _is_chinese(raw.decode("gb18030")))
    except UnicodeDecodeError:
        with suppress(UnicodeDecodeError):
            if told is first and _is_chinese(first.decode("gb18030")):
                return Encoding("gb18030", is_sound=False)
        lost = {each: raw.decode(each, "replace").count(LOST) for each in ("gb18030", "utf-8")}
        return Encoding(min(lost, key=lambda each: lost[each]), is_sound=False)


def detect_file(path: Path) -> Encoding:
    """
    Detect the encoding of a file of any size, reading it once in blocks.

    A file may be ASCII for megabytes and GBK after that, so the first line that is
    not ASCII decides, and the block with the first bytes that are not UTF-8.

    Raises:
        OSError: if the file cannot be read.
    """
    with open(path, "rb") as stream:
        head = stream.read(_HEAD)
        name = _marked(head) or "utf-8"
        decoder = codecs.getincrementaldecoder(name)()
        stream.seek(0)
        while True:
            block = stream.read(_BLOCK)
            pending = decoder.getstate()[0]
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError:
                # The end of a block may cut a character; a line end never does.
                whole = pending + block + stream.readline()
                return (
                    detect(head[: head.rfind(b"\n") + 1] + whole)
                    if name == "utf-8"
                    else Encoding(name, is_sound=False)
                )
            if not block:
                return Encoding(name, is_sound=True)


def _marked(head: bytes) -> str | None:
    """Detect the encoding by its byte order mark, or UTF-16 by its many zeros."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    # In UTF-16, every ASCII character has a zero byte, always on the same side.
    even, odd = head[::2].count(0), head[1::2].count(0)
    if len(head) < 4 or (even + odd) * 4 < len(head) or max(even, odd) < 4 * min(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _tells(line: bytes) -> bool:
    """Check whether a line is not ASCII, and sound in one of the two encodings."""
    for name in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return not line.isascii() and bool(line.decode(name))
    return False


def _is_damaged_utf8(raw: bytes) -> bool:
    """Check whether most of what is not ASCII is valid UTF-8."""
    beyond = sum(map(len, _BEYOND_ASCII.findall(raw)))
    kept = raw.decode("utf-8", "ignore").encode()
    return sum(map(len, _BEYOND_ASCII.findall(kept))) * 2 > beyond


def _is_chinese(text: str) -> bool:
    """Check that a text is Chinese, and not other bytes that happen to be valid GB18030."""
    return len(_CHINESE.findall(text)) * 10 >= len(_STRANGE.findall(text)) * 8 and "\0" not in text
