"""A folder of rules that is edited while systems route with it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import Any, Unpack

from dutyroute.diagnostics import Diagnostic
from dutyroute.errors import EngineError, LedgerError, RulebookError
from dutyroute.routing.decision import Decision
from dutyroute.routing.incident import Incident
from dutyroute.routing.router import Router, RouterOptions
from dutyroute.rulebook.loader.files import name_of, yaml_files

QUIET, PATIENCE = 0.2, 5.0
"""For how many seconds no file may change around a reading, and how long that is waited for."""


class RulebookStore:
    """
    Keeps the last good rulebook of a folder, and replaces it whole.

    `router` is that of the last good rulebook, `error` tells why the last reload
    failed and is None where it did not. A thread that holds `router` goes on with
    the rulebook it has; `route` takes the newest at each call. No answer ever
    mixes two rulebooks, and no rulebook mixes two states of the folder. That a
    file ends too early, and stays so, cannot be seen: replace files, or the
    folder's link, by renaming.

    The options are those of the router. With a `ledger`, rules that are not
    published there cannot be used: publish them, then reload.

    Raises:
        RulebookError: if the folder cannot be used at the start.
        LedgerError: if its rules are not published in the ledger.
        EngineError: if the second engine cannot carry them.
    """

    def __init__(self, path: str | Path, **options: Unpack[RouterOptions]) -> None:
        self.path: Path = Path(path)
        self._load: Callable[[str | Path], Router] = partial(Router.load, **options)
        self.router: Router = _settled(self.path, self._load)
        self.error: RulebookError | LedgerError | EngineError | None = None
        self._reloading = Lock()

    def route(self, incident: Incident | Mapping[str, Any]) -> Decision:
        """Decide by the last good rulebook; raises as `Router.route` does."""
        return self.router.route(incident)

    def reload(self) -> bool:
        """
        Read the folder again; True if it could be used.

        Where it cannot, the last good rulebook stays and `error` says why. Files that
        are being written or exchanged are waited for, a few seconds at most.
        """
        # One reload at a time; who routes meanwhile is not held up, since it reads one reference.
        with self._reloading:
            try:
                fresh = _settled(self.path, self._load)
            except (RulebookError, LedgerError, EngineError) as error:
                self.error = error
                return False
            self.router, self.error = fresh, None
            return True


def _settled(path: Path, load: Callable[[str | Path], Router]) -> Router:
    """
    Load a folder from a state that lasted while it was read.

    Raises:
        RulebookError: if the folder cannot be used, or does not come to rest.
    """
    end = monotonic() + PATIENCE
    while monotonic() < end:
        start = monotonic()
        # A link is followed once: one that is exchanged meanwhile must not give half of each folder.
        resolved = os.path.realpath(path)
        root = path if resolved == os.path.abspath(path) else resolved
        before, fault, router = _state(resolved), None, None
        try:
            router = load(root)
        except RulebookError as error:
            fault = error  # of a file that is half written, maybe
        sleep(max(0, start + QUIET - monotonic()))
        if os.path.realpath(path) == resolved and _state(resolved) == before:
            if router is None:
                assert fault is not None
                raise fault
            return router
    raise RulebookError((Diagnostic("rules-changing", {"path": name_of(path), "seconds": PATIENCE}),))


def _state(root: str) -> list[tuple[str, tuple[int, ...]]]:
    """Return what tells a file that was changed or exchanged, for each file that a rulebook is read from."""
    found: list[tuple[str, tuple[int, ...]]] = []
    for name in yaml_files(root)[0]:
        try:
            status = os.stat(name)
        except OSError:  # gone, or a link that leads nowhere; the loader says so
            found.append((name, ()))
        else:
            told = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
            found.append((os.path.realpath(name), told))
    return found
