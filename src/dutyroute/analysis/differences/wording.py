"""Regions, changes and conditions, in words that policy staff read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import pairwise
from typing import Any

from dutyroute.analysis.differences.days import CalendarChange
from dutyroute.analysis.differences.diff import Region
from dutyroute.analysis.differences.difference import Difference, Grounds, Held
from dutyroute.analysis.differences.region import UNSAID, Bound, Cube, Stretch
from dutyroute.analysis.differences.words import DOES, LISTS, OTHERWISE, VAGUE, WordChange
from dutyroute.messages import Lang, Phrasebook, word
from dutyroute.rulebook.conditions import AnyOf, Condition, OneOf, Test
from dutyroute.rulebook.names import Names
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import LEAD
from dutyroute.rulebook.vocabulary import HANDLER, MATTER, Plain

_MOST_PLACES = 3
"""How many places are listed of what is different about a matter that only one rulebook has."""


class DiffWording(Names):
    """Words what concerns two rulebooks in one language; the new names win."""

    def __init__(self, old: Rulebook, new: Rulebook, lang: Lang) -> None:
        super().__init__(new, lang, old)
        self.old = old
        self.new = new
        self.say: Phrasebook = Phrasebook(lang, "diff")

    def region(self, region: Region) -> str:
        """Say which incidents a region holds, as in 生活噪音，行为人：租户."""
        where = self.where(region.where)
        return self.matters(region.matters) + (self.say("comma") + where if where else "")

    def matters(self, matters: Iterable[str]) -> str:
        """Name matters; a whole branch of the tree by its top."""
        wanted = set(matters)
        words = self.new.vocabulary
        if wanted >= set(words.matters):
            return self.say("all-matters")
        branches, single = [], []
        for matter, is_whole in words.topmost(wanted):
            name = self.matter(matter)
            if is_whole:
                branches.append(self.say("family", matter=name))
            elif len(words.below(matter)) > 1:
                single.append(self.say("only", matter=name))
            else:
                branches.append(name)
        gone = (self.matter(matter) for matter in dict.fromkeys(matters) if matter not in words.matters)
        return self.listed([*branches, *single, *gone])

    def where(self, cube: Cube) -> str:
        """Say the bounds of a region, facts as in the vocabulary, days last; nothing where it has none."""
        facts = {**self.old.vocabulary.facts, **self.new.vocabulary.facts}
        rank = {name: (fact.type == "date", i) for i, (name, fact) in enumerate(facts.items())}
        ordered = sorted(cube, key=lambda pair: rank[pair[0]])
        colon = self.say("colon")
        return self.say("comma").join(f"{self.fact(f)}{colon}{self.bound(f, bound)}" for f, bound in ordered)

    def bound(self, fact: str, bound: Bound) -> str:
        """Say the values that a bound allows; the others, where these are fewer."""
        values = [value for value in bound.values if value is not UNSAID]
        unsaid = [self.say("unsaid")] if UNSAID in bound.values else []
        books = [book.vocabulary for book in (self.new, self.old) if fact in book.vocabulary.facts]
        domain: list[Plain] = list(
            dict.fromkeys(v for words in books for v in words.domain(words.facts[fact]))
        )
        # "Not A" is shorter than a list of everything else; with two values it would be no gain.
        others = [value for value in domain if value not in values]
        if others and len(others) < len(values) and len(values) > 2 and not unsaid:
            return self.say("not", values=self.say("or").join(self.value(fact, v) for v in others))
        ordered = sorted(values, key=lambda v: domain.index(v) if v in domain else len(domain))
        said = [self.value(fact, v) for v in ordered] + [self.stretch(s) for s in bound.stretches]
        return self.say("or").join(said + unsaid)

    def tested(self, condition: Condition) -> str:
        """Say a condition as it was read; nothing where it always holds."""
        if not isinstance(condition, Test):
            said = (
                self.tested(part)
                if isinstance(part, Test | type(condition))
                else word("in-brackets", self.lang, text=self.tested(part)).strip()
                for part in condition.parts
            )
            joint = self.say("or-else") if isinstance(condition, AnyOf) else word("and", self.lang)
            return joint.join(said)
        return self.test(condition)

    def test(self, test: Test) -> str:
        """Say a fact, and the values of it that will do."""
        if test.fact == MATTER and isinstance(test.accepts, OneOf):
            values = self.matters(map(str, test.accepts.values))
        else:
            values = self.bound(test.fact, _bound(test))
        return f"{self.fact(test.fact)}{self.say('colon')}{values}"

    def stretch(self, stretch: Stretch) -> str:
        """Say a stretch of numbers or days with its last value, as people do."""
        if stretch.high == date.min:  # no day is before the calendar's first
            return self.say("less-than", high=date.min)
        low, high = stretch.low, stretch.last
        dated = isinstance(low if low is not None else high, date)
        if low is None:
            return self.say("up-to" if dated else "at-most", high=high)
        if high is None:
            return self.say("from" if dated else "at-least", low=low)
        return str(low) if low == high else self.say("between", low=low, high=high)

    def incident(self, facts: Mapping[str, Plain]) -> str:
        """Say the facts of an incident."""
        pairs = (f"{self.fact(f)}{self.say('colon')}{self.value(f, v)}" for f, v in facts.items())
        return self.say("comma").join(pairs)

    def held(self, held: Held) -> str:
        """Say a duty without its party."""
        _, role, to, within = held
        said = self.role(role)
        if to:
            said += self.say("to", to=self.told(to))
        if within:
            said += self.say("within", within=self.limit(within))
        return said

    def told(self, to: Iterable[str]) -> str:
        """Name whom a duty tells."""
        return self.listed(self.role(each) if each == LEAD else self.party(each) for each in to)

    def changes(self, change: Difference) -> Iterator[str]:
        """Say, party by party, who gains, loses or changes what; then flags and requirements."""
        return (line for _, line in self.moves(change))

    def moves(self, change: Difference, *, is_apart: bool = False) -> Iterator[tuple[str, str]]:
        """Yield each move with its kind: gains, loses, changes, notes; two matters `apart` are no edit."""

        def say(key: str, **values: object) -> str:
            return self.say(f"apart-{key}" if is_apart else key, **values)

        for party in dict.fromkeys(h[0] for h in (*change.gained, *change.lost)):
            gained = {held[1]: held for held in change.gained if held[0] == party}
            lost = {held[1]: held for held in change.lost if held[0] == party}
            # The same role lost and gained is a change.
            moved = [("loses", held) for role, held in lost.items() if role not in gained]
            moved += [("changes" if role in lost else "gains", held) for role, held in gained.items()]
            for verb, held in moved:
                yield verb, say(verb, party=self.party(party), duty=self.held(held))
        for party, role, was, now in change.grounds:
            named = {"party": self.party(party), "role": self.role(role)}
            yield "notes", self.say("grounds", **named, old=self.ground(was), new=self.ground(now))
        for verb, flags in (("flag-gained", change.flags_gained), ("flag-lost", change.flags_lost)):
            yield from (("notes", say(verb, flag=self.flag(flag))) for flag in flags)
        for verb, unmet in (("breach-gained", change.breaches_gained), ("breach-lost", change.breaches_lost)):
            yield from (("notes", say(verb, title=self.obligation(each[0]))) for each in unmet)
        for side, standing in (("before", change.before), ("after", change.after)):
            if standing != "ruled":
                yield "notes", say(f"decision-{standing}-{side}")

    def word_change(self, change: WordChange) -> str:
        """Say what some words stood for, and what they stand for now."""
        if change.fact == DOES:
            texts = (each or self.say("word-unsuggested") for each in (change.old, change.new))
            old, new = texts
            return self.say("does-change", rule=self.rule(change.words[0]), old=old, new=new)
        if change.unsaid:
            books = ((self.old, change.old), (self.new, change.new))
            was, now = (self._left_out(book, change.fact or "", said) for book, said in books)
            return self.say("unsaid-change", fact=self.fact(change.fact or ""), old=was, new=now)
        if change.fact in LISTS:
            return self._list_change(change)
        named = {None: "fact-names", HANDLER: "party-names"}.get(change.fact)
        kind = self.say(named) if named else self.fact(change.fact or "")
        sides = []
        for book, name in ((self.old, change.old), (self.new, change.new)):
            words = Names(book, self.lang)
            namer = {None: words.fact, HANDLER: words.party}.get(
                change.fact, partial(words.value, change.fact or "")
            )
            unknown = "word-unsuggested" if change.suggests else "word-unknown"
            sides.append(self.say(unknown) if name is None else namer(name))  # type: ignore[arg-type]
        written = self.listed(self.say("word", word=word) for word in change.words)
        key = "keyword-change" if change.suggests else "word-change"
        return self.say(key, kind=kind, words=written, old=sides[0], new=sides[1])

    def _list_change(self, change: WordChange) -> str:
        called = map(self.matter, change.words) if change.fact == OTHERWISE else change.words
        said = self.listed(self.say("word", word=each) for each in called)
        about = self.matter(str(change.old or change.new)) if change.fact == VAGUE else ""
        key = f"list-{change.fact}-{'gained' if change.old is None else 'lost'}"
        return self.say(key, words=said, matter=about)

    def calendar_change(self, change: CalendarChange) -> str:
        """Say what changed of a year's calendar, with the days."""
        return self.say(f"calendar-{change.kind}", year=change.year, days=self.listed(map(str, change.days)))

    def _left_out(self, book: Rulebook, fact: str, exclusion: Any) -> str:
        """Say which values an incident leaves out that does not give a fact."""
        if exclusion is None:
            return self.say("unsaid-all")
        values = (Names(book, self.lang).value(fact, value) for value in exclusion.values)
        return self.say("unsaid-not", values=self.listed(values))

    def ground(self, ground: Grounds) -> str:
        """Say what a duty rests on, and how sure that is."""
        basis, clauses = ground
        labels = dict.fromkeys(self.clause(clause) for clause in clauses)
        return self.say("ground", basis=word(basis, self.lang), clauses=self.listed(labels))

    def group_heading(self, is_proven: bool, lone: Region | None = None) -> str:
        """Return the heading of a group of regions, or of a matter that only one rulebook has."""
        if lone is None:
            return self.say("change" if is_proven else "not-proven")
        key = "matter-gained" if self.owner(lone) is self.new else "matter-lost"
        return self.say(key, matter=self.matter(lone.matters[0]))

    def owner(self, lone: Region) -> Rulebook:
        """Return the rulebook that has a matter which the other lacks."""
        return self.new if lone.change.before == "absent" else self.old

    def beside_parent(self, lone: Region) -> str:
        """Say whether a matter that only one rulebook has is decided as the one above it."""
        (matter,) = lone.matters
        parent = self.owner(lone).vocabulary.matters[matter].parent
        if parent is None:
            return self.say("no-parent" if lone.apart else "no-parent-no-duty")
        return self.say("as-parent-but" if lone.apart else "as-parent", parent=self.matter(parent))

    def apart(self, lone: Region) -> Iterator[tuple[list[tuple[str, str]], list[str]]]:
        """Yield what is different about such a matter, and where; of many places the first ones."""
        found: dict[tuple[Difference, bool], list[Region]] = {}
        for region in lone.apart or ():
            found.setdefault((region.change, region.proven), []).append(region)
        for (change, is_proven), regions in found.items():
            moves = (
                list(self.moves(change, is_apart=True)) if is_proven else [("notes", self.say("not-proven"))]
            )
            places = [self.where(each.where) or self.say("every") for each in regions[:_MOST_PLACES]]
            if len(regions) > _MOST_PLACES:
                places.append(self.say("more-places", count=len(regions) - _MOST_PLACES))
            yield moves, places if is_proven else []

    def behind(
        self, old: Sequence[str], new: Sequence[str], lone: Region | None = None
    ) -> Iterator[tuple[str, str]]:
        """Yield the rules behind a difference, then their clauses, each with its heading."""
        if not old and not new:
            return
        books = (self.old, self.new) if lone is None else (self.owner(lone),) * 2
        sides = tuple(zip(books, (old, new), strict=True))
        placed = ([self._with_place(book, rule) for rule in rules] for book, rules in sides)
        cited = ([c for rule in rules for c in book.rules[rule].cite] for book, rules in sides)
        yield self.say("rules"), " → ".join(self.listed(side) or "—" for side in placed)
        yield (
            self.say("clauses"),
            " → ".join(self.listed(dict.fromkeys(map(self.clause, side))) or "—" for side in cited),
        )

    def _with_place(self, book: Rulebook, rule: str) -> str:
        span = book.span("rules", rule)
        return self.say("at", rule=rule, place=f"{span.path}:{span.line}") if span else rule


def _bound(test: Test) -> Bound:
    """Return the values that a test accepts."""
    if isinstance(test.accepts, OneOf):
        return Bound.of(test.accepts.values)
    ends = [None, *test.accepts.cuts, None]
    stretches = [Stretch(low, high) for low, high in pairwise(ends)]
    return Bound.of(stretches[0 if test.accepts.first else 1 :: 2])
