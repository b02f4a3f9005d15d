"""A person's own copy of a policy document, compared with the clauses of the rulebook."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from typing import Any

from dutyroute.rulebook.instrument import Clause, Instrument
from dutyroute.rulebook.rulebook import Rulebook

# The levels of numbers in a policy document: 一、 （一） 1. （1), and how a number is cited.
_LEVELS = (
    (re.compile(r"([一二三四五六七八九十百]+)[、．.]\s*"), "{}"),
    (re.compile(r"[（(]([一二三四五六七八九十百]+)[）)]\s*"), "（{}）"),
    (re.compile(r"(\d{1,3})[.．、](?!\d)\s*"), "{}"),
    (re.compile(r"[（(](\d{1,3})[）)]\s*"), "（{}）"),
)
_TWINS = "甲乙丙丁戊己庚辛壬癸"
_LEAD = "·引"
_BEFORE = "序"
_OPENINGS = tuple("（123456789")
_PART = re.compile(r"[^,。;:、?!]+")  # of a text as `normal` writes it
_PARTS = re.compile(r"（[^）]*）|\d+|^[一二三四五六七八九十百]+")

# What makes no difference between two copies: bookmarks, kinds of quotation marks and dashes.
_MARKS = re.compile(r"\[bookmark:[^\]]*\]")
_SAME = str.maketrans({**dict.fromkeys("“”„‟«»「」『』", '"'), **dict.fromkeys("‘’‚‛", "'")})
_DASHES = re.compile(r"[‐-―−—–]+")

# Where the text ends: at an annex that stands after a full sentence or a short line.
_ANNEX = re.compile(r"附[件表图]\s*($|[:：\d一二三四五六七八九十])")
_STOPS = tuple("。；：！？;:!?")
_PAUSES = frozenset("，。；：,;:")
_SHORT = 20


def normal(text: str) -> str:
    """
    Write a text so that only its words count.

    Spaces, line ends, full and half width, kinds of quotation marks and dashes,
    and the bookmarks that word processors leave behind make no difference.

    >>> normal("（一）　“两会”　制度") == normal('(一)"两会"制度')
    True
    """
    plain = unicodedata.normalize("NFKC", _MARKS.sub("", text).translate(_SAME))
    visible = (each for each in plain if not each.isspace() and unicodedata.category(each) != "Cf")
    return _DASHES.sub("-", "".join(visible)).casefold()


def digest(text: str) -> str:
    """
    Return what stands for a clause's words: 16 hexadecimal digits of their SHA-256.

    >>> digest("一、总则") == digest("一、 总则")
    True
    """
    return sha256(normal(text).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Passage:
    """A numbered place of a document: its number as people cite it, and its own words."""

    label: str
    text: str

    @property
    def digest(self) -> str:
        """What stands for its words, its number left out."""
        return digest(self.text)


Places = Mapping[str, Passage]
"""Where the clauses of one instrument were found, by their own identifiers."""


@dataclass(slots=True)
class _NumberedPlace:
    """
    A numbered place while it is read.

    `numbers` are those above it and its own, each with its level; `line` is its
    first line, `more` what follows without a number.
    """

    numbers: tuple[tuple[int, str], ...]
    line: str
    more: list[str] = field(default_factory=list)


def passages(text: str) -> tuple[Passage, ...]:
    """
    Find the numbered places of a document, in its order.

    一、 （一） 1. （1） are the levels; what has no number belongs to the place
    before it, as `·引` after its first line. What comes before the first number
    is 序. Where two places have one number, they are told apart by 甲, 乙 ….
    Annexes, and lines at the end that end no sentence (who signed it, the date),
    belong to no place.
    """
    # The first place has no number: it gathers the title and the preamble.
    found = [_NumberedPlace((), "")]
    before = ""
    for line in map(str.strip, _MARKS.sub("", text).splitlines()):
        is_apart = len(before) < _SHORT or before.endswith(_STOPS)
        if len(found) > 1 and is_apart and _ANNEX.match(line):
            break
        before = line or before
        matches = ((level, pattern.match(line)) for level, (pattern, _) in enumerate(_LEVELS))
        level, match = next(((level, match) for level, match in matches if match), (0, None))
        if match is not None:
            above = tuple(pair for pair in found[-1].numbers if pair[0] < level)
            found.append(_NumberedPlace((*above, (level, match[1])), line[match.end() :]))
        elif line:
            found[-1].more.append(line)
    # Who signed the document, and when, is no part of its last clause.
    while len(found) > 1 and found[-1].more and not found[-1].more[-1].endswith(_STOPS):
        found[-1].more.pop()
    return tuple(_labelled(found))


def _labelled(found: Sequence[_NumberedPlace]) -> Iterator[Passage]:
    """Give each place its label."""
    preamble = found[0].more
    if preamble:
        # The title above the preamble has neither a comma nor a stop.
        title = next((i for i, line in enumerate(preamble) if _PAUSES & set(line)), len(preamble))
        yield Passage(_BEFORE, "\n".join(preamble[title:]))
    twins = _twins(found)
    heads: dict[int, str] = {}
    for place, each in enumerate(found[1:], 1):
        level, number = each.numbers[-1]
        heads[level] = _LEVELS[level][1].format(number) + twins.get(place, "")
        label = "".join(heads[upper] for upper, _ in each.numbers)
        yield Passage(label, each.line)
        if each.more:
            yield Passage(label + _LEAD, "\n".join(each.more))


def _twins(found: Sequence[_NumberedPlace]) -> dict[int, str]:
    """Tell apart the places that have one number under the same place, by 甲, 乙 …."""
    groups: dict[object, list[int]] = {}
    parents: list[int] = []
    for place, each in enumerate(found):
        while parents and len(found[parents[-1]].numbers) >= len(each.numbers) and each.numbers:
            parents.pop()
        groups.setdefault((parents[-1] if parents else -1, each.numbers[-1:]), []).append(place)
        parents.append(place)
    return {
        place: _TWINS[rank % len(_TWINS)]
        for places in groups.values()
        if len(places) > 1
        for rank, place in enumerate(places)
    }


@dataclass(frozen=True, slots=True)
class Moved:
    """A clause whose words are the same, and stand elsewhere among the others."""

    clause: str
    label: str


@dataclass(frozen=True, slots=True)
class TextTrace:
    """
    What became of an instrument's clauses in a copy of its text.

    Clauses are given by reference. `changed` have other words, `vanished` are
    there no more, `added` are places that no clause is about; a clause that only
    got another number is in none of these. `unquoted` lists quotes, by rule, that
    stand in none of its clauses any more, `unsaid` the phrases, by clause, that do
    not stand in it, and `uncovered` the parts of a clause's text that hold none of
    its phrases. `undigested` are the clauses that carry no digest to be held
    against. `places` tells where each clause was found, `citing` which rules cite
    a clause.
    """

    instrument: str
    sound: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    moved: tuple[Moved, ...] = ()
    vanished: tuple[str, ...] = ()
    added: tuple[Passage, ...] = ()
    unquoted: tuple[tuple[str, str], ...] = ()
    unsaid: tuple[tuple[str, str], ...] = ()
    uncovered: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    undigested: tuple[str, ...] = ()
    places: Mapping[str, Passage] = field(default_factory=dict)
    citing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_sound(self) -> bool:
        """Whether the copy says what the rules rest on."""
        edited = self.changed or self.moved or self.vanished or self.added
        return not (edited or self.unquoted or self.unsaid or self.uncovered)

    def to_dict(self) -> dict[str, Any]:
        """Return as plain data what became of the clauses, with the rules that cite them."""

        def told(clause: str, **more: Any) -> dict[str, Any]:
            return {"clause": clause, **more, "rules": list(self.citing.get(clause, ()))}

        return {
            "instrument": self.instrument,
            "sound": list(self.sound),
            "changed": [told(clause) for clause in self.changed],
            "moved": [told(moved.clause, to=moved.label) for moved in self.moved],
            "vanished": [told(clause) for clause in self.vanished],
            "added": [{"label": passage.label, "digest": passage.digest} for passage in self.added],
            "unquoted": [{"rule": rule, "quote": quote} for rule, quote in self.unquoted],
            "unsaid": [told(clause, phrase=phrase) for clause, phrase in self.unsaid],
            "uncovered": [told(clause, text=list(parts)) for clause, parts in self.uncovered.items()],
            "undigested": list(self.undigested),
        }


def trace_text(rulebook: Rulebook, instrument: str, text: str) -> TextTrace:
    """
    Compare a copy of an instrument's text with its clauses, their phrases and the rules' quotes.

    Clauses are found by their words wherever they stand, then by their number:
    between two that are found, what has other words is the clause of that place.

    >>> from dutyroute import Router
    >>> trace_text(Router.shipped().rulebook, "opinion", "一、总则").vanished[0]
    'opinion/0'
    """
    found = rulebook.vocabulary.instruments[instrument]
    copy = _joined(found, passages(text))
    clauses = [clause for clause in found.clauses if clause.digest]
    same = _same(clauses, copy)
    kept = _in_order(clauses, same)
    changed, vanished, added = _between(clauses, copy, same, kept)
    where = {clauses[i].id: copy[j] for i, j in (*same.items(), *changed)}
    # A clause without a digest has nothing to be compared with; it takes the place of its number.
    left = {copy[j].label: j for j in added}
    blank = {c.id: left[c.label] for c in found.clauses if not c.digest and c.label in left}
    where |= {clause: copy[j] for clause, j in blank.items()}

    def named(places: Iterable[int]) -> tuple[str, ...]:
        return tuple(f"{instrument}/{clauses[i].id}" for i in places)

    moved = [i for i in sorted(same) if i not in kept]
    phrased = tuple(_phrased(found, where))
    citing: dict[str, tuple[str, ...]] = {}
    for rule in sorted(rulebook.rules):
        for clause in dict.fromkeys(rulebook.rules[rule].cite):
            citing[clause] = (*citing.get(clause, ()), rule)
    return TextTrace(
        instrument,
        sound=named(sorted(kept)),
        changed=named(i for i, _ in changed),
        moved=tuple(map(Moved, named(moved), (copy[same[i]].label for i in moved))),
        vanished=named(vanished),
        added=tuple(copy[j] for j in added if j not in blank.values()),
        unquoted=tuple(_unquoted(rulebook, instrument, where)),
        unsaid=tuple((clause, phrase) for clause, unsaid, _ in phrased for phrase in unsaid),
        uncovered={clause: parts for clause, _, parts in phrased if parts},
        undigested=tuple(f"{instrument}/{clause.id}" for clause in found.clauses if not clause.digest),
        places={f"{instrument}/{clause}": passage for clause, passage in where.items()},
        citing=citing,
    )


def _joined(instrument: Instrument, found: Iterable[Passage]) -> tuple[Passage, ...]:
    """Join what an instrument does not tell apart: a place and the text below its first line."""
    labels = {clause.label for clause in instrument.clauses}
    fit: list[Passage] = []
    for passage in found:
        base, is_lead = passage.label.removesuffix(_LEAD), passage.label.endswith(_LEAD)
        if not is_lead or (base in labels and passage.label in labels):
            fit.append(passage)
        else:
            fit[-1] = Passage(base, f"{fit[-1].text}\n{passage.text}")
    renamed = {label.removesuffix(_LEAD): label for label in labels if label.endswith(_LEAD)}
    only_lead = {base: label for base, label in renamed.items() if base not in labels}
    return tuple(Passage(only_lead.get(p.label, p.label), p.text) for p in fit)


def _same(clauses: Sequence[Clause], copy: Sequence[Passage]) -> dict[int, int]:
    """Find each clause's words in the copy: under its own number first, else in order."""
    digests = [passage.digest for passage in copy]
    found: dict[int, int] = {}
    for wants_label in (True, False):
        for i, clause in enumerate(clauses):
            same = [j for j, words in enumerate(digests) if words == clause.digest]
            free = (j for j in same if not wants_label or copy[j].label == clause.label)
            if (
                i not in found
                and (fit := next((j for j in free if j not in found.values()), None)) is not None
            ):
                found[i] = fit
    return found


