"""Search: which matters a word or a text may be about; suggestions for a person, never decisions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from dutyroute.diagnostics import nearest
from dutyroute.record import JsonRecord
from dutyroute.rulebook.occurrences import Occurrences, Span, Wanted
from dutyroute.rulebook.vocabulary import APART, MATTER, Fact, Plain, Vocabulary, folded, spellings

MOST = 5
"""How many matters a search for a word returns."""
_LONGEST_WORD = 60
_SHOWN = 3
_LEAST = 3
"""A shorter part of a word shows nothing: 没有 is in many."""
_SHORT = 40
"""Up to how many characters a text needs no word of the rulebook's subject beside its matter."""

# In folded text. A question is neither; what may stand between a negation and its verb is passed over.
_QUESTION = "是不是|有没有|有无|算不算|是否"
_NEGATION = "不存在|不涉及|不属于|并没有|从没有|没有|并非|不是|并未|未曾|从未|从没|没|未|无|非|不"
_BETWEEN = "发现|出现|发生|存在|任何|我们|咱们|他们|小区内|小区里|小区|私家车|车辆|再|被|有|过|去|在|是|的|人|车|该|本|向|对"
_BEFORE = re.compile(f"(?:{_QUESTION}|{_NEGATION}|{_BETWEEN})+$")
_TOKENS = re.compile(f"({_QUESTION}|{_BETWEEN})|({_NEGATION})")
_BEFORE_ENGLISH = re.compile(r"\b(?:no|not|never|without|\w+n't)\s+(?:(?:any|an?|the|been|being)\s+)*$")
_AFTER = re.compile("(?:并|都|也|目前|现在|已经|已)*(?:没有|没|未|不再)被")
_REACH = 24
"""How many characters before a word are looked at for a negation."""


@dataclass(frozen=True, slots=True)
class Match:
    """A matter that a word may mean, and the words of the rulebook that show it; none for a general matter."""

    matter: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion(JsonRecord):
    """A matter that a text may be about, and where in the text its words stand (first, last + 1)."""

    matter: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Suggestions(JsonRecord):
    """
    What a text may be about, and the facts that it states.

    `answered` is false where no matter was found, or none that is specific
    enough. It is always for a person to confirm.
    """

    answered: bool
    suggestions: tuple[Suggestion, ...]
    facts: Mapping[str, Plain]


_Meaning = tuple[str, Plain]
"""A fact and its value, with `matter` for matters."""


