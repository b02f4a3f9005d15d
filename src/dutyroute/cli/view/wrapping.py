"""Breaking lines where Chinese and English may be broken, by terminal cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dutyroute.diagnostics import width

# Marks after which, and before which, no line may be broken.
_OPENING = "（《“‘「『【〈〔(["
_CLOSING = "*），。；：、？！》”’」』】〉〕,.;:?!)]%％…"
# A Latin word up to its hyphen, a run of Latin, a short Chinese bracket, blanks, or one character.
_TOKENS = re.compile(r"(?!-)[!-~]*?[A-Za-z]-(?=[A-Za-z])|[!-~]+|（[^（）\s]{1,4}）|\s+|.", re.DOTALL)


def wrap(text: str, cells: int) -> list[str]:
    """
    Break a text into lines of at most so many cells.

    Between Chinese characters a line may end anywhere, but no line begins with
    a closing mark or ends with an opening one; Latin words break at hyphens only.

    >>> wrap("由街道（镇）查处，住建部门协助。", 12)
    ['由街道（镇）', '查处，住建部', '门协助。']
    """
    return [line for part in text.splitlines() or [""] for line in _wrapped(part, cells, cells)]


def longest(text: str) -> int:
    """Count the cells of the longest part that stays on one line."""
    return max((width(unit.strip()) for unit in _units(text)), default=0)


def _wrapped(text: str, first: int, cells: int) -> Iterator[str]:
    """Yield lines of at most so many cells, the first one of its own width."""
    line, room = "", first
    for unit in _units(text):
        if width(line) + width(unit.rstrip()) <= room:
            line += unit
            continue
        room = cells
        if line.strip():
            yield line.rstrip()
        # A word that is wider than a line, an address say, is cut rather than left to overflow.
        *full, line = _chopped(unit.lstrip(), cells)
        yield from full
    yield line.rstrip()


def _units(text: str) -> Iterator[str]:
    """Split a text into what must stay together on one line."""
    unit = ""
    for token in _TOKENS.findall(text):
        if unit and token[0] not in _CLOSING and unit[-1] not in _OPENING:
            yield unit
            unit = ""
        unit += token
    if unit:
        yield unit


def _chopped(unit: str, cells: int) -> list[str]:
    """Cut what is wider than a line; mostly one piece."""
    found = [""]
    for char in unit:
        if found[-1] and width(found[-1]) + width(char) > cells:
            found.append("")
        found[-1] += char
    return found


def pieces(parts: Sequence[str], comma: str, cells: int) -> list[str]:
    """
    Write a list in lines, broken after its commas where that is possible.

    >>> pieces(["三（二）1（5）", "三（一）7"], "、", 18)
    ['三（二）1（5）、', '三（一）7']
    """
    lines = [""]
    for part in (*(part + comma for part in parts[:-1]), *parts[-1:]):
        if width(lines[-1] + part.rstrip()) <= cells:
            lines[-1] += part
        else:
            # The blanks behind it separate it from the next part, should that fit.
            blanks = part[len(part.rstrip()) :]
            lines = ([] if lines == [""] else lines) + wrap(part, cells)
            lines[-1] += blanks
    return [line.rstrip() for line in lines]


def indented(text: str, cells: int, first: str, rest: str | None = None) -> list[str]:
    """
    Wrap a text behind a first indent, the later lines behind another.

    Without `rest` the later lines begin below the first one's text.
    """
    below = " " * width(first) if rest is None else rest
    lines = list(_wrapped(text, max(cells - width(first), 8), max(cells - width(below), 8)))
    return [f"{first}{lines[0]}", *(f"{below}{line}" for line in lines[1:])]
