"""Where the answers go: text that any terminal takes, JSON that any program reads."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from dutyroute.messages.outside import escaped, harmless

if TYPE_CHECKING:
    from dutyroute.control import SourceTotal
    from dutyroute.messages import Phrasebook

# How wide a line is where no terminal says.
_UNBOUNDED = 100


class Exit(IntEnum):
    """What the command's exit status means."""

    FINE = 0
    FOUND = 1
    """Findings, differences, or an incident that was not answered."""
    USAGE = 2
    RULEBOOK = 3
    LEDGER = 4
    """The ledger no longer says what it said."""
    INTERRUPTED = 130
    PIPE_CLOSED = 141
    """What the shell reports for any program whose reader went away."""


def prepare() -> None:
    """
    Make the streams take any character, and be there at all.

    What a terminal's encoding lacks shows as `?`; a closed stream swallows.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
            if isinstance(stream.buffer, io.RawIOBase):  # PYTHONUNBUFFERED: a short write would go unnoticed
                kept = io.BufferedWriter(stream.buffer)
                again = io.TextIOWrapper(kept, stream.encoding, "replace", newline="\n", line_buffering=True)
                setattr(sys, name, again)


def columns() -> int:
    """Tell how wide the reader's terminal is."""
    return max(shutil.get_terminal_size((_UNBOUNDED, 24)).columns, 40)


@contextmanager
def answer_to(file: str | None) -> Iterator[None]:
    """
    Send what is written to standard output to a file instead, where one is named.

    The file appears whole at the end, or not at all. A pipe or a device is
    written to, and a link leads to its file.
    """
    if file is None:
        yield
        return
    from pathlib import Path  # loaded where a file is written, so that `--help` need not wait for it

    from dutyroute.formats.atomic import write_named

    with write_named(Path(file)) as whole:
        stream = io.TextIOWrapper(whole, "utf-8", "backslashreplace", newline="\n")
        try:
            with redirect_stdout(stream):
                yield
        finally:
            stream.detach()  # hands over what it holds, and leaves the closing to write_named


def echo(text: str) -> None:
    """Write a text and a line end, at once, and nothing in it that a terminal would obey."""
    put(f"{harmless(text)}\n")


def put(written: str) -> None:
    """Write at once what was made harmless before, and may be styled or marked."""
    sys.stdout.write(written)
    sys.stdout.flush()


def echo_json(value: Any, indent: int | None = None) -> None:
    """Write an object, on one line or indented; escaped where the encoding is not UTF-8."""
    encoding = (sys.stdout.encoding or "").lower().replace("_", "-")
    is_utf8 = encoding in ("utf-8", "utf8")
    put(escaped(json.dumps(value, ensure_ascii=not is_utf8, indent=indent)) + "\n")


def complain(message: str, status: int) -> int:
    """Write to standard error what went wrong, below what was written before."""
    with contextlib.suppress(OSError):  # standard output may be what is broken
        sys.stdout.flush()
    sys.stderr.write(f"{harmless(message)}\n")
    return status


def abandon() -> None:
    """Give up standard output, so that closing it cannot fail again."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def tell_mismatches(totals: Iterable[SourceTotal], say: Phrasebook) -> bool:
    """Tell each source whose rows do not match a second count; return whether there is one."""
    wrong = [each for each in totals if not each.matches]
    for each in wrong:
        complain(each.warning(say.lang), Exit.USAGE)
    return bool(wrong)