class Search:
    """
    Finds matters by the words of a vocabulary.

    `scope` are words that show what the rulebook is about, and `otherwise` the
    matters for what is none of the others. `phrases` are words of the text with
    the matters of the rules that carry them; they are searched last, and a text
    that holds nothing else gets no answer by them.
    """

    def __init__(
        self,
        words: Vocabulary,
        scope: Iterable[str] = (),
        otherwise: Iterable[str] = (),
        phrases: Mapping[str, Iterable[str]] = MappingProxyType({}),
    ) -> None:
        self._words = words
        self._names = spellings(words.matters.values())
        self._scope = tuple(map(folded, scope))
        self._otherwise = tuple(otherwise)
        self._vague = {(m.id, _wanted(word)) for m in words.matters.values() for word in m.vague}
        # A word of the scope means nothing by itself: as the longer one it hides those within it.
        self._meanings: dict[Wanted, list[_Meaning]] = {(word,): [] for word in self._scope}
        for word, meaning in _meanings(words):
            known = self._meanings.setdefault(_wanted(word), [])
            if meaning not in known:
                known.append(meaning)
        self._meanings.pop(("",), None)
        self._occurrences = Occurrences(self._meanings)
        # A phrase of many matters, such as one about all violations, tells none from another.
        told = ((_wanted(phrase), [*dict.fromkeys(matters)]) for phrase, matters in phrases.items())
        self._phrases: dict[Wanted, list[_Meaning]] = {
            phrase: [(MATTER, matter) for matter in matters]
            for phrase, matters in told
            if len(matters) <= MOST
        }
        self._in_phrases = Occurrences(self._phrases)
        # Each matter's words with their folded form: names and aliases first, notes last.
        self._folded = {
            m.id: [
                (word, "".join(_wanted(word))) for word in (*reversed(m.spellings()), *m.keywords, *m.vague)
            ]
            for m in words.matters.values()
        }
        self._notes = {m.id: folded(f"{m.note}\n{m.note_english}") for m in words.matters.values()}
        self._all = "\n".join(each for listed in self._folded.values() for _, each in listed)

    def matters(self, word: str, most: int | None = MOST) -> tuple[Match, ...]:
        """
        Find the matters that a word may mean: one for a name or alias, else the likeliest.

        Of several there are at most `most`, and after them come the matters for
        what is none of the others.
        """
        exact = self._names[word]
        if exact is not None:
            return (Match(exact, (word,)),)
        found = tuple(self._likely(folded(word)[:_LONGEST_WORD]))[:most]
        known = {match.matter for match in found}
        return (*found, *(Match(matter) for matter in self._otherwise if matter not in known))

    def _likely(self, wanted: str) -> list[Match]:
        """
        Find matters by keywords; else by words in the wanted one or around it, and by notes.

        Where there is none, those that share the longest part with it, at least half of it.
        """
        if not wanted:
            return []
        if keyed := [str(matter) for fact, matter in self._meanings.get((wanted,), ()) if fact == MATTER]:
            return [Match(matter, self._holding(matter, (wanted,), is_whole=True)) for matter in keyed]
        inner = self._found(wanted, wanted, range(len(wanted)))[0]
        found = {each.matter: tuple(wanted[start:end] for start, end in each.spans) for each in inner}
        is_within = wanted in self._all
        for matter in self._folded:
            words = self._holding(matter, (wanted,)) if is_within else ()
            if words or (len(wanted) > 1 and wanted in self._notes[matter]):
                found.setdefault(matter, words)
        for length in range(len(wanted) - 1, max(_LEAST, (len(wanted) + 1) // 2) - 1, -1):
            if found:
                break
            parts = [wanted[at : at + length] for at in range(len(wanted) - length + 1)]
            parts = [part for part in parts if part in self._all]
            shared = {matter: self._holding(matter, parts) for matter in self._folded if parts}
            found = {matter: words for matter, words in shared.items() if words}
        if not found:
            phrases = [each for (each,) in self._phrases if wanted in each or each in wanted]
            for phrase in phrases if len(wanted) > 1 else ():
                for _, meant in self._phrases[phrase,]:
                    found[str(meant)] = (*found.get(str(meant), ()), phrase)
        return [Match(matter, words[:_SHOWN]) for matter, words in found.items()]

    def _holding(self, matter: str, parts: Sequence[str], *, is_whole: bool = False) -> tuple[str, ...]:
        """List the words of a matter that hold one of some parts, or are one."""
        listed = self._folded[matter]
        if is_whole:
            return tuple(word for word, compared in listed if compared in parts)
        return tuple(word for word, compared in listed if any(part in compared for part in parts))

    def named(self, matches: Iterable[Match]) -> str | None:
        """Name the matters that were found, as `id name`; the general ones are none of them."""
        found = (self._words.matters[m.matter] for m in matches if m.words)
        return " / ".join(f"{matter.id} {matter.name}" for matter in found) or None

    def suggest(self, text: str) -> Suggestions:
        """
        Find the matters whose words occur in a text, and the facts that it states.

        The longest word counts where several overlap, and a negated one does not.
        A fact of which a text states two values is none that it states.
        """
        compared, places = _placed(text)
        found, stated, weights = self._found(text, compared, places)
        if not found:
            # A matter that is negated is none by the phrases in its words either.
            words = (self._meanings[each] for each, _ in _occurring(self._occurrences, compared))
            is_negated = any(fact == MATTER for meanings in words for fact, _ in meanings)
            said = [] if is_negated else self._found(text, compared, places, in_phrases=True)[0]
            return Suggestions(False, tuple(said), _single(stated))
        is_within = len(compared) <= _SHORT or any(word in compared for word in self._scope)
        is_specific = weights[found[0].matter] > 0 and self._words.matters[found[0].matter].parent is not None
        return Suggestions(is_specific and (is_within or not self._scope), tuple(found), _single(stated))

    def _found(
        self, text: str, compared: str, places: Sequence[int], *, in_phrases: bool = False
    ) -> tuple[list[Suggestion], dict[str, dict[Plain, None]], dict[str, int]]:
        """
        Return the matters, the likeliest first, the values that the text gives for facts, and weights.

        A matter weighs as many letters as show it, those of vague words left out.
        """
        spans: dict[str, list[Span]] = {}
        stated: dict[str, dict[Plain, None]] = {}
        weights: dict[str, int] = {}
        searched = (self._in_phrases, self._phrases) if in_phrases else (self._occurrences, self._meanings)
        for wanted, found in _occurring(searched[0], compared):
            placed = [(places[start], places[end - 1] + 1) for start, end in found]
            if any(_is_within_word(text, *span) for span in placed):
                continue
            is_negated = any(_is_negated(compared, *span) for span in found)
            is_negated = is_negated or _is_negated_in_english(text, placed[0][0])
            for fact, value in searched[1][wanted]:
                if isinstance(value, bool):
                    stated.setdefault(fact, {})[value is not is_negated] = None
                elif is_negated:
                    continue
                elif fact == MATTER:
                    matter = str(value)
                    spans.setdefault(matter, []).extend(placed)
                    length = 0 if (matter, wanted) in self._vague else sum(map(len, wanted))
                    weights[matter] = weights.get(matter, 0) + length
                else:
                    stated.setdefault(fact, {})[value] = None
        suggested = [Suggestion(matter, tuple(sorted(each))) for matter, each in spans.items()]
        return sorted(suggested, key=lambda each: self._order(each, weights)), stated, weights

    def _order(self, found: Suggestion, weights: Mapping[str, int]) -> tuple[bool, bool, int, bool, Span]:
        """Rank what is specific before what is general, then what weighs more, has none below, comes first."""
        is_general = not weights[found.matter] or self._words.matters[found.matter].parent is None
        below = self._words.below(found.matter) - {found.matter}
        is_above = any(weights.get(matter) for matter in below)
        return is_general, is_above, -weights[found.matter], bool(below), found.spans[0]


def _occurring(words: Occurrences, text: str) -> Iterator[tuple[Wanted, tuple[Span, ...]]]:
    for spans in words.longest(text):
        yield tuple(text[start:end] for start, end in spans), spans


def _single(stated: Mapping[str, Mapping[Plain, None]]) -> dict[str, Plain]:
    """Return the facts of which a text states one value."""
    return {fact: next(iter(values)) for fact, values in stated.items() if len(values) == 1}


def likely(word: object, fact: Fact, words: Vocabulary) -> str | None:
    """Return what a word was likely meant as among the values of a fact, as `id name`."""
    if fact.id == MATTER:
        search = _search_in(words)
        return search.named(search.matters(word)) if isinstance(word, str) else None
    return nearest(word, words.entries(fact))


# Files with faults make no rulebook, whose own search would do.
_search_in = lru_cache(maxsize=16)(Search)


def _meanings(words: Vocabulary) -> Iterator[tuple[str, _Meaning]]:
    """Yield every word that may be found in a text, with what it means."""
    # Names of values are left out: a text that mentions a residents' committee need not come from it.
    for matter in words.matters.values():
        yield from ((word, (MATTER, matter.id)) for word in matter.spellings())
    for meaning, keywords in words.keywords().items():
        yield from ((word, meaning) for word in keywords)


def _wanted(word: str) -> Wanted:
    """Return what to look for: a word as names are compared, or the two on both sides of its `…`."""
    parts = tuple(folded(part) for part in word.split(APART))
    return parts if all(parts) else ("",)


def _placed(text: str) -> tuple[str, list[int]]:
    """Fold a text as names are compared; return with it the place of each of its characters in the text."""
    compared: list[str] = []
    places: list[int] = []
    start = 0
    for end in range(1, len(text) + 1):
        # Marks that combine go with the character before them.
        if end < len(text) and unicodedata.combining(text[end]):
            continue
        cluster = folded(text[start:end])
        compared.append(cluster)
        places += [start] * len(cluster)
        start = end
    return "".join(compared), places


def _is_within_word(text: str, first: int, last: int) -> bool:
    """Tell whether a place in a text is a part of a longer English word."""
    before, after = text[max(0, first - 1) : first + 1], text[last - 1 : last + 1]
    return any(len(pair) == 2 and pair.isascii() and pair.isalnum() for pair in (before, after))


def _is_negated(compared: str, start: int, end: int) -> bool:
    """Tell whether the text around a word negates it: an odd number of negations before it, or `没有被` after it."""
    found = _BEFORE.search(compared[max(0, start - _REACH) : start])
    before = sum(bool(no) for _, no in _TOKENS.findall(found[0])) if found else 0
    return before % 2 == 1 or _AFTER.match(compared, end) is not None


def _is_negated_in_english(text: str, first: int) -> bool:
    return _BEFORE_ENGLISH.search(text[max(0, first - _REACH) : first].casefold()) is not None
