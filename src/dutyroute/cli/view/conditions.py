"""Conditions as a person reads them: what was written, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dutyroute.cli.view.names import Names
from dutyroute.routing.explanation import Verdict

__all__ = ["Criterion"]

_BRANCHES = ("any", "all")


class Criterion:
    """Words conditions in the reader's language."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.say = names.say

    def verdict(self, verdict: Verdict) -> str:
        """Say whether a condition held, and what the incident has instead."""
        held = {True: "held", False: "failed", None: "unknown"}[verdict.held]
        said = self.say(f"verdict-{held}", condition=self.condition(verdict.fact, verdict.written))
        if verdict.given is None or verdict.held:
            return said
        return said + self.say("given", value=self.names.value(verdict.fact, verdict.given))

    def condition(self, fact: str, written: Any) -> str:
        """Say one entry of a `when`."""
        if fact in _BRANCHES:
            return self._branches(fact, written)
        if fact == "not":
            return self.say("not-all", conditions=self._conjunction(written))
        if fact == "in_force":
            return self._period(written)
        return self.say("equals", fact=self.names.fact(fact), value=self._value(fact, written))

    def _branches(self, key: str, branches: Iterable[Mapping[str, Any]]) -> str:
        parts = (self.say("in-brackets", text=self._conjunction(branch)) for branch in branches)
        return self.say("or" if key == "any" else "and").join(parts)

    def _conjunction(self, when: Mapping[str, Any]) -> str:
        return self.say("and").join(self.condition(fact, written) for fact, written in when.items())

    def _period(self, ends: Mapping[str, Any]) -> str:
        shown = (self.say(f"in-force-{end}", day=day) for end, day in ends.items() if day is not None)
        return self.say("in-force", ends=self.say.listed(shown))

    def _value(self, fact: str, written: Any) -> str:
        if not isinstance(written, Mapping):
            return self._members(fact, written)
        if set(written) == {"not"}:
            return self.say("none-of", values=self._members(fact, written["not"]))
        return self.say.listed(self.say(f"range-{key}", end=end) for key, end in written.items())

    def _members(self, fact: str, written: Any) -> str:
        members = written if isinstance(written, tuple | list) else (written,)
        return self.say("or").join(self.names.value(fact, member) for member in members)
