"""The lines of a text, counted by its line ends and quotation marks as bytes; nothing of it is read."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

_BLOCK: Final = 1 << 22
_LONE_CR = re.compile(rb"\r(?!\n)")
_MAY_BE_BLANK = re.compile(rb"\n[\r\n]")
_BLANK = re.compile(rb"(?<=\n)\n")
_BLANK_IN_JSON = re.compile(rb"(?<=\n)[ \t\r\v\f]*\n")
_NO_MARKS: Final = bytes(set(range(256)) - {*b'"\n'})


@dataclass(slots=True)
class TextCount:
    """
    What the bytes of a text tell.

    `lines` are all lines of the file. Below the headings, `ends` are the line ends outside
    quotation marks, which are taken in pairs, and `blank` the lines that hold nothing.
    Where a mark stands within a cell, marks are no pairs, and only `lines` is certain.
    """

    bytes: int = 0
    digest: str = ""
    lines: int = 0
    ends: int = 0
    blank: int = 0


def count_text(
    path: str | Path, encoding: str = "utf-8", *, skipped: int = 0, is_quoted: bool = True
) -> TextCount:
    """
    Count the lines of a text, the first `skipped` of which are headings; the last one needs no line end.

    With `is_quoted`, a line ends with LF, CR or both, and a blank one is empty. Without, as
    in JSON lines, it ends with LF, and a blank one may hold spaces.

    Raises:
        OSError: if the file cannot be read.
    """
    found, digest = TextCount(), hashlib.sha256()

    def raws() -> Iterator[bytes]:
        with open(path, "rb") as stream:
            while raw := stream.read(_BLOCK):
                found.bytes += len(raw)
                digest.update(raw)
                yield raw

    counter = (_Quoted if is_quoted else _Plain)(found)
    left, is_open = skipped, False
    for block in _comparable(raws(), encoding, is_quoted):
        is_open = not block.endswith(b"\n")
        found.lines += block.count(b"\n")
        while left and block:
            _, end, block = block.partition(b"\n")
            left -= len(end)
        if block:
            counter.add(block)
    found.lines += is_open
    if not left:
        counter.close(is_open)
    found.digest = f"sha256:{digest.hexdigest()}"
    return found


class _Plain:
    """Counts lines in which quotation marks mean nothing."""

    def __init__(self, found: TextCount) -> None:
        self.found = found
        # What stands before a block, as far as it decides whether a line is blank.
        self.before: bytes = b"\n"

    def add(self, block: bytes) -> None:
        """Count the lines of a block."""
        text = self.before + block
        self.found.ends += block.count(b"\n")
        self.found.blank += len(_BLANK_IN_JSON.findall(text))
        tail = text[max(text.rfind(b"\n"), 0) :]
        self.before = b"x" if tail.strip() else b"\n "[: len(tail)]

    def close(self, is_open: bool) -> None:
        """Count a last line without a line end."""
        self.found.ends += is_open
        self.found.blank += is_open and not self.before.strip()


class _Quoted(_Plain):
    """Counts lines that may go on within quotation marks."""

    is_inside = False

    def add(self, block: bytes) -> None:
        """Count the lines of a block."""
        text, was_inside = self.before + block, self.is_inside
        has_marks = was_inside or b'"' in block
        within = self._within(block) if has_marks else 0
        self.found.ends += block.count(b"\n") - within
        if _MAY_BE_BLANK.search(text):
            outside = block.split(b'"')[was_inside::2] if has_marks else [block]
            below = (b"" if was_inside else self.before) + b'"'.join(outside)
            self.found.blank += len(_BLANK.findall(below.translate(None, b"\r")))
        self.before = b"\n" if block.endswith(b"\n") and not self.is_inside else b"x"

    def _within(self, block: bytes) -> int:
        """Count the line ends between quotation marks."""
        marks = block.translate(None, _NO_MARKS)
        # Where each line has its marks in pairs, as in most texts, no line end is within one.
        if not self.is_inside and all(count % 2 == 0 for count in set(map(len, marks.split(b"\n")))):
            return 0
        parts = marks.split(b'"')
        within = sum(map(len, parts[not self.is_inside :: 2]))
        self.is_inside ^= len(parts) % 2 == 0
        return within

    def close(self, is_open: bool) -> None:
        """Count a last line without a line end, or with an open quotation mark."""
        self.found.ends += is_open or self.is_inside


def _comparable(raws: Iterator[bytes], encoding: str, is_quoted: bool) -> Iterator[bytes]:
    """Yield whole lines in which marks and line ends are single bytes; with quotes, none ends with CR alone."""
    decoder = None
    # In UTF-8 and GB18030 no part of another character looks like a mark or a line end.
    if encoding.lower().removesuffix("-sig") not in ("utf-8", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)("replace")
    held = b""
    for raw in chain(raws, [b""]):
        block = held + (raw if decoder is None else decoder.decode(raw, final=not raw).encode())
        # A CR at the very end may be half of a line end. A line that is too long is cut anywhere.
        end = len(block) - block.endswith(b"\r") if raw else len(block)
        end = max(block.rfind(b"\n"), block.rfind(b"\r", 0, end)) + 1 or end
        block, held = block[:end], block[end:]
        # Slow to mend, but rare; of a CR and an LF together only the LF counts.
        if is_quoted and _LONE_CR.search(block):
            block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if block:
            yield block
    if held:
        yield held
