"""The YAML files of a folder, in one order everywhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from dutyroute.diagnostics import Diagnostic, nearest
from dutyroute.rulebook.loader.file import name_of, refusal
from dutyroute.rulebook.loader.page import file_span

__all__ = ["MAX_ENTRIES", "files"]

MAX_ENTRIES = 50_000
"""How many files and folders are looked at: someone may point at a whole disk."""

_SCHEMAS = "schema"


def files(path: str | Path) -> tuple[list[str], list[Diagnostic]]:
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
        return [], [_absent(root, refusal(root, name_of(root), error))]
    walk = _Walk(root)
    found = sorted(walk.files(), key=lambda name: os.path.relpath(name, root).split(os.sep))
    if not found and not walk.faults:
        walk.fault("no-yaml-files", root)
    return found, walk.faults


def _absent(root: str, fault: Diagnostic) -> Diagnostic:
    """Suggest the neighbour that was most likely meant."""
    folder, name = os.path.split(root)
    try:
        near = nearest(name, os.listdir(folder or "."))
    except (OSError, ValueError):
        return fault
    suggestion = name_of(os.path.join(folder, near)) if near else None
    return Diagnostic(fault.code, {**fault.values, "suggestion": suggestion}, span=fault.span)


class _Walk:
    """One walk through a folder; what cannot be entered is told."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.faults: list[Diagnostic] = []
        self._seen: set[tuple[int, int]] = set()
        self._left = MAX_ENTRIES

    def files(self) -> Iterator[str]:
        waiting, links = [self.root], list[str]()  # a folder goes by its own name before any other
        while waiting or links:
            for entry in self.entries(waiting.pop() if waiting else links.pop()):
                if self.is_schemas(entry):
                    continue
                if _is_folder(entry):
                    (links if entry.is_symlink() else waiting).append(entry.path)
                elif self.is_yaml(entry):
                    yield entry.path

    def is_schemas(self, entry: os.DirEntry[str]) -> bool:
        """Tell the folder of JSON Schemas, which stands at the top only."""
        return entry.name == _SCHEMAS and os.path.dirname(entry.path) == self.root.rstrip(os.sep)

    def entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            if self.entered(folder):
                return []
            with os.scandir(folder) as listing:
                return self.visible(listing)
        except OSError as error:
            self.faults.append(refusal(folder, name_of(folder), error))
            return []

    def entered(self, folder: str) -> bool:
        """Tell whether this folder was seen before, under whatever name."""
        status = os.stat(folder)
        known = (status.st_dev, status.st_ino) in self._seen
        self._seen.add((status.st_dev, status.st_ino))
        return known

    def visible(self, listing: Iterator[os.DirEntry[str]]) -> list[os.DirEntry[str]]:
        found = []
        for entry in listing:
            self._left -= 1
            if self._left < 0:
                if self._left == -1:
                    self.fault("folder-too-large", self.root, limit=MAX_ENTRIES)
                return []
            if not entry.name.startswith("."):
                found.append(entry)
        return sorted(found, key=lambda entry: entry.name)

    def is_yaml(self, entry: os.DirEntry[str]) -> bool:
        extension = os.path.splitext(entry.name)[1].lower()
        if extension == ".yml":
            self.fault("yml-extension", entry.path, suggestion=name_of(entry.path[:-4] + ".yaml"))
        return extension == ".yaml"

    def fault(self, code: str, path: str, **values: object) -> None:
        name = name_of(path)
        self.faults.append(Diagnostic(code, {"path": name, **values}, span=file_span(name)))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads round in a circle
        return False
