"""Names of a rulebook's parts, and its conditions, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dutyroute.messages import Lang, Phrasebook, chosen
from dutyroute.messages.outside import one_line
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import parts
from dutyroute.rulebook.types import Shortened
from dutyroute.rulebook.vocabulary import MATTER, Exclusion

# A digest is shown by its first twelve digits, enough to find the edition.
SHOWN_DIGEST = len("sha256:") + 12


class Names:
    """
    Names the parts of a rulebook as a reader knows them.

    An identifier that the rulebook does not have is looked up in `older`, the
    version before an edit; if that lacks it too, it is its own name.
    """

    def __init__(
        self, rulebook: Rulebook, lang: Lang, older: Rulebook | None = None, *, is_brief: bool = False
    ) -> None:
        """With `is_brief`, entries are called by their short names, where they have one."""
        self.rulebook = rulebook
        self._is_brief = is_brief
        self.lang = lang
        self._say = Phrasebook(lang)
        self._books = (rulebook,) if older is None else (rulebook, older)

    def called(self, kind: str, name: str) -> str:
        """Name an entry of one of the lists of `Rulebook.tables`."""
        found = (book.tables[kind].get(name) for book in self._books)
        return one_line(next((self._name(entry) for entry in found if entry is not None), name))

    def _name(self, entry: Any) -> str:
        if self._is_brief and isinstance(entry, Shortened):
            return entry.shortened(self.lang)
        return str(entry.called(self.lang))

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
        return one_line(next((self._name(entry) for entry in values if entry.id == value), str(value)))

    def clause(self, *references: str) -> str:
        """
        Cite clauses: by their own numbers in Chinese, by their keys in English.

        Each document is named once, unless it is the only policy.
        """
        # The key is ASCII, the number Chinese: an English reader can type and search the one.
        cited: dict[str, list[str]] = {}
        for reference in references:
            instrument, _, key = reference.partition("/")
            book = next((b for b in self._books if b.vocabulary.clause(reference)), self.rulebook)
            entry = book.vocabulary.instruments.get(instrument)
            title = instrument if entry is None else one_line(entry.shortened(self.lang))
            is_alone = [policy.id for policy in book.vocabulary.policies] == [instrument]
            label = one_line(chosen(self.lang, book.vocabulary.label(reference), key))
            cited.setdefault("" if is_alone else title, []).append(label)
        listed = {title: self.listed(labels) for title, labels in cited.items()}
        return self._say("semicolon").join(
            self._say("cited", instrument=title, clause=labels) if title else labels
            for title, labels in listed.items()
        )

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
        """Word one entry of a `when` as part of a sentence; also `in_force` with `from` and `until`."""
        if fact in ("any", "all"):
            parts = [self.supposed(branch) for branch in written]
            if fact == "any" and any(len(branch) > 1 for branch in written):
                parts = [self._say("in-brackets", text=part).strip() for part in parts]
            return self._say("or" if fact == "any" else "and").join(parts)
        if fact == "not":
            # 事项不是违法建设, rather than 并非事项是违法建设
            ((inner, value), *more) = written.items()
            if more or inner in ("any", "all", "not") or isinstance(value, Mapping):
                return self._say("not-all", conditions=self.supposed(written))
            return self.condition(inner, {"not": value})
        if fact == "in_force":
            ends = (self._say(f"in-force-{end}", day=day) for end, day in written.items() if day is not None)
            return self._say("in-force", ends=self.listed(ends))
        return self._tested(self.fact(fact), fact, written)

    def supposed(self, when: Mapping[str, Any]) -> str:
        """Word a whole `when`, as in 有物业服务企业，且行为人是业主."""
        return self._say("and").join(self.condition(fact, written) for fact, written in when.items())

    def _worded(self, key: str, fact: str) -> str:
        """Return how the vocabulary words a fact; empty where it does not."""
        facts = (book.vocabulary.facts.get(fact) for book in self._books)
        keys = key, f"{key}_english"
        texts = (chosen(self.lang, *(getattr(found, each) for each in keys)) for found in facts if found)
        return one_line(next(filter(None, texts), ""))

    def _tested(self, name: str, fact: str, written: Any) -> str:
        """Word what a condition on a fact accepts."""
        if isinstance(written, bool):
            return name if written else self._worded("denied", fact) or self._say("is-false", fact=name)
        if isinstance(written, Mapping) and set(written) != {"not"}:
            ends = self.listed(self._say(f"range-{key}", end=end) for key, end in written.items())
            return self._say("is-within", fact=name, ends=ends)
        is_negated = isinstance(written, Mapping)
        accepted = written["not"] if isinstance(written, Mapping) else written
        if is_negated and isinstance(accepted, bool):
            return self._tested(name, fact, not accepted)
        members = accepted if isinstance(accepted, tuple | list) else (accepted,)
        *most, last = (self.value(fact, member) for member in members)
        values = self._say("or").join([self.listed(most), last] if most else [last])
        if self._is_brief and (said := self._worded("said", fact)):
            said = said.replace("{value}", values)
            return self._say("is-not-said", said=said) if is_negated else said
        return self._say("is-not" if is_negated else "is", fact=name, value=values)
