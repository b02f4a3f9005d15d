"""A rulebook's words in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from dutyroute.cli.phrasebook import Phrasebook
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER, Entry

__all__ = ["Names", "plain"]

_DIGEST = len("sha256:") + 12


class Names:
    """Names parties, roles, facts, values and clauses as the reader knows them."""

    def __init__(self, rulebook: Rulebook, say: Phrasebook) -> None:
        self.rulebook = rulebook
        self.words = rulebook.vocabulary
        self.say = say

    def party(self, name: str) -> str:
        """Name a party."""
        return self._called(self.words.parties, name)

    def role(self, name: str) -> str:
        """Name a role."""
        return self._called(self.words.roles, name)

    def matter(self, name: str) -> str:
        """Name a matter."""
        return self._called(self.words.matters, name)

    def fact(self, name: str) -> str:
        """Name a fact."""
        return self._called(self.words.facts, name)

    def flag(self, name: str, *, is_certain: bool = True) -> str:
        """Name a flag; in Chinese with what it means."""
        found = self.words.flags.get(name)
        note = found.note if found and self.say.lang == "zh" else None
        called = self._called(self.words.flags, name)
        shown = called if is_certain else self.say("perhaps", text=called)
        return shown + (self.say("colon") + note if note else "")

    def rule(self, name: str) -> str:
        """Say what a rule says."""
        return self.rulebook.rules[name].called(self.say.lang)

    def obligation(self, name: str) -> str:
        """Say what an obligation says."""
        return self.rulebook.obligations[name].called(self.say.lang)

    def value(self, fact: str, value: Any) -> str:
        """Name a value of a fact."""
        if isinstance(value, bool):
            return self.say("value-yes" if value else "value-no")
        if fact == MATTER:
            return self.matter(str(value))
        found = self.words.facts.get(fact)
        entries = {entry.id: entry for entry in found.values} if found else {}
        return self._called(entries, str(value))

    def clause(self, reference: str) -> str:
        """Cite a clause: by its own number in Chinese, by its key in English."""
        instrument, _, clause = reference.partition("/")
        cited = self.words.label(reference) if self.say.lang == "zh" else clause
        if len(self.words.instruments) < 2:
            return cited
        return self.say("cited", instrument=self.instrument(instrument), clause=cited)

    def instrument(self, name: str) -> str:
        """Name an instrument."""
        found = self.words.instruments[name]
        return found.title if self.say.lang == "zh" else found.english

    def parties(self, names: Iterable[str]) -> str:
        """Name several parties; a name may hold a comma of its own."""
        return self.say("semicolon").join(map(self.party, names))

    def title(self) -> str:
        """Name the rulebook."""
        header = self.rulebook.header
        return header.title if self.say.lang == "zh" else header.english

    def heading(self, reference: str) -> str:
        """Say what a clause is about."""
        found = self.words.clause(reference)
        return (found.heading if self.say.lang == "zh" else found.english) if found else ""

    def stamped(self) -> dict[str, str]:
        """Return which rulebook answers, as plain data."""
        book = self.rulebook
        return {"id": book.id, "edition": book.edition, "status": book.status, "digest": book.digest}

    def stamp(self) -> str:
        """Say which rulebook answers, and what its words are worth."""
        return self.say(
            "rulebook",
            title=self.title(),
            edition=self.rulebook.edition,
            status=self.say(f"status-{self.rulebook.status}"),
            digest=self.rulebook.digest[:_DIGEST],
        )

    def _called(self, entries: Mapping[str, Entry], name: str) -> str:
        found = entries.get(name)
        return found.called(self.say.lang) if found else name


def plain(value: Any) -> Any:
    """Turn what a rulebook holds into what JSON can write."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value
