"""The YAML files of a folder, and the bytes of each: without waiting, and without filling the memory."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path

from dutyroute.diagnostics import Diagnostic, nearest
from dutyroute.rulebook.loader.page import file_span

__all__ = ["MAX_BYTES", "MAX_ENTRIES", "name_of", "read_bytes", "refusal", "yaml_files"]

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
        with open(os.open(path, _FLAGS), "rb", buffering=0) as file:
            # Meanwhile something else may have taken the file's place.
            if (fault := _irregular(name, os.fstat(file.fileno()).st_mode)) is not None:
                return b"", fault
            parts, left = [], MAX_BYTES + 1
            while left > 0 and (part := file.read(left)):
                parts.append(part)
                left -= len(part)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        return b"", refusal(path, name, error)
    if left <= 0:
        return b"", _fault("file-too-large", name, limit=MAX_BYTES // 1024 // 1024)
    return b"".join(parts), None


def _irregular(name: str, mode: int) -> Diagnostic | None:
    if stat.S_ISREG(mode):
        return None
    return _fault("folder-not-file" if stat.S_ISDIR(mode) else "not-a-regular-file", name)


def refusal(path: str | Path, name: str, error: OSError | ValueError) -> Diagnostic:
    """Return why a path cannot be opened, as far as the system says."""
    if isinstance(error, PermissionError):
        return _fault("no-permission", name)
    if isinstance(error, FileNotFoundError | NotADirectoryError | ValueError) or error.errno == errno.ELOOP:
        return _fault("broken-link" if os.path.islink(path) else "missing-path", name)
    return _fault("unreadable-file", name, reason=error.strerror or type(error).__name__)


def _fault(code: str, name: str, **values: object) -> Diagnostic:
    return Diagnostic(code, {"path": name, **values}, span=file_span(name))


MAX_ENTRIES = 50_000
"""How many files and folders are looked at: someone may point at a whole disk."""

_SCHEMAS = "schema"


def yaml_files(path: str | Path) -> tuple[list[str], list[Diagnostic]]:
    """
    List the YAML files that a path stands for, and what is wrong with it.

    A file stands for itself, a folder for every `*.yaml` in it and below, by
    sorted path. Names beginning with a dot and the folder of JSON Schemas are
    passed over, and a folder reached twice counts once.
    """
    root = os.fspath(path)
    try:
        if not os.path.isdir(root):
            os.stat(root)
            return [root], []
    except (OSError, ValueError) as error:
        fault = refusal(root, name_of(root), error)
        folder, name = os.path.split(root)
        with suppress(OSError, ValueError):  # a folder that cannot be listed has no neighbour to suggest
            near = nearest(name, os.listdir(folder or "."))
            suggestion = name_of(os.path.join(folder, near)) if near else None
            fault = replace(fault, values={**fault.values, "suggestion": suggestion})
        return [], [fault]
    walk = _Walk(root)
    found = sorted(walk.files(), key=lambda name: os.path.relpath(name, root).split(os.sep))
    if not found and not walk.faults:
        walk.fault("no-yaml-files", root)
    return found, walk.faults


class _Walk:
    """One walk through a folder; what cannot be entered is told."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.faults: list[Diagnostic] = []
        self._seen: set[tuple[int, int]] = set()
        self._left = MAX_ENTRIES

    def files(self) -> Iterator[str]:
        # A stack, not recursion: folders can be nested deeper than Python calls.
        waiting, links = [self.root], list[str]()  # a folder goes by its own name before any other
        while waiting or links:
            for entry in self.entries(waiting.pop() if waiting else links.pop()):
                extension = os.path.splitext(entry.name)[1].lower()
                # The folder of JSON Schemas stands at the top only.
                if entry.name == _SCHEMAS and os.path.dirname(entry.path) == self.root.rstrip(os.sep):
                    continue
                if _is_folder(entry):
                    (links if entry.is_symlink() else waiting).append(entry.path)
                elif extension == ".yml":
                    self.fault("yml-extension", entry.path, suggestion=name_of(entry.path[:-4] + ".yaml"))
                elif extension == ".yaml":
                    yield entry.path

    def entries(self, folder: str) -> list[os.DirEntry[str]]:
        """List what is in a folder, unless it was seen before under another name."""
        try:
            # By device and inode: two links to one folder would double every entry.
            status = os.stat(folder)
            if (status.st_dev, status.st_ino) in self._seen:
                return []
            self._seen.add((status.st_dev, status.st_ino))
            with os.scandir(folder) as listing:
                found = list(islice(listing, self._left + 1))
        except OSError as error:
            self.faults.append(refusal(folder, name_of(folder), error))
            return []
        if len(found) > self._left:
            if self._left >= 0:
                self.fault("folder-too-large", self.root, limit=MAX_ENTRIES)
            self._left = -1
            return []
        self._left -= len(found)
        return sorted((e for e in found if not e.name.startswith(".")), key=lambda entry: entry.name)

    def fault(self, code: str, path: str, **values: object) -> None:
        self.faults.append(_fault(code, name_of(path), **values))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads round in a circle
        return False
