"""The text of one file: decoded, with its lines, its places and the faults found in it."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from functools import cached_property

from dutyroute.diagnostics import Diagnostic, Related, Span
from dutyroute.formats.encoding import detect
from dutyroute.messages import both
from dutyroute.messages.outside import one_line

MAX_FAULTS = 100
"""How many faults of one file are reported; a file of garbage must not fill the memory."""

_BREAK = re.compile(r"\r\n|\n|\r")


class TooManyFaults(Exception):
    """A page has more faults than anyone would read; nothing is lost by stopping."""


class Page:
    """
    The text of one file under the name by which its reader knows it.

    Offsets count characters. Lines end as editors end them (LF, CR LF, CR) and
    nowhere else, so that a place leads to where the editor shows it.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self._lines: dict[int, str] = {}
        self._faults: dict[tuple[str, int], Diagnostic] = {}
        self.remarks: list[Diagnostic] = []
        """What is most likely a mistake, although it can be read."""

    @cached_property
    def starts(self) -> array[int]:
        """The offset at which each line begins."""
        return array("I", (0, *(found.end() for found in _BREAK.finditer(self.text))))

    def line_at(self, offset: int) -> int:
        """Return the line of an offset, counted from 0."""
        return bisect_right(self.starts, offset) - 1

    def line(self, number: int) -> str:
        """Return one line, counted from 0, without its line break."""
        if number not in self._lines:  # one object however many faults show it
            end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)
            self._lines[number] = self.text[self.starts[number] : end].rstrip("\r\n")
        return self._lines[number]

    def span(self, start: int, end: int) -> Span:
        """Turn two offsets into a span; what goes on below its first line is left out."""
        number = self.line_at(start)
        line, first = self.line(number), self.starts[number]
        last = min(end - first, len(line.rstrip()))
        column = start - first + 1
        return Span(self.name, number + 1, column, max(last + 1, column), line)

    def fault(
        self, code: str, start: int, end: int, related: tuple[Related, ...] = (), **values: object
    ) -> None:
        """
        Note a fault at a stretch of the text; one of the same kind and place counts once.

        Raises:
            TooManyFaults: where so many were noted that no more need be looked for.
        """
        # Reading again after a blanked entry meets the same faults again.
        if (code, start) in self._faults:
            return
        if len(self._faults) >= MAX_FAULTS:
            self.enough(start)
            raise TooManyFaults
        span = self.span(start, end)
        self._faults[code, start] = Diagnostic(code, values, span=span, related=related)

    def enough(self, start: int) -> None:
        """Note that there may be more faults from an offset on than are reported."""
        self._faults["too-many-faults", start] = Diagnostic("too-many-faults", span=self.span(start, start))

    def is_faulty_at(self, offset: int) -> bool:
        """Return whether a fault was noted on the line of an offset."""
        line = self.line_at(offset)
        return any(self.line_at(start) == line for _, start in self._faults)

    @property
    def faults(self) -> list[Diagnostic]:
        """All faults noted so far."""
        return list(self._faults.values())


def file_span(name: str) -> Span:
    """Point at a file or folder as a whole, at its very first place."""
    return Span(name, 1, 1, 1)


def shown(words: object, limit: int = 60) -> str:
    """
    Show an author's words within a message: short, on one line, printable.

    >>> shown("street-office")
    'street-office'
    >>> shown("a" * 100, limit=8)
    'aaaaaaa…'
    """
    return one_line(words if isinstance(words, str) else repr(words), limit)


def decode(name: str, raw: bytes) -> tuple[Page, list[Diagnostic]]:
    """
    Decode a file; text in another encoding is told, and still read.

    What a file in GBK says is sound, so that its other faults can be told too
    and nothing that it defines seems missing. Bytes that are text in no encoding
    are kept as escapes, each to be told at its place.
    """
    found = detect(raw)
    if found.name.startswith(("utf-16", "utf-32")):
        text = raw.decode(found.name, "replace").removeprefix("\ufeff")
        fault = Diagnostic("utf16-encoding", {"encoding": found.label}, span=file_span(name))
        return Page(name, text), [fault]
    if found.name == "gb18030" and found.is_sound:
        page = Page(name, raw.decode("gb18030"))
        first = re.search("[^\x00-\x7f]+", page.text)
        start, end = first.span() if first else (0, 0)
        return page, [Diagnostic("gbk-encoding", span=page.span(start, end))]
    return Page(name, raw.decode("utf-8", "surrogateescape").removeprefix("\ufeff")), []


_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffd-\uffff\ud800-\udfff]"
)
_STRETCHES = re.compile(f"[\udc80-\udcff]+|{_FORBIDDEN.pattern}+")
_LINE_SEPARATORS = "\x85\u2028\u2029"
_TAB_INDENT = re.compile(r"^ *(\t)[ \t]*+(?=[^\s#])", re.MULTILINE)


def clean(page: Page) -> str:
    """
    Return the page's text with blanks for all that must not stand in it.

    Each is told. The blanks keep every offset, so that what else is wrong can
    be told at its true place.
    """
    text = page.text
    if _FORBIDDEN.search(text):
        for found in _STRETCHES.finditer(text):
            char = found[0][0]
            called: str | dict[str, str] = f"U+{ord(char):04X}"
            if "\udc80" <= char <= "\udcff":  # no character, but bytes that are none
                called = both("bytes", numbers=" ".join(f"{ord(byte) & 0xFF:02X}" for byte in found[0][:4]))
            page.fault(_code(char), *found.span(), char=called)
        text = _FORBIDDEN.sub(" ", text)
    # YAML refuses tabs before keys only; as blanks they let the rest be read.
    if "\t" in text:
        for found in _TAB_INDENT.finditer(text):
            page.fault("tab-indentation", found.start(1), found.end())
        text = text.replace("\t", " ")
    return text


def _code(char: str) -> str:
    if char in _LINE_SEPARATORS:
        return "line-separator"
    if "\udc80" <= char <= "\udcff" or char == "\ufffd":
        return "not-utf8"
    if "\ud800" <= char <= "\udfff":
        return "lone-surrogate"
    if char == "\ufeff":
        return "byte-order-mark"
    return "control-character" if char < "\xa0" or char >= "\ufffe" else "invisible-character"


_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_ALLOWED = frozenset('tnr"/\\ \t\r\n_')  # not 0abefvNLP, whose characters are refused


def bad_escape(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Find an escape that means nothing, or a character that a text must not contain."""
    for found in _ESCAPE.finditer(text, start, end):
        number = int(found[1] or found[2] or found[3] or "0", 16)
        is_character = number < 0x110000 and not _FORBIDDEN.match(chr(number))
        if not (found[4] in _ALLOWED if found[4] else is_character):
            return found.span()
    return None
