"""Summary: what a whole replay came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from dutyroute.replay.outcome import Outcome, Verdict
from dutyroute.replay.tally import Tally
from dutyroute.rulebook.rulebook import Rulebook

__all__ = ["COMPARED", "Split", "Summary", "rate"]

COMPARED = (Outcome.AGREE, Outcome.IN_CHAIN, Outcome.DIVERGE)
"""The outcomes of rows in which a handler could be held against a lead."""

Split = Mapping[str, Mapping[Outcome, int]]
"""Rows by some word and outcome."""


@dataclass(frozen=True, slots=True)
class Summary:
    """
    The counts of a replay, with which rulebook, of which files, by which map.

    `comparison` tells what a second rulebook would change, `engines` whether a
    second engine agrees; each is empty where there was none.
    """

    tally: Tally
    rulebook: Rulebook
    inputs: tuple[Mapping[str, Any], ...]
    maps: tuple[str, ...] = ()
    as_of: date | None = None
    written: tuple[Path, ...] = ()
    comparison: Mapping[str, Any] = field(default_factory=dict)
    engines: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows came in."""
        return self.tally.rows

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many rows came to each outcome; together all rows."""
        return self.tally.counts

    @property
    def has_divergences(self) -> bool:
        """Whether any row is anything but agreed with."""
        return any(rows for outcome, rows in self.counts.items() if outcome is not Outcome.AGREE)

    @property
    def engines_agree(self) -> bool:
        """Whether both engines gave each row the same answer; true where only one was asked."""
        return not (self.engines.get("disagreed") or self.engines.get("open"))

    def by_matter(self) -> dict[str, Counter[Outcome]]:
        """Split the rows by matter; a row with several counts under each."""
        return self._split(lambda verdict: verdict.matters)

    def by_handler(self) -> dict[str, Counter[Outcome]]:
        """Split the rows by the party that is recorded."""
        return self._split(lambda verdict: (verdict.handler,) if verdict.handler else ())

    def by_lead(self) -> dict[str, Counter[Outcome]]:
        """Split the rows by the party that leads; one with several leads counts under each."""
        return self._split(lambda verdict: verdict.leads)

    def by_rule(self) -> dict[str, Counter[Outcome]]:
        """Split the rows by the rules behind their lead."""
        return self._split(lambda verdict: verdict.rules)

    def by_clause(self) -> dict[str, Counter[Outcome]]:
        """Split the rows by the clauses behind their lead."""
        return self._split(lambda verdict: verdict.clauses)

    def by_flag(self) -> dict[str, Counter[Outcome]]:
        """Split the rows by flag."""
        return self._split(lambda verdict: verdict.flags)

    def by_reason(self) -> Counter[tuple[Outcome, str]]:
        """Count the rows by outcome and why."""
        found: Counter[tuple[Outcome, str]] = Counter()
        for verdict, rows in self.tally.verdicts.items():
            found[verdict.outcome, verdict.reason] += rows
        return found

    def _split(self, words: Callable[[Verdict], Iterable[str]]) -> dict[str, Counter[Outcome]]:
        found: dict[str, Counter[Outcome]] = {}
        for verdict, rows in self.tally.verdicts.items():
            for word in dict.fromkeys(words(verdict)):
                found.setdefault(word, Counter())[verdict.outcome] += rows
        return dict(sorted(found.items(), key=lambda each: (-each[1].total(), each[0])))

    def confusion(self) -> Counter[tuple[str, str]]:
        """Count the rows that were routed by recorded handler and the rulebook's leads, joined."""
        found: Counter[tuple[str, str]] = Counter()
        for verdict, rows in self.tally.verdicts.items():
            if verdict.handler is not None and verdict.outcome is not Outcome.UNROUTABLE:
                found[verdict.handler, "; ".join(sorted(verdict.leads))] += rows
        return found

    def as_dict(self) -> dict[str, Any]:
        """Return the summary as plain data, ready for JSON."""
        book = self.rulebook
        stamp = {"id": book.id, "edition": book.edition, "status": book.status, "digest": book.digest}
        return {
            "rows": self.rows,
            "counts": {str(outcome): rows for outcome, rows in self.counts.items()},
            "rate": rate(self.counts),
            "repeated": self.tally.repeated,
            "rulebook": stamp,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "maps": list(self.maps),
            "inputs": [dict(entry) for entry in self.inputs],
            "reasons": [
                {"outcome": str(outcome), "reason": reason, "rows": rows}
                for (outcome, reason), rows in self.by_reason().most_common()
            ],
            "matters": _plain(self.by_matter()),
            "handlers": _plain(self.by_handler()),
            "leads": _plain(self.by_lead()),
            "months": _plain(dict(sorted(self.tally.months.items()))),
            "areas": _plain(self.tally.areas),
            "rules": _plain(self.by_rule()),
            "flags": _plain(self.by_flag()),
            "confusion": [
                {"handler": handler, "lead": lead, "rows": rows}
                for (handler, lead), rows in self.confusion().most_common()
            ],
            **({"comparison": dict(self.comparison)} if self.comparison else {}),
            **({"engines": dict(self.engines)} if self.engines else {}),
        }


def rate(counts: Mapping[Outcome, int]) -> float | None:
    """
    Tell the share of agreement among rows that can be compared; None where none can.

    >>> rate({Outcome.AGREE: 3, Outcome.DIVERGE: 1, Outcome.BAD_ROW: 9})
    0.75
    """
    compared = sum(counts.get(outcome, 0) for outcome in COMPARED)
    return round(counts.get(Outcome.AGREE, 0) / compared, 6) if compared else None


def _plain(split: Split) -> dict[str, dict[str, Any]]:
    return {
        word: {**{str(o): counts[o] for o in Outcome if counts.get(o)}, "rate": rate(counts)}
        for word, counts in split.items()
    }
