"""The YAML files of a folder, and the bytes of each: without waiting, and without filling the memory."""

from __future__ import annotations

import errno
import os
import re
import stat
import unicodedata
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path

from dutyroute.diagnostics import Diagnostic, nearest
from dutyroute.messages.reason import reason
from dutyroute.rulebook.loader.page import file_span

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
            # Meanwhile something else may have taken the file's place.
            if (fault := _irregular(name, os.fstat(file.fileno()).st_mode)) is not None:
                return b"", fault
            raw = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        return b"", refusal(path, name, error)
    if len(raw) > MAX_BYTES:
        return b"", _fault("file-too-large", name, limit=MAX_BYTES // 1024 // 1024)
    return raw, None


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
    return _fault("unreadable-file", name, reason=reason(error))


def _fault(code: str, name: str, **values: object) -> Diagnostic:
    return Diagnostic(code, {"path": name, **values}, span=file_span(name))


MAX_ENTRIES = 50_000
"""How many files and folders are looked at: someone may point at a whole disk."""

_SCHEMAS = "schema"
# What is hidden, and examples: they wait for a person to copy or to name them, and say nothing by themselves.
_PASSED_OVER = re.compile(r"\.|.+\.example\.yaml$", re.IGNORECASE)
# What editors, chats and full-width keyboards make of a name: 本地.yaml.txt, 本地.yaml(1), 本地。yaml.
_MEANT = re.compile(
    r"(.+)[.。]ya?ml(?:\s*|[\s(].*|\.(?:txt|text|rtf|docx?|xlsx?|wps|ya?ml|\d+))$", re.IGNORECASE
)


def yaml_files(path: str | Path) -> tuple[list[str], list[Diagnostic]]:
    """
    List the YAML files that a path stands for, and what is wrong with it.

    A file stands for itself, a folder for every `*.yaml` in it and below, by
    sorted path. Names beginning with a dot, examples (`*.example.yaml`) and the folder
    of JSON Schemas are passed over, and a folder reached twice counts once.
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
    found, faults = _walked(root)
    if not found and not faults:
        faults.append(_fault("no-yaml-files", name_of(root)))
    return sorted(found, key=lambda name: os.path.relpath(name, root).split(os.sep)), faults


def _walked(root: str) -> tuple[list[str], list[Diagnostic]]:
    """List the YAML files in a folder and below; what cannot be entered is reported."""
    found: list[str] = []
    faults: list[Diagnostic] = []
    seen: set[tuple[int, int]] = set()
    left = MAX_ENTRIES
    # A stack, not recursion: folders can be nested deeper than Python calls.
    waiting, links = [root], list[str]()  # a folder goes by its own name before any other
    while waiting or links:
        folder = waiting.pop() if waiting else links.pop()
        try:
            # By device and inode: two links to one folder would double every entry.
            status = os.stat(folder)
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            with os.scandir(folder) as listing:
                entries = sorted(islice(listing, left + 1), key=lambda entry: entry.name)
        except OSError as error:
            faults.append(refusal(folder, name_of(folder), error))
            continue
        left -= len(entries)
        if left < 0:
            faults.append(_fault("folder-too-large", name_of(root), limit=MAX_ENTRIES))
            break
        for entry in entries:
            extension = os.path.splitext(entry.name)[1].lower()
            is_schemas = entry.name == _SCHEMAS and folder == root  # at the top only
            if _PASSED_OVER.match(entry.name) or is_schemas:
                continue
            if os.path.isdir(entry.path):
                (links if entry.is_symlink() else waiting).append(entry.path)
            elif extension == ".yml":
                suggestion = name_of(entry.path[:-4] + ".yaml")
                faults.append(_fault("yml-extension", name_of(entry.path), suggestion=suggestion))
            elif extension == ".yaml":
                found.append(entry.path)
            elif meant := _MEANT.match(unicodedata.normalize("NFKC", entry.name)):
                suggestion = name_of(os.path.join(folder, f"{meant[1]}.yaml"))
                faults.append(_fault("hidden-extension", name_of(entry.path), suggestion=suggestion))
    return found, faults
