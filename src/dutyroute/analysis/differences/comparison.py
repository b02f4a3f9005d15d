"""Two rulebooks compared: what changes, where, and how many cases it concerns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any, Final

from dutyroute.analysis.differences.days import CalendarChange, calendar_changes
from dutyroute.analysis.differences.diff import Region, find_regions
from dutyroute.analysis.differences.difference import Difference, Grounds
from dutyroute.analysis.differences.region import UNSAID, Bound, Unsaid, Value
from dutyroute.analysis.differences.walk import BUDGET
from dutyroute.analysis.differences.wording import DiffWording
from dutyroute.analysis.differences.words import WordChange, Words
from dutyroute.errors import IncidentError
from dutyroute.messages import Lang, language
from dutyroute.messages.outside import markdown
from dutyroute.routing.incident import Incident, IncidentReader
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import spellings
from dutyroute.rulebook.written import plain

# What a line of a comparison is: what stands before it in a text, and around it in Markdown.
_FORMS: Final[Mapping[str, tuple[str, str, str]]] = {
    "heading": ("\n", "\n### ", "\n"),
    "line": ("   ", "\n", "\n"),
    "item": ("   - ", "- ", ""),
    "place": ("   · ", "- ", ""),
    "under": ("     ", "  <br>", ""),
    "fact": ("   ", "", "  "),
}


@dataclass(frozen=True, slots=True)
class CountedRegion:
    """A region, with how many cases lie in it; `count` is None where none were counted."""

    region: Region
    count: CaseCount | None = None


@dataclass(frozen=True, slots=True)
class DifferenceGroup:
    """One difference between decisions, and every region in which it occurs."""

    change: Difference
    places: tuple[CountedRegion, ...]

    @property
    def lone(self) -> Region | None:
        """The region of a matter that only one rulebook has, where the group is about one."""
        region = self.places[0].region
        return None if region.apart is None else region

    @property
    def is_proven(self) -> bool:
        """Whether it is proved that decisions change."""
        return self.places[0].region.proven

    def rules_behind(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """
        Return the rules of the old and of the new rulebook that cause the difference.

        Of a matter that only one rulebook has, they are those of the matter above it and its own.
        """
        regions = [place.region for place in self.places] if self.lone is None else self.lone.apart or ()
        old = dict.fromkeys(rule for region in regions for rule in region.old_rules)
        new = dict.fromkeys(rule for region in regions for rule in region.new_rules)
        return tuple(old), tuple(new)


@dataclass(frozen=True)
class Comparison:
    """Two rulebooks and the regions in which they decide differently."""

    old: Rulebook
    new: Rulebook
    regions: tuple[Region, ...]
    counts: tuple[CaseCount, ...] | None = None
    word_counts: tuple[int, ...] | None = None
    """How many cases are written with the words of each of `words`."""

    @cached_property
    def words(self) -> tuple[WordChange, ...]:
        """The words that mean something else; a case that uses one is counted there, and in no region."""
        return Words(self.old, self.new).changes

    @cached_property
    def calendars(self) -> tuple[CalendarChange, ...]:
        """The years whose days off changed: duties stay, the days on which their limits end may not."""
        return tuple(calendar_changes(self.old, self.new))

    @property
    def changes_anything(self) -> bool:
        """Whether a decision changes, or may, or the reading of a word or the end of a limit does."""
        return bool(self.regions or self.words or self.calendars)

    @property
    def groups(self) -> tuple[DifferenceGroup, ...]:
        """The regions grouped by what changes in them; the group with the widest region comes first."""
        counts: Iterable[CaseCount | None] = self.counts or [None] * len(self.regions)
        found: dict[object, list[CountedRegion]] = {}
        for region, count in zip(self.regions, counts, strict=True):
            alike = (region.change, region.proven) if region.apart is None else region.matters
            found.setdefault(alike, []).append(CountedRegion(region, count))
        return tuple(DifferenceGroup(places[0].region.change, tuple(places)) for places in found.values())

    def count(self, cases: Iterable[ReadCase]) -> Comparison:
        """Return the same comparison with the number of cases in each region."""
        counts = [[0, 0] for _ in self.regions]
        used: Counter[WordChange] = Counter()
        for case in cases:
            used.update(case.words)
            for count, region in zip(counts, self.regions, strict=True):
                verdict = case.is_in(region)
                count[0] += verdict is True
                count[1] += verdict is None
        word_counts = tuple(used[each] for each in self.words)
        return replace(self, counts=tuple(CaseCount(*count) for count in counts), word_counts=word_counts)

    def wording(self, lang: Lang | None = None) -> DiffWording:
        """Return the words for this comparison in one language (default: the reader's)."""
        return DiffWording(self.old, self.new, lang or language())

    def summary(self, lang: Lang | None = None) -> str:
        """Say in one sentence how much changes."""
        words = self.wording(lang)
        if not self.regions:
            but = f"-but-{self._words_key}" if self.words else "-but-days" if self.calendars else ""
            return words.say(f"none{but}")
        return words.say("count", changes=len(self.groups), n=len(self.regions))

    @property
    def _words_key(self) -> str:
        return "readings" if any(change.unsaid for change in self.words) else "words"

    def word_lines(self, words: DiffWording) -> Iterator[tuple[str, str | None]]:
        """Yield for each change of words what it is, and how many cases use them."""
        counts: Sequence[int | None] = self.word_counts or [None] * len(self.words)
        for change, count in zip(self.words, counts, strict=True):
            key = "cases-unsaid" if change.unsaid else "cases-with-words"
            cases = None if count is None else words.say(key, count=count)
            yield words.word_change(change), cases

    def to_text(self, lang: Lang | None = None) -> str:
        """Write the comparison for a terminal."""
        words = self.wording(lang)
        lines = (_FORMS[kind][0] + line for kind, line in self._lines(words))
        return "\n".join([self.summary(words.lang), *lines])

    def to_markdown(self, lang: Lang | None = None) -> str:
        """Write the comparison for a pull request."""
        words = self.wording(lang)
        lines = [f"## {words.say('title')}\n\n{markdown(self.summary(words.lang))}\n"]
        previous = ""
        for kind, line in self._lines(words):
            _, before, after = _FORMS[kind]
            # Else a paragraph would belong to the last item of the list above it.
            apart = "\n" if kind == "fact" != previous else ""
            lines.append(f"{apart}{before}{markdown(line)}{after}")
            previous = kind
        return re.sub("\n{3,}", "\n\n", "\n".join(lines)).rstrip()

    def _lines(self, words: DiffWording) -> Iterator[tuple[str, str]]:
        """Yield the lines of the comparison, each with what it is."""
        for number, group in enumerate(self.groups, 1):
            yield "heading", f"{number}. {words.group_heading(group.is_proven, group.lone)}"
            if group.lone is not None:
                yield "line", words.beside_parent(group.lone)
                for moves, places in words.apart(group.lone):
                    yield from (("item", line) for _, line in moves)
                    yield from (("under", f"· {place}") for place in places)
                yield from (("fact", line) for line in _notes(group.places[0], words))
            else:
                yield from (("item", line) for line in words.changes(group.change))
                yield "line", words.say("concerns")
                for place in group.places:
                    yield "place", words.region(place.region)
                    yield from (("under", line) for line in _notes(place, words))
            for name, text in words.behind(*group.rules_behind(), group.lone):
                yield "fact", f"{name}{words.say('colon')}{text}"
        if self.words:
            yield "heading", words.say(self._words_key)
            for line, cases in self.word_lines(words):
                yield "item", line
                yield from [("under", cases)] if cases else []
        if self.calendars:
            yield "heading", words.say("calendars")
            yield from (("item", words.calendar_change(each)) for each in self.calendars)

    def to_dict(self, lang: Lang | None = None) -> dict[str, Any]:
        """Return the comparison as plain data; its sentences are in the given language."""
        words = self.wording(lang)
        written: dict[str, Any] = plain(
            {
                "old": _stamp(self.old),
                "new": _stamp(self.new),
                "regions": [_place(place, words) for group in self.groups for place in group.places],
                "words": [
                    {**asdict(change), "old": change.old, "new": change.new, "said": said}
                    for change, (said, _) in zip(self.words, self.word_lines(words), strict=True)
                ],
                "calendars": [{**asdict(c), "said": words.calendar_change(c)} for c in self.calendars],
            }
        )
        for change, count in zip(written["words"], self.word_counts or (), strict=False):
            change["cases"] = count
        return written


def diff(
    old: Rulebook,
    new: Rulebook,
    cases: Iterable[Mapping[str, Any]] | None = None,
    *,
    budget: int = BUDGET,
) -> Comparison:
    """
    Compare two rulebooks by the decisions that they lead to.

    The regions of the result are a complete partition of the incidents whose
    duties, flags or breaches differ, or rest on other clauses or another basis:
    nothing outside the regions changes, and everything inside does. An edit of
    titles, order or layout gives no region; a matter that only one rulebook has is
    one region, compared with the matter above it; names and aliases of matters, facts
    and values that mean something else, or nothing any more, are its `words`, and so are facts
    with another `unless_said`. Where the default of a fact was
    edited, the incidents that do not mention it have regions of their own.
    `cases` are incidents to be counted in each region. A matter whose comparison
    takes more than `budget` steps becomes a region that is not `proven`.

    >>> from dutyroute import load
    >>> from dutyroute.rulebook.shipped import shipped
    >>> rulebook = load(shipped("rules"))
    >>> diff(rulebook, rulebook).regions
    ()

    Raises:
        IncidentError: at the first case that neither rulebook can read.
    """
    comparison = Comparison(old, new, find_regions(old, new, budget=budget))
    return comparison if cases is None else comparison.count(map(CaseReader(old, new).read, cases))


def _notes(place: CountedRegion, words: DiffWording) -> Iterator[str]:
    """Yield the example of a region and the number of its cases, where there are any."""
    if place.region.witness:
        yield f"{words.say('example')}{words.say('colon')}{words.incident(place.region.witness)}"
    if place.count is not None:
        counts = words.say("cases-in", yes=place.count.certain, maybe=place.count.possible)
        yield f"{words.say('cases')}{words.say('colon')}{counts}"


_HELD = ("party", "role", "to", "within")
_UNMET = ("obligation", "kind", "holders")


def _stamp(book: Rulebook) -> dict[str, str]:
    return {"id": book.id, "edition": book.edition, "digest": book.digest}


def _place(place: CountedRegion, words: DiffWording, own: Rulebook | None = None) -> dict[str, Any]:
    """Write a region as plain data; both sides of one that is `apart` are its `own` rulebook."""
    region, change = place.region, place.region.change
    sides = {"old": (own or words.old, region.old_rules), "new": (own or words.new, region.new_rules)}
    written: dict[str, Any] = {
        "proven": region.proven,
        "matters": region.matters,
        "where": {fact: list(_bound(bound)) for fact, bound in region.where},
        "said": words.region(region),
        "changes": list(words.changes(change)),
        "gained": _named(_HELD, change.gained),
        "lost": _named(_HELD, change.lost),
        "flags": {"gained": change.flags_gained, "lost": change.flags_lost},
        "breaches": {
            "gained": _named(_UNMET, change.breaches_gained),
            "lost": _named(_UNMET, change.breaches_lost),
        },
        "grounds": [_ground(*each) for each in change.grounds],
        "before": change.before,
        "after": change.after,
        "rules": {
            side: [{"id": rule, "at": str(book.span("rules", rule) or "") or None} for rule in rules]
            for side, (book, rules) in sides.items()
        },
        "clauses": {
            side: sorted({clause for rule in rules for clause in book.rules[rule].cite})
            for side, (book, rules) in sides.items()
        },
        "witness": region.witness,
    }
    if region.apart is not None:
        book = words.owner(region)
        told = (line for moves, _ in words.apart(region) for _, line in moves)
        written["changes"] = [words.beside_parent(region), *told]
        written["parent"] = book.vocabulary.matters[region.matters[0]].parent
        written["apart"] = [_place(CountedRegion(each), words, book) for each in region.apart]
    if place.count is not None:
        written["cases"] = {"certain": place.count.certain, "possible": place.count.possible}
    return written


def _ground(party: str, role: str, was: Grounds, now: Grounds) -> dict[str, Any]:
    before, after = ({"basis": basis, "clauses": cited} for basis, cited in (was, now))
    return {"party": party, "role": role, "before": before, "after": after}


def _named(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(names, row, strict=True)) for row in rows]


