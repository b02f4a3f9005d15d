"""Conditions as a person reads them: what was written, and what became of it."""

from __future__ import annotations

from dutyroute.cli.view.names import ScreenNames
from dutyroute.routing.explanation import ConditionVerdict

__all__ = ["Criterion"]


class Criterion:
    """Words conditions in the reader's language."""

    def __init__(self, names: ScreenNames) -> None:
        self.names = names
        self.say = names.say

    def verdict(self, verdict: ConditionVerdict) -> str:
        """Say whether a condition held, and what the incident has instead."""
        held = {True: "held", False: "failed", None: "unknown"}[verdict.held]
        said = self.say(f"verdict-{held}", condition=self.names.condition(verdict.fact, verdict.written))
        if verdict.given is None or verdict.held:
            return said
        return said + self.say("given", value=self.names.value(verdict.fact, verdict.given))
