"""From bytes to text that YAML can be read from, telling all that had to go."""

from __future__ import annotations

import re

from dutyroute.diagnostics import Diagnostic
from dutyroute.formats.encoding import detect
from dutyroute.messages import both
from dutyroute.rulebook.loader.page import Page, file_span

__all__ = ["bad_escape", "clean", "decode"]


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
        return Page(name, text), [
            Diagnostic("utf16-encoding", {"encoding": found.label}, span=file_span(name))
        ]
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
            page.fault(_code(found.group()), found.start(), found.end(), char=_called(found.group()))
        text = _FORBIDDEN.sub(" ", text)
    if "\t" in text:
        for found in _TAB_INDENT.finditer(text):
            page.fault("tab-indentation", found.start(1), found.end())
        text = text.replace("\t", " ")
    return text


def _called(chars: str) -> str | dict[str, str]:
    """Call a character by its number; what is no character, by its bytes."""
    if not "\udc80" <= chars[0] <= "\udcff":
        return f"U+{ord(chars[0]):04X}"
    numbers = " ".join(f"{ord(byte) & 0xFF:02X}" for byte in chars[:4])
    return both("bytes", numbers=numbers)


def _code(chars: str) -> str:
    char = chars[0]
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
    """Find an escape that means nothing, or a character which must not stand in a text."""
    for found in _ESCAPE.finditer(text, start, end):
        number = int(found[1] or found[2] or found[3] or "0", 16)
        allowed = (
            found[4] in _ALLOWED if found[4] else number < 0x110000 and not _FORBIDDEN.match(chr(number))
        )
        if not allowed:
            return found.span()
    return None
