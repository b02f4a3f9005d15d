"""Check a rulebook's folder again after each save, and tell what the save changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dutyroute.analysis.checks.check import check
from dutyroute.analysis.checks.finding import Findings
from dutyroute.analysis.checks.survey import Parts
from dutyroute.analysis.differences.comparison import Comparison, diff
from dutyroute.diagnostics import Diagnostic
from dutyroute.errors import RulebookError
from dutyroute.rulebook import loader


@dataclass(frozen=True)
class Look:
    """
    What a look at the files shows, and what changed since the look before.

    Either `faults` of the files, with nothing else, or the `findings`, which tell what
    is new since the files could last be used, and what is gone. `comparison` tells
    whose duties changed since then; None at the first look.
    """

    faults: tuple[Diagnostic, ...] = ()
    findings: Findings | None = None
    comparison: Comparison | None = None


class Watcher:
    """Checks a rulebook's files whenever it is asked to, and remembers the last ones without faults."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._parts = Parts()
        self._usable: Findings | None = None

    def look(self) -> Look:
        """Load and check what the files say now."""
        try:
            rulebook = loader.load(self.path)
        except RulebookError as error:
            return Look(error.diagnostics)
        # A file that cannot be read in between is compared with the last one that could.
        before, now = self._usable, check(rulebook, parts=self._parts)
        self._usable = now
        if before is None:
            return Look(findings=now)
        return Look(findings=now.since(before), comparison=diff(before.rulebook, rulebook))
