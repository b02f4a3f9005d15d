"""A rulebook's words in the reader's language, and the phrases of the command around them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dutyroute.diagram.ruling import Duty
from dutyroute.messages import Phrasebook
from dutyroute.rulebook.names import Names
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import Vocabulary


class ScreenNames(Names):
    """Names of a rulebook's parts, and the phrases of the command line around them."""

    def __init__(self, rulebook: Rulebook, say: Phrasebook) -> None:
        super().__init__(rulebook, say.lang)
        self.words: Vocabulary = rulebook.vocabulary
        self.say = say

    def marked(self, text: str, is_certain: bool) -> str:
        """Mark what is only possible."""
        return text if is_certain else self.say("perhaps", text=text)

    def told(self, duty: Duty) -> list[str]:
        """Name whom a duty tells."""
        possible = (self.marked(self.party(party), is_certain=False) for party in duty.to_possible)
        return [*map(self.party, duty.to), *possible]

    def grouped(self, duties: Iterable[tuple[str, str, bool]]) -> Iterator[str]:
        """Name each party once, with its roles; a role that is not certain is marked."""
        parties: dict[str, list[str]] = {}
        for party, role, is_certain in duties:
            parties.setdefault(party, []).append(self.marked(self.role(role), is_certain))
        for party, roles in parties.items():
            yield self.say("pair", name=self.party(party), text=self.say.listed(roles))