def _in_order(clauses: Sequence[Clause], same: dict[int, int]) -> set[int]:
    """
    Choose the clauses that stand in the old order; the others were moved.

    The heaviest run in order: a heading weighs what is written below it, so that a
    clause that passed a heading is what moved, not the heading.
    """
    weigh = {i: 1 + sum(_is_below(other, clauses[i]) for other in clauses) for i in same}
    best: dict[int, tuple[int, int | None]] = {}
    ordered = sorted(same)
    for place, i in enumerate(ordered):
        before = [k for k in ordered[:place] if same[k] < same[i]]
        last = max(before, key=lambda k: best[k][0], default=None)
        best[i] = weigh[i] + (best[last][0] if last is not None else 0), last
    at = max(best, key=lambda k: best[k][0], default=None)
    kept: set[int] = set()
    while at is not None:
        kept.add(at)
        at = best[at][1]
    return kept


def _is_below(clause: Clause, heading: Clause) -> bool:
    base = heading.label.removesuffix(_LEAD)
    rest = clause.label.removeprefix(base)
    is_longer_number = base[-1:].isdecimal() and rest[:1].isdecimal()
    return clause.label.startswith(base) and rest[:1] in _OPENINGS and not is_longer_number


def _between(
    clauses: Sequence[Clause], copy: Sequence[Passage], same: dict[int, int], kept: set[int]
) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """Pair what has other words on both sides of the clauses that were found; tell what is left."""
    taken = set(same.values())
    anchors = [(-1, -1), *sorted((i, same[i]) for i in kept), (len(clauses), len(copy))]
    changed: list[tuple[int, int]] = []
    vanished: list[int] = []
    added: list[int] = []
    for (low, first), (high, last) in pairwise(anchors):
        old = [i for i in range(low + 1, high) if i not in same]
        new = [j for j in range(first + 1, last) if j not in taken]
        labelled = {copy[j].label: j for j in new}
        pairs = {i: labelled[clauses[i].label] for i in old if clauses[i].label in labelled}
        # What is left is paired in order, where both have the same depth of numbers.
        rest_old = [i for i in old if i not in pairs]
        rest_new = [j for j in new if j not in pairs.values()]
        for i, j in zip(rest_old, rest_new, strict=False):
            if len(_PARTS.findall(clauses[i].label)) == len(_PARTS.findall(copy[j].label)):
                pairs[i] = j
        changed += sorted(pairs.items())
        vanished += [i for i in old if i not in pairs]
        added += [j for j in new if j not in pairs.values()]
    return changed, vanished, added


