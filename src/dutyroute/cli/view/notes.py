"""What stands below a ruling: breaches, flags, who steps aside, what to ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dutyroute.cli.view.names import ScreenNames
from dutyroute.diagram.ruling import Breach, Recused, Ruling
from dutyroute.rulebook.vocabulary import MATTER, Fact, Plain

__all__ = ["Notes"]


class Notes:
    """Words the notes of rulings, each with the key of its label."""

    KEYS = ("breach", "flag", "recused", "ask", "assumed")

    def __init__(self, names: ScreenNames) -> None:
        self.names = names
        self.say = names.say

    def of(self, ruling: Ruling) -> Iterator[tuple[str, str]]:
        """Yield the notes of one ruling, the gravest first."""
        yield from (("breach", self._breach(breach)) for breach in ruling.breaches)
        yield from (("flag", self.names.flagged(flag)) for flag in ruling.flags)
        yield from (("flag", self.names.flagged(flag, is_certain=False)) for flag in ruling.possible_flags)
        yield from (("recused", text) for text in self._recused(ruling.recused))
        yield from (("ask", self.question(fact)) for fact in ruling.ask)

    def assumed(self, assumed: Iterable[tuple[str, Plain]]) -> str:
        """Say which facts were taken by default."""
        return self.say("semicolon").join(self._assumed(fact, value) for fact, value in assumed)

    def question(self, name: str) -> str:
        """Ask a fact of a person, with the values that it can have."""
        fact = self.names.words.facts[name]
        question = fact.asked(self.say.lang)
        return self.say("question", fact=name, question=question, values=self._values(fact))

    def _values(self, fact: Fact) -> str:
        if fact.type in ("bool", "int", "date"):
            return self.say(f"values-{fact.type}")
        entries = self.names.words.matters.values() if fact.id == MATTER else fact.values
        return self.say("slash").join(entry.called(self.say.lang) for entry in entries)

    def _assumed(self, fact: str, value: Plain) -> str:
        said = self.say("equals", fact=self.names.fact(fact), value=self.names.value(fact, value))
        return said + (self.say("today") if fact == self.names.rulebook.header.date else "")

    def _breach(self, breach: Breach) -> str:
        said = self.say(
            "breach",
            title=self.names.obligation(breach.obligation),
            role=self.names.role(breach.role),
            holders=self.names.parties(breach.holders) or self.say("nobody"),
        )
        return said if breach.certain else self.say("perhaps-first", text=said)

    def _recused(self, recused: tuple[Recused, ...]) -> Iterator[str]:
        """Name each party that steps aside once, with its roles."""
        parties: dict[str, list[str]] = {}
        for each in recused:
            role = self.names.role(each.role)
            parties.setdefault(each.party, []).append(role if each.certain else self._perhaps(role))
        for party, roles in parties.items():
            yield self.say("pair", name=self.names.party(party), text=self.say.listed(roles))

    def _perhaps(self, text: str) -> str:
        return self.say("perhaps", text=text)
