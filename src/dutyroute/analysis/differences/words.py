"""Words that an edit lets mean something else: an incident that is written with them is read otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import HANDLER, MATTER, Exclusion, Lookup, Plain, Vocabulary, spellings

DOES = "rule-does"
"""The name used in place of a fact's when a text is what a rule says of the duties that it gives."""
VAGUE, SCOPE, OTHERWISE = "vague", "rulebook-keywords", "rulebook-otherwise"
"""The names for words that alone answer no text, those of the rulebook's subject, and its last resorts."""
LISTS = frozenset({VAGUE, SCOPE, OTHERWISE})


@dataclass(frozen=True, slots=True)
class WordChange:
    """
    Words that stood for `old` and stand for `new`; None where they stand for nothing.

    `fact` is the fact whose values are meant, with `matter` for matters and `handler`
    for parties, by which a history's handlers are recognised; None where the words
    name facts themselves. With `suggests` they are no names, but keywords: they
    suggested `old` and suggest `new`, and incidents are read as before. With `unsaid`
    there are no words: `old` and `new` are what an incident that does not give the
    fact leaves out of its values.

    With `rule-does` as its `fact`, `words` are a rule, and `old` and `new` its `does`.
    With one of `LISTS`, the words were on a list (`old`) or are now (`new`): the list
    of a matter, or that of the rulebook, whose identifier it is.
    """

    fact: str | None
    old: Plain | Exclusion | None
    new: Plain | Exclusion | None
    words: tuple[str, ...] = ()
    suggests: bool = False
    unsaid: bool = False


class Words:
    """What the words of two rulebooks mean, fact by fact."""

    def __init__(self, old: Rulebook, new: Rulebook) -> None:
        was, now = old.vocabulary, new.vocabulary
        self._facts = spellings(was.facts.values()), spellings(now.facts.values())
        self._parties = spellings(was.parties.values()), spellings(now.parties.values())
        self._values: dict[str, tuple[Lookup[str], Lookup[str]]] = {
            name: (_meanings(name, was), _meanings(name, now))
            for name, fact in was.facts.items()
            if name in now.facts and fact.type == now.facts[name].type and fact.type in ("tree", "enum")
        }
        self.changes: tuple[WordChange, ...] = (
            *self._changes(),
            *_keyword_changes(was, now),
            *_list_changes(old, new),
            *_done_changes(old, new),
            *_unsaid_changes(was, now),
        )

    def _changes(self) -> Iterator[WordChange]:
        # Matters first: theirs are the words that incidents are written with.
        named: list[tuple[str | None, tuple[Lookup[str], Lookup[str]]]] = [*self._values.items()]
        named += [(HANDLER, self._parties), (None, self._facts)]
        for fact, (old, new) in sorted(named, key=lambda each: each[0] != MATTER):
            kept = set(old.values()), set(new.values())
            found: dict[tuple[str | None, str | None], list[str]] = {}
            for word in dict.fromkeys((*old, *new)):
                was, now = old[word], new[word]
                # What a new entry is called, nobody could write before; nor a deleted one afterwards.
                is_own = (was is None and now not in kept[0]) or (now is None and was not in kept[1])
                if was != now and not is_own:
                    found.setdefault((was, now), []).append(word)
            yield from (WordChange(fact, *pair, tuple(words)) for pair, words in found.items())

    def used(self, given: Mapping[str, Any]) -> frozenset[WordChange]:
        """Return the changes that concern an incident as it is written."""
        mentioned = {fact for facts in self._facts for key in given if (fact := facts[key])}
        found = {each for each in self.changes if each.unsaid and each.fact not in mentioned}
        for key, value in given.items() if self.changes else ():
            was, now = (facts[key] for facts in self._facts)
            named = (each for each in self.changes if each.words and each.fact != DOES)
            changes = [each for each in named if not each.suggests]
            found.update(each for each in changes if was != now and (each.old, each.new) == (was, now))
            for word in value if isinstance(value, list | tuple) else (value,):
                lookups = self._values.get(was or "")
                if lookups is not None and isinstance(word, str) and was == now:
                    meant = lookups[0][word], lookups[1][word]
                    found.update(each for each in changes if (each.fact, each.old, each.new) == (was, *meant))
        return frozenset(found)


def _keyword_changes(was: Vocabulary, now: Vocabulary) -> Iterator[WordChange]:
    """Yield the keywords that an entry of both vocabularies lost, and those that it gained."""
    old, new = was.keywords(), now.keywords()
    for fact, value in dict.fromkeys((*old, *new)):
        domains = [words.domain(words.facts[fact]) if fact in words.facts else () for words in (was, now)]
        if all(value in domain for domain in domains):
            yield from _moved(fact, value, *(each.get((fact, value), ()) for each in (old, new)))


def _list_changes(old: Rulebook, new: Rulebook) -> Iterator[WordChange]:
    """Yield what the lists that steer the search lost and gained."""
    was, now = old.vocabulary.matters, new.vocabulary.matters
    for matter in (each for each in was if each in now):
        pair = was[matter], now[matter]
        # A word that is new or gone is told as a keyword.
        before, after = ({*m.spellings(), *m.keywords, *m.vague} for m in pair)
        yield from _moved(VAGUE, matter, *([w for w in m.vague if w in before & after] for m in pair))
    yield from _moved(SCOPE, new.id, old.header.keywords, new.header.keywords)
    yield from _moved(OTHERWISE, new.id, old.header.otherwise, new.header.otherwise)


def _moved(fact: str, value: Plain, before: Sequence[str], after: Sequence[str]) -> Iterator[WordChange]:
    """Yield the words that only one of two lists has."""
    lost = tuple(word for word in before if word not in after)
    gained = tuple(word for word in after if word not in before)
    if lost:
        yield WordChange(fact, value, None, lost, suggests=True)
    if gained:
        yield WordChange(fact, None, value, gained, suggests=True)


def _done_changes(old: Rulebook, new: Rulebook) -> Iterator[WordChange]:
    """Yield the rules of both rulebooks that say otherwise what is done."""
    for name in (name for name in old.rules if name in new.rules):
        was, now = old.rules[name], new.rules[name]
        for before, after in ((was.does, now.does), (was.does_english, now.does_english)):
            if before != after:
                yield WordChange(DOES, before, after, (name,))


def _unsaid_changes(was: Vocabulary, now: Vocabulary) -> Iterator[WordChange]:
    """Yield the facts of which an incident that does not give them leaves out other values than before."""
    for fact in dict.fromkeys((*was.unless_said, *now.unless_said)):
        old, new = (words.unless_said.get(fact) for words in (was, now))
        # Where the default was edited, too, the incidents that do not give it are a region of their own.
        is_known = (
            fact in was.facts and fact in now.facts and was.facts[fact].default == now.facts[fact].default
        )
        if is_known and set(old.values if old else ()) != set(new.values if new else ()):
            yield WordChange(fact, old, new, unsaid=True)


def _meanings(fact: str, words: Vocabulary) -> Lookup[str]:
    return spellings(words.entries(words.facts[fact]).values())
