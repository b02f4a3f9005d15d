"""Check a rulebook's folder again after each save, and tell what the save changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dutyroute.analysis.checks.check import check
from dutyroute.analysis.checks.finding import Finding, Findings
from dutyroute.analysis.checks.survey import Parts
from dutyroute.analysis.differences.comparison import Comparison, diff
from dutyroute.diagnostics import Diagnostic
from dutyroute.errors import RulebookError
from dutyroute.rulebook import loader


@dataclass(frozen=True)
class Look:
    """
    What a look at the files shows, and what changed since the look before.

    Either `faults` of the files, with nothing else, or the `findings`. Of these,
    `appeared` were not there when the files could last be used, and `gone` were.
    `comparison` tells whose duties changed since then; None at the first look.
    """

    faults: tuple[Diagnostic, ...] = ()
    findings: Findings | None = None
    appeared: tuple[Finding, ...] = ()
    gone: tuple[Finding, ...] = ()
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
            return Look(findings=now, appeared=now.findings)
        return Look(
            findings=now,
            appeared=tuple(_less(now, before)),
            gone=tuple(_less(before, now)),
            comparison=diff(before.rulebook, rulebook),
        )


def _less(findings: Iterable[Finding], others: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings that say what none of the others says, wherever in a file they stand."""
    # Compared by what they say: an edit above a rule moves its line, which is no news.
    said = Counter(map(_said, others))
    for finding in findings:
        said[_said(finding)] -= 1
        if said[_said(finding)] < 0:
            yield finding


def _said(finding: Finding) -> tuple[object, ...]:
    words = finding.check, finding.severity, finding.message("zh"), finding.example()
    return (*words, finding.matters, finding.rules, finding.clauses)