def _bound(bound: Bound) -> Iterator[Any]:
    """Yield what a bound allows; null where the fact is not mentioned."""
    yield from (None if isinstance(value, Unsaid) else value for value in bound.values)
    yield from ({"from": stretch.low, "until": stretch.high} for stretch in bound.stretches)


@dataclass(frozen=True, slots=True)
class CaseCount:
    """How many cases lie in a region, and how many may (an unknown fact decides)."""

    certain: int = 0
    possible: int = 0


@dataclass(frozen=True, slots=True)
class ReadCase:
    """An incident as regions test it; facts that it does not mention and whose default was edited are `UNSAID`."""

    matters: tuple[str, ...]
    facts: Mapping[str, Value]
    words: frozenset[WordChange] = frozenset()

    def is_in(self, region: Region) -> bool | None:
        """
        Tell whether a matter of the incident lies in a region; None where an unknown fact decides.

        An incident that each side reads otherwise lies in none: it is not the
        decision of one incident that changes there.
        """
        if self.words:
            return False
        verdicts = {region.holds(matter, self.facts) for matter in self.matters}
        return True if True in verdicts else None if None in verdicts else False


class CaseReader:
    """Reads incidents by two vocabularies; it is enough that one of them can."""

    def __init__(self, old: Rulebook, new: Rulebook) -> None:
        was, now = old.vocabulary.facts, new.vocabulary.facts
        # Beside each reader, every name by which an incident may call a fact, with the fact.
        self._readers = [(IncidentReader(b), spellings(b.vocabulary.facts.values())) for b in (new, old)]
        self._words = Words(old, new)
        self._edited_defaults = [f for f in was if f in now and was[f].default != now[f].default]

    def read(self, given: Mapping[str, Any]) -> ReadCase:
        """
        Read an incident.

        Each vocabulary reads it without the facts that only the other one has.

        Raises:
            IncidentError: if neither vocabulary can read it.
        """
        # A case may mention a fact that an edit adds or removes; refusing it would
        # leave uncounted just the cases that the edit is about.
        readings: list[Incident] = []
        faults: list[IncidentError] = []
        for (reader, own), (_, others) in zip(self._readers, reversed(self._readers), strict=True):
            kept = {key: value for key, value in given.items() if own[key] or not others[key]}
            try:
                readings.append(reader.read(kept))
            except IncidentError as error:
                faults.append(error)
        if not readings:
            raise faults[0]
        facts: dict[str, Value] = {}
        for reading in reversed(readings):  # where both can read a fact, the new rulebook's reading counts
            facts.update((fact, value) for fact, value in reading.facts.items() if value is not None)
        mentioned = {names[key] for _, names in self._readers for key in given}
        facts |= {fact: UNSAID for fact in self._edited_defaults if fact not in mentioned}
        matters = tuple(dict.fromkeys(m for reading in readings for m in reading.matters))
        return ReadCase(matters, facts, self._words.used(given))
