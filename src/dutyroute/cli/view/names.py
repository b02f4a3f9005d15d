"""A rulebook's words in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from dutyroute.messages import Phrasebook
from dutyroute.rulebook.names import Names
from dutyroute.rulebook.rulebook import Rulebook

__all__ = ["ScreenNames"]

_DIGEST = len("sha256:") + 12


class ScreenNames(Names):
    """Names of a rulebook's parts, and the phrases of the command line around them."""

    def __init__(self, rulebook: Rulebook, say: Phrasebook) -> None:
        super().__init__(rulebook, say.lang)
        self.words = rulebook.vocabulary
        self.say = say

    def flagged(self, name: str, *, is_certain: bool = True) -> str:
        """Name a flag of a decision; in Chinese with what it means."""
        found = self.words.flags.get(name)
        note = found.note if found and self.lang == "zh" else None
        shown = self.flag(name) if is_certain else self.say("perhaps", text=self.flag(name))
        return shown + (self.say("colon") + note if note else "")

    def parties(self, names: Iterable[str]) -> str:
        """Name several parties; a name may hold a comma of its own."""
        return self.say("semicolon").join(map(self.party, names))

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
