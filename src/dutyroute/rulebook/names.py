"""Names of a rulebook's parts, and its conditions, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dutyroute.messages import Lang, Phrasebook, chosen
from dutyroute.messages.outside import one_line
from dutyroute.rulebook.instrument import Instrument
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import Rule, parts
from dutyroute.rulebook.vocabulary import MATTER, Exclusion

# A digest is shown by its first twelve digits, enough to find the edition.
SHOWN_DIGEST = len("sha256:") + 12


class Names:
    """
    Names the parts of a rulebook as a reader knows them.

    An identifier that the rulebook does not have is looked up in `older`, the
    version before an edit; if that lacks it too, it is its own name.
    """

    def __init__(self, rulebook: Rulebook, lang: Lang, older: Rulebook | None = None) -> None:
        self.rulebook = rulebook
        self.lang = lang
        self._say = Phrasebook(lang)
        self._books = (rulebook,) if older is None else (rulebook, older)

    def called(self, kind: str, name: str) -> str:
        """Name an entry of one of the lists of `Rulebook.tables`."""
        found = (book.tables[kind].get(name) for book in self._books)
        return one_line(next((entry.called(self.lang) for entry in found if entry is not None), name))

    def party(self, name: str) -> str:
        """Name a party."""
        return self.called("parties", name)

    def role(self, name: str) -> str:
        """Name a role."""
        return self.called("roles", name)

    def matter(self, name: str) -> str:
        """Name a matter."""
        return self.called("matters", name)

    def fact(self, name: str) -> str:
        """Name a fact."""
        return self.called("facts", name)

    def flag(self, name: str) -> str:
        """Name a flag."""
        return self.called("flags", name)

    def rule(self, name: str) -> str:
        """Give the title of a rule."""
        return self.called("rules", name)

    def obligation(self, name: str) -> str:
        """Give the title of an obligation."""
        return self.called("obligations", name)

    def title(self) -> str:
        """Give the title of the rulebook."""
        return one_line(self.rulebook.header.called(self.lang))

    def stamp(self) -> str:
        """Say which rulebook answers, and what its words are worth."""
        book = self.rulebook
        status, digest = self._say(f"status-{book.status}"), book.digest[:SHOWN_DIGEST]
        return self._say("rulebook", title=self.title(), edition=book.edition, status=status, digest=digest)

    def value(self, fact: str, value: Any) -> str:
        """Name a value of a fact, or say what is left out of one that is not given."""
        if isinstance(value, Exclusion):
            left_out = self.listed(self.value(fact, each) for each in value.values)
            return self._say("value-left-out", values=left_out)
        if value is None:
            return self._say("value-not-known")
        if isinstance(value, bool):
            return self._say("value-yes" if value else "value-no")
        if fact == MATTER:
            return self.matter(str(value))
        facts = (book.vocabulary.facts.get(fact) for book in self._books)
        values = (entry for found in facts if found for entry in found.values)
        return one_line(next((entry.called(self.lang) for entry in values if entry.id == value), str(value)))

    def clause(self, reference: str) -> str:
        """
        Cite a clause: by its own number in Chinese, by its key in English.

        The document is named, too, unless it is the only policy.
        """
        # The key is ASCII, the number Chinese: an English reader can type and search the one.
        instrument, _, key = reference.partition("/")
        book = next((b for b in self._books if b.vocabulary.clause(reference)), self.rulebook)
        cited = one_line(chosen(self.lang, book.vocabulary.label(reference), key))
        if [policy.id for policy in book.vocabulary.policies] == [instrument]:
            return cited
        entry = book.vocabulary.instruments.get(instrument)
        short = entry.shortened(self.lang) if entry else instrument
        return self._say("cited", instrument=one_line(short), clause=cited)

    def to_check(self, rule: Rule) -> str:
        """Name the provisions of higher law that a rule cites, each document with the version that was read."""
        words, cited = self.rulebook.vocabulary, dict[str, list[str]]()
        for reference in rule.cite:
            instrument, _, key = reference.partition("/")
            if words.instruments[instrument].rank is not None:
                cited.setdefault(instrument, []).append(chosen(self.lang, words.label(reference), key))
        return self._say("semicolon").join(
            self._provisions(words.instruments[name], self._say.listed(keys)) for name, keys in cited.items()
        )

    def _provisions(self, document: Instrument, keys: str) -> str:
        values = {"instrument": one_line(document.shortened(self.lang)), "clause": keys}
        if document.version is None:
            return self._say("cited", **values)
        return self._say("cited-version", version=document.version, **values)

    def heading(self, reference: str) -> str:
        """Say what a clause is about; nothing for an unknown one."""
        found = self.rulebook.vocabulary.clause(reference)
        return one_line(found.called(self.lang)) if found else ""

    def limit(self, within: str) -> str:
        """Word a time limit: `5wd` is 5 working days."""
        number, unit = parts(within)
        return self._say(f"limit-{unit}-{'one' if number == 1 else 'more'}", number=number)

    def listed(self, names: Iterable[str]) -> str:
        """Write names one after the other, as the language does."""
        return self._say.listed(names)

    def condition(self, fact: str, written: Any) -> str:
        """Word one entry of a `when`; also `in_force` with `from` and `until`."""
        if fact in ("any", "all"):
            parts = [self._conjunction(branch) for branch in written]
            if len(parts) > 1:
                parts = [self._say("in-brackets", text=part) for part in parts]
            return self._say("or" if fact == "any" else "and").join(parts)
        if fact == "not":
            return self._say("not-all", conditions=self._conjunction(written))
        if fact == "in_force":
            ends = (self._say(f"in-force-{end}", day=day) for end, day in written.items() if day is not None)
            return self._say("in-force", ends=self.listed(ends))
        return self._say("equals", fact=self.fact(fact), value=self._accepted(fact, written))

    def _conjunction(self, when: Mapping[str, Any]) -> str:
        return self._say("and").join(self.condition(fact, written) for fact, written in when.items())

    def _accepted(self, fact: str, written: Any) -> str:
        """Word the values that a condition on a fact accepts."""
        if isinstance(written, Mapping):
            if set(written) == {"not"}:
                return self._say("none-of", values=self._accepted(fact, written["not"]))
            return self.listed(self._say(f"range-{key}", end=end) for key, end in written.items())
        members = written if isinstance(written, tuple | list) else (written,)
        return self._say("or").join(self.value(fact, member) for member in members)
