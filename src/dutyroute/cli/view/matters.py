"""Matters that a word or a text may be about, as lines for a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dutyroute.cli.output import columns
from dutyroute.cli.view.names import ScreenNames
from dutyroute.cli.view.wrapping import indented
from dutyroute.messages.outside import one_line
from dutyroute.routing.candidate import Candidate, candidates
from dutyroute.routing.router import Router
from dutyroute.rulebook.search import Match, Suggestions
from dutyroute.rulebook.vocabulary import spellings


def candidate_lines(word: str | None, found: Sequence[Candidate], names: ScreenNames) -> Iterator[str]:
    """Yield the matters that a word may mean, and separately those to use if none of them fits."""
    is_asked = word is not None and spellings(names.words.matters.values())[word] is None
    otherwise = names.rulebook.header.otherwise if is_asked else ()
    specific = [each for each in found if each.matter not in otherwise]
    if word is not None and is_asked:
        yield names.say("matter-which" if specific else "matter-unknown", word=one_line(word, 60))
    yield from _described(specific, names)
    general = [each for each in found if each.matter in otherwise]
    if general:
        yield names.say("matter-otherwise")
        yield from _described(general, names)


def suggestion_lines(text: str, found: Suggestions, router: Router, names: ScreenNames) -> Iterator[str]:
    """Yield what a text may be about, with the words that show it, and the facts that it states."""
    say = names.say
    yield say("matters-suggested" if found.answered else "matters-not-found")
    for each in found.suggestions:
        words = dict.fromkeys(one_line(text[start:end]) for start, end in each.spans)
        quoted = say.listed(say("quoted", text=word) for word in words)
        yield f"  {each.matter}  {names.matter(each.matter)}  {quoted}"
    if found.facts:
        pairs = (say("equals", fact=names.fact(f), value=names.value(f, v)) for f, v in found.facts.items())
        yield say("facts-stated", facts=say("semicolon").join(pairs))
    if not found.answered:
        yield say("matter-otherwise")
        general = [Match(matter) for matter in names.rulebook.header.otherwise]
        yield from _described(candidates(general, names.rulebook, router.what_if, say.lang), names)


def _described(found: Iterable[Candidate], names: ScreenNames) -> Iterator[str]:
    for each in found:
        lead = names.listed(map(names.party, each.lead)) or names.say("lead-unknown")
        yield f"  {each.matter}  {one_line(each.name)}  {names.say('led-by', lead=lead)}"
        yield from indented(one_line(each.why), columns(), "      ") if each.why else ()
