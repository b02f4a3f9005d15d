"""Teller: words what a check found, with names, clauses and places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dutyroute.analysis.checks.catalogue import CHECKS
from dutyroute.analysis.checks.finding import Finding
from dutyroute.diagnostics import Related, Span
from dutyroute.messages import LANGUAGES, both, joined
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import Entry, Plain

__all__ = ["Teller", "Worded", "listed", "why"]

Worded = dict[str, str]
"""One value of a message, in each language."""

_MANY = 8


class Teller:
    """Makes the findings of one rulebook."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.words = rulebook.vocabulary

    def tell(
        self,
        check: str,
        at: tuple[str, str | int],
        values: Mapping[str, object],
        *,
        rules: Sequence[str] = (),
        others: Iterable[tuple[str, str | int]] = (),
        witness: Mapping[str, Plain] | None = None,
        matters: Sequence[str] = (),
        clauses: Sequence[str] | None = None,
        obligation: str | None = None,
    ) -> Finding:
        """
        Make a finding about what stands at `at`, a (kind, name) of the rulebook.

        `values` fill its message. `others` are what stands on the other sides, as far as they have a place.
        Clauses are those of the rules, unless given.
        """
        spans = dict.fromkeys(self._span(*other) for other in others if other != at)
        return Finding(
            check=check,
            severity=CHECKS[check],
            values=values,
            matter=matters[0] if matters else None,
            matters=tuple(matters),
            obligation=obligation,
            witness=witness or {},
            rules=tuple(rules),
            clauses=self.cited(rules) if clauses is None else tuple(clauses),
            span=self._span(*at),
            related=tuple(Related("also-here", span=span) for span in spans if span is not None),
        )

    def cited(self, rules: Iterable[str]) -> tuple[str, ...]:
        """List the clauses that rules cite, each once."""
        return tuple(dict.fromkeys(clause for rule in rules for clause in self.rulebook.rules[rule].cite))

    def named(self, kind: str, name: str) -> Worded:
        """Name an entry of the vocabulary: parties, roles, matters, facts or flags."""
        entry: Entry = getattr(self.words, kind)[name]
        return both("check-named", name={lang: entry.called(lang) for lang in LANGUAGES}, id=name)

    def names(self, kind: str, names: Sequence[str]) -> Worded:
        """Name several entries; of very many, the first."""
        worded = [self.named(kind, name) for name in names[:_MANY]]
        told = joined(worded)
        if len(names) <= _MANY:
            return told
        count = {"zh": len(names), "en": len(names) - _MANY}
        return both("check-and-more", names=told, n=count)

    def obligation(self, name: str) -> Worded:
        """Name an obligation."""
        owed = self.rulebook.obligations[name]
        return both("check-obligation", name={lang: owed.called(lang) for lang in LANGUAGES}, id=name)

    def _span(self, kind: str, name: str | int) -> Span | None:
        """Find where something stands; a clause may only be known by its instrument."""
        found = self.rulebook.span(kind, name)
        if found is None and kind == "clauses":
            return self.rulebook.span("instruments", str(name).partition("/")[0])
        return found


def listed(names: Sequence[str]) -> Worded | None:
    """List identifiers as messages do; None where there is none."""
    return joined([f"`{name}`" for name in names]) if names else None


def why(reason: str, **values: Any) -> Worded:
    """Word a reason that stands inside a message."""
    return both(f"why-{reason}", **values)
