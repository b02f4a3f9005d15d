"""Regions and changes, in words that policy staff read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from dutyroute.analysis.diff import Change, Held, Region
from dutyroute.analysis.region import UNSAID, Bound, Stretch, Value
from dutyroute.messages import Lang
from dutyroute.messages.diff import WORDS
from dutyroute.rules import Rulebook
from dutyroute.vocabulary import MATTER, Entry, Plain

__all__ = ["Wording"]


class Wording:
    """Words the regions of one comparison in one language; the new names win."""

    def __init__(self, old: Rulebook, new: Rulebook, lang: Lang) -> None:
        self.old = old
        self.new = new
        self.lang = lang

    def say(self, key: str, **values: object) -> str:
        """Return one phrase of the comparison."""
        return WORDS[key][self.lang].format(**values)

    def name(self, kind: Callable[[Rulebook], Mapping[str, Any]], entry: str) -> str:
        """Name an entry of either rulebook."""
        found: Entry | None = kind(self.new).get(entry) or kind(self.old).get(entry)
        return found.called(self.lang) if found else entry

    def list(self, words: Iterable[str]) -> str:
        """Write words one after the other, as the language does."""
        return ("、" if self.lang == "zh" else ", ").join(words)

    def flag(self, entry: str) -> str:
        """Name a flag."""
        return self.name(lambda book: book.vocabulary.flags, entry)

    def written(self, fact: str, value: Any) -> str:
        """Say a condition as its author wrote it, in the names that people read."""
        if fact in ("any", "all", "not"):
            parts = value if isinstance(value, tuple) else (value,)
            inner = self.say("or" if fact == "any" else "comma").join(
                self.say("comma").join(self.written(*pair) for pair in part.items()) for part in parts
            )
            return self.say("not", values=inner) if fact == "not" else inner
        return f"{self.fact(fact)}{self.say('colon')}{self._choice(fact, value)}"

    def _choice(self, fact: str, value: Any) -> str:
        if isinstance(value, tuple):
            return self.say("or").join(self.value(fact, each) for each in value)
        if not isinstance(value, Mapping):
            return self.value(fact, value)
        if "not" in value:
            return self.say("not", values=self._choice(fact, value["not"]))
        return self.say("comma").join(self.say(end.replace("_", "-"), low=at, high=at) for end, at in value.items())

    def party(self, entry: str) -> str:
        """Name a party."""
        return self.name(lambda book: book.vocabulary.parties, entry)

    def matter(self, entry: str) -> str:
        """Name a matter."""
        return self.name(lambda book: book.vocabulary.matters, entry)

    def role(self, entry: str) -> str:
        """Name a role."""
        return self.name(lambda book: book.vocabulary.roles, entry)

    def matters(self, region: Region) -> str:
        """Name the matters of a region."""
        return ("、" if self.lang == "zh" else ", ").join(map(self.matter, region.matters))

    def where(self, region: Region) -> str:
        """Say which incidents of its matters a region holds."""
        parts = [
            f"{self.fact(fact)}{self.say('colon')}{self.bound(fact, bound)}" for fact, bound in region.where
        ]
        return self.say("comma").join(parts) or self.say("always")

    def fact(self, fact: str) -> str:
        """Name a fact."""
        return self.name(lambda book: book.vocabulary.facts, fact)

    def bound(self, fact: str, bound: Bound) -> str:
        """Say the values that a bound allows; the others, where these are fewer."""
        if bound.stretches:
            return self.say("or").join(self.stretch(s) for s in bound.stretches)
        domain = self._domain(fact)
        others = [value for value in domain if value not in bound.values]
        if others and len(others) < len(bound.values) and len(bound.values) > 2:
            return self.say("not", values=self.say("or").join(self.value(fact, v) for v in others))
        ordered = sorted(bound.values, key=lambda v: domain.index(v) if v in domain else len(domain))
        return self.say("or").join(self.value(fact, v) for v in ordered)

    def _domain(self, fact: str) -> list[Plain]:
        books = [book.vocabulary for book in (self.new, self.old) if fact in book.vocabulary.facts]
        return list(dict.fromkeys(v for words in books for v in words.domain(words.facts[fact])))

    def stretch(self, stretch: Stretch) -> str:
        """Say a stretch of numbers or days with its last value, as people do."""
        low, high = stretch.low, None if stretch.high is None else _before(stretch.high)
        dated = isinstance(low if low is not None else high, date)
        if low is None:
            return self.say("up-to" if dated else "at-most", high=high)
        if high is None:
            return self.say("from" if dated else "at-least", low=low)
        return str(low) if low == high else self.say("between", low=low, high=high)

    def value(self, fact: str, value: Value) -> str:
        """Say one value of a fact."""
        if value is UNSAID:
            return self.say("unsaid")
        if fact == MATTER:
            return self.matter(str(value))
        if isinstance(value, bool):
            return self.say("yes" if value else "no")
        for book in (self.new, self.old):
            found = book.vocabulary.facts.get(fact)
            for entry in found.values if found else ():
                if entry.id == value:
                    return entry.called(self.lang)
        return str(value)

    def held(self, held: Held) -> str:
        """Say a duty without its party."""
        _, role, to, within = held
        told = (
            self.say("to", to=("、" if self.lang == "zh" else ", ").join(map(self.party, to))) if to else ""
        )
        return self.role(role) + told + (self.say("within", within=within) if within else "")

    def changes(self, change: Change) -> Iterator[str]:
        """Say, party by party, who gains, loses or changes what; then flags and requirements."""
        colon = self.say("colon")
        for party in dict.fromkeys(h[0] for h in (*change.gained, *change.lost)):
            for verb, held in _moves(change, party):
                yield f"{self.party(party)}{colon}{self.say(verb)} {self.held(held)}"
        for verb, flags in (("flag-gained", change.flags_gained), ("flag-lost", change.flags_lost)):
            for flag in flags:
                yield f"{self.say(verb)}{colon}{self.name(lambda book: book.vocabulary.flags, flag)}"
        for verb, breaches in (
            ("breach-gained", change.breaches_gained),
            ("breach-lost", change.breaches_lost),
        ):
            for obligation, _, _ in breaches:
                yield f"{self.say(verb)}{colon}{self.name(lambda book: book.obligations, obligation)}"
        for verb, standing in (("before", change.before), ("after", change.after)):
            if standing != "ruled":
                yield self.say(f"{standing}-{verb}")

    def clauses(self, region: Region) -> str:
        """List the clauses behind both sides, as people cite them."""
        return " → ".join(
            ("、" if self.lang == "zh" else ", ").join(_labels(book, rules)) or "—"
            for book, rules in ((self.old, region.old_rules), (self.new, region.new_rules))
        )


def _moves(change: Change, party: str) -> Iterator[tuple[str, Held]]:
    """Tell one party's moves; the same role lost and gained is a change."""
    gained = {h[1]: h for h in change.gained if h[0] == party}
    lost = {h[1]: h for h in change.lost if h[0] == party}
    yield from (("loses", h) for role, h in lost.items() if role not in gained)
    yield from (("changes" if role in lost else "gains", h) for role, h in gained.items())


def _labels(book: Rulebook, rules: tuple[str, ...]) -> list[str]:
    cited = [c for rule in rules for c in book.rules[rule].cite]
    return list(dict.fromkeys(map(book.vocabulary.label, cited)))


def _before(high: Any) -> Any:
    return high - (timedelta(days=1) if isinstance(high, date) else 1)
