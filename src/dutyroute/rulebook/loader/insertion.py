"""Adding an entry to a list of a file, without touching what else the file says."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from dutyroute.diagnostics import Diagnostic
from dutyroute.errors import RulebookError
from dutyroute.formats.atomic import write_whole_text
from dutyroute.rulebook.loader import Document, read_document


def insert(path: Path, section: str, entry: list[str], check: Callable[[], object], head: str = "") -> None:
    """
    Write the lines of an entry at the end of a list.

    A file that is not there yet begins with `head` and the list. `check` reads everything
    again. Where it raises, the file is left as it was.

    Raises:
        RulebookError: if the list is written in brackets.
    """
    before = path.read_bytes() if path.exists() else None
    start = path if before is not None else f"{head}{section}:\n"
    document, _ = read_document(start, str(path))
    write_whole_text(path, _inserted(document, section, entry))
    try:
        check()
    except (RulebookError, KeyboardInterrupt, MemoryError):
        path.write_bytes(before) if before is not None else path.unlink()
        raise


def _inserted(document: Document, section: str, entry: list[str]) -> str:
    """Insert an entry after the last one of a list, indented as the list is."""
    text = document.page.text
    if section not in document.data:
        text += f"\n\n{section}:\n"
    lines = text.splitlines(keepends=True)
    if not document.data.get(section):  # `cases:` or `cases: []`, of which nothing else is kept
        key = rf"^(['\"]?){section}\1 *:"
        head = re.sub(rf"{key}[^\r\n]*", f"{section}:", text, count=1, flags=re.MULTILINE)
        at = re.search(rf"^{section}:[^\r\n]*(?:\r\n|\n|$)", head, re.MULTILINE)
        if at is None:
            raise _in_brackets(document, section)
        added = "".join(f"  {line}\n" for line in entry)
        return head[: at.end()].rstrip("\r\n") + "\n" + added + head[at.end() :]
    first, beyond = document.lines((section,))
    is_last = list(document.data)[-1] == section
    end = len(lines) if is_last or beyond <= first else beyond - 1
    start = lines[first - 1]
    indent = start[: len(start) - len(start.lstrip())]
    if not start.lstrip().startswith("-"):
        raise _in_brackets(document, section)
    mark = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += mark
    return "".join([*lines[:end], *(f"{indent}{line}{mark}" for line in entry), *lines[end:]])


def _in_brackets(document: Document, section: str) -> RulebookError:
    """Make the error about a list that is not written line by line."""
    span = document.span((section,), "key")
    return RulebookError((Diagnostic("list-in-brackets", {"word": section}, span=span),))