def _unquoted(rulebook: Rulebook, instrument: str, where: Places) -> Iterator[tuple[str, str]]:
    """Yield the quotes, with their rules, that stand in none of the clauses that the rule cites."""
    for rule in rulebook.rules.values():
        cited = [each.partition("/") for each in rule.cite]
        found = [where[clause] for name, _, clause in cited if name == instrument and clause in where]
        texts = [normal(passage.text) for passage in found]
        for quote in rule.quote if texts else ():
            if not any(normal(quote) in text for text in texts):
                yield rule.id, quote


def _phrased(instrument: Instrument, where: Places) -> Iterator[tuple[str, list[str], tuple[str, ...]]]:
    """
    Yield each clause with its phrases that it does not say, and the parts of its text that none covers.

    A part reaches from one punctuation mark to the next; a phrase covers each part
    that it touches. Of an instrument without phrases nothing is told, nor of a
    clause that has neither duties nor phrases.
    """
    is_phrased = any(clause.phrases for clause in instrument.clauses)
    for clause in (each for each in instrument.clauses if each.id in where and is_phrased):
        text = normal(where[clause.id].text)
        phrases = {phrase.words: normal(phrase.words) for phrase in clause.phrases}
        found = [each for words in phrases.values() for each in re.finditer(re.escape(words), text)]
        covered = {place for each in found for place in range(*each.span())}
        parts = [each for each in _PART.finditer(text) if covered.isdisjoint(range(*each.span()))]
        unsaid = [phrase for phrase, words in phrases.items() if words not in text]
        if phrases or clause.duty:
            yield f"{instrument.id}/{clause.id}", unsaid, tuple(part[0] for part in parts)
