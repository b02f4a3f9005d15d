"""Finding: something that analysis tells about a rulebook; data, never an exception."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import overload

from dutyroute import diagnostics
from dutyroute.diagnostics import Diagnostic, Related, Severity, Span
from dutyroute.messages import Lang, language, word
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import Plain

__all__ = ["SEVERITIES", "Finding", "Findings", "draw", "shown"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""From the worst to the mildest."""


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One thing that a check found.

    `check` names the check in kebab-case. `witness` is an incident that shows it,
    with as few facts as make it certain, ready for `Router.route`; empty where
    there is nothing to show (a rule that never applies has no incident). `rules`
    and `clauses` stand on both sides of it, `span` and `related` tell where, and
    `values` fill the message. `matters` lists every matter concerned, `matter`
    the one of the witness.
    """

    check: str
    severity: Severity
    values: Mapping[str, object] = field(default_factory=dict)
    matter: str | None = None
    matters: tuple[str, ...] = ()
    obligation: str | None = None
    witness: Mapping[str, Plain] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    span: Span | None = None
    related: tuple[Related, ...] = ()

    def message(self, lang: Lang | None = None) -> str:
        """Say what was found, in one sentence."""
        return self._diagnostic().message(lang)

    def help(self, lang: Lang | None = None) -> str:
        """Say the way out; empty where there is nothing to add."""
        return self._diagnostic().help(lang)

    def example(self) -> str:
        """Write the witness as an incident is written; empty where there is none."""
        return ", ".join(f"{fact}: {shown(value)}" for fact, value in self.witness.items())

    def __str__(self) -> str:
        return draw(self)

    def _diagnostic(self) -> Diagnostic:
        return Diagnostic(
            self.check, self.values, span=self.span, related=self.related, severity=self.severity
        )


@dataclass(frozen=True)
class Findings(Sequence[Finding]):
    """
    All findings of one check of a rulebook, the worst first.

    `unproven` names the matters of which not every incident was looked at; each
    has a `not-proven` finding too. No finding and nothing unproven means that
    there is nothing to find.
    """

    rulebook: Rulebook = field(repr=False)
    findings: tuple[Finding, ...]
    unproven: tuple[str, ...] = ()

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Finding, ...]: ...
    def __getitem__(self, index: int | slice) -> Finding | tuple[Finding, ...]:
        return self.findings[index]

    def __len__(self) -> int:
        return len(self.findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    @property
    def worst(self) -> Severity | None:
        """The worst severity found; None where nothing was."""
        return next((s for s in SEVERITIES if self.counts[s]), None)

    @property
    def counts(self) -> dict[Severity, int]:
        """How many findings there are of each severity."""
        return {s: sum(f.severity == s for f in self.findings) for s in SEVERITIES}

    def at_least(self, severity: Severity) -> tuple[Finding, ...]:
        """List the findings of a severity and those that are worse."""
        bad = SEVERITIES[: SEVERITIES.index(severity) + 1]
        return tuple(f for f in self.findings if f.severity in bad)


def draw(finding: Finding, lang: Lang | None = None) -> str:
    """Draw a finding as a terminal shows it: as a fault in a file, with an example below."""
    chosen = lang or language()
    drawn = diagnostics.draw(finding._diagnostic(), chosen)
    example = finding.example()
    return f"{drawn}\n   = {word('check-example', chosen)}: {example}" if example else drawn


def shown(value: Plain) -> str:
    """
    Write a value as rules and incidents write it.

    >>> shown(True), shown(date(2026, 3, 1)), shown("owner")
    ('true', '2026-03-01', 'owner')
    """
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)
