"""One file from the disk, without waiting and without filling the memory."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from dutyroute.diagnostics import Diagnostic
from dutyroute.rulebook.loader.page import file_span

__all__ = ["MAX_BYTES", "name_of", "read_bytes", "refusal"]

MAX_BYTES = 16 * 1024 * 1024

# A pipe that nobody writes to would be waited for, a terminal would become ours.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


def name_of(path: str | Path) -> str:
    """
    Show a path in messages: what cannot be printed is written as an escape.

    >>> name_of("rules/duties/fire.yaml"), name_of("a\\nb")
    ('rules/duties/fire.yaml', 'a\\\\nb')
    """
    text = os.fspath(path)
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def read_bytes(path: str | Path, name: str) -> tuple[bytes, Diagnostic | None]:
    """Read one regular file whole; or tell under its name why that cannot be done."""
    try:
        if (fault := _irregular(name, os.stat(path).st_mode)) is not None:  # opening a device can do things
            return b"", fault
        with open(os.open(path, _FLAGS), "rb") as file:
            return _read(name, file.fileno())
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        return b"", refusal(path, name, error)


def _read(name: str, handle: int) -> tuple[bytes, Diagnostic | None]:
    if (fault := _irregular(name, os.fstat(handle).st_mode)) is not None:
        return b"", fault
    parts, left = [], MAX_BYTES + 1
    while left > 0 and (part := os.read(handle, left)):
        parts.append(part)
        left -= len(part)
    if left <= 0:
        return b"", _fault("file-too-large", name, limit=MAX_BYTES // 1024 // 1024)
    return b"".join(parts), None


def _irregular(name: str, mode: int) -> Diagnostic | None:
    if stat.S_ISREG(mode):
        return None
    return _fault("folder-not-file" if stat.S_ISDIR(mode) else "not-a-regular-file", name)


def refusal(path: str | Path, name: str, error: OSError | ValueError) -> Diagnostic:
    """Tell why a path cannot be opened, as far as the system says."""
    if isinstance(error, PermissionError):
        return _fault("no-permission", name)
    if isinstance(error, FileNotFoundError | NotADirectoryError | ValueError) or error.errno == errno.ELOOP:
        return _fault("broken-link" if _is_link(path) else "missing-path", name)
    return _fault("unreadable-file", name, reason=error.strerror or type(error).__name__)


def _is_link(path: str | Path) -> bool:
    try:
        return stat.S_ISLNK(os.lstat(path).st_mode)
    except (OSError, ValueError):
        return False


def _fault(code: str, name: str, **values: object) -> Diagnostic:
    return Diagnostic(code, {"path": name, **values}, span=file_span(name))
