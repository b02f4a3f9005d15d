"""A folder of rules that is edited while systems route with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from dutyroute.errors import RulebookError
from dutyroute.routing.decision import Decision
from dutyroute.routing.incident import Incident
from dutyroute.routing.router import Router


class RulebookStore:
    """
    Keeps the last good rulebook of a folder, and replaces it whole.

    `router` is that of the last good rulebook, `error` tells why the last reload
    failed and is None where it did not. A thread that holds `router` goes on with
    the rulebook it has; `route` takes the newest at each call. No answer ever
    mixes two rulebooks.

    Raises:
        RulebookError: if the folder cannot be used at the start.
    """

    def __init__(self, path: str | Path) -> None:
        self.path: Path = Path(path)
        self.router: Router = Router.load(self.path)
        self.error: RulebookError | None = None
        self._reloading = Lock()

    def route(self, incident: Incident | Mapping[str, Any]) -> Decision:
        """Decide by the last good rulebook; raises as `Router.route` does."""
        return self.router.route(incident)

    def reload(self) -> bool:
        """
        Read the folder again; True if it could be used.

        Where it cannot, the last good rulebook stays and `error` says why.
        """
        # One reload at a time; who routes meanwhile is not held up, since it reads one reference.
        with self._reloading:
            try:
                fresh = Router.load(self.path)
            except RulebookError as error:
                self.error = error
                return False
            self.router, self.error = fresh, None
            return True
