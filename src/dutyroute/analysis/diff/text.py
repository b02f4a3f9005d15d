"""A comparison of two rulebooks in words: for a terminal, for a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from dutyroute.analysis.diff.comparison import Comparison, Group, Place
from dutyroute.analysis.diff.wording import Wording
from dutyroute.messages import Lang

__all__ = ["behind", "markdown", "summary", "text"]


def text(comparison: Comparison, lang: Lang) -> str:
    """Write a comparison for a terminal."""
    said = Wording(comparison.old, comparison.new, lang)
    blocks = [summary(comparison, said)]
    for number, group in enumerate(comparison.groups, 1):
        blocks.append("\n".join(_text(group, number, said)))
    return "\n\n".join(blocks)


def _text(group: Group, number: int, said: Wording) -> Iterator[str]:
    yield f"{number}. {said.say('change' if group.is_proven else 'not-proven')}"
    yield from (f"   - {line}" for line in said.changes(group.change))
    yield f"   {said.say('concerns')}"
    for place in group.places:
        yield f"   · {said.region(place.region)}"
        yield from (f"     {line}" for line in _example(place, said))
    yield from (f"   {name}{said.say('colon')}{words}" for name, words in behind(group, said))


def markdown(comparison: Comparison, lang: Lang) -> str:
    """Write a comparison for a pull request."""
    said = Wording(comparison.old, comparison.new, lang)
    lines = [f"## {said.say('title')}", "", _md(summary(comparison, said)), ""]
    for number, group in enumerate(comparison.groups, 1):
        lines += _markdown(group, number, said)
    return "\n".join(lines).rstrip()


def _markdown(group: Group, number: int, said: Wording) -> Iterator[str]:
    heading = f"{number}. {said.say('change' if group.is_proven else 'not-proven')}"
    yield from (f"### {heading}", "")
    yield from (f"- {_md(line)}" for line in said.changes(group.change))
    yield from ("", f"{said.say('concerns')}", "")
    for place in group.places:
        yield f"- {_md(said.region(place.region))}"
        yield from (f"  <br>{_md(line)}" for line in _example(place, said))
    yield ""
    yield from (f"{name}{said.say('colon')}{_md(words)}  " for name, words in behind(group, said))
    yield ""


def summary(comparison: Comparison, said: Wording) -> str:
    """Say in one sentence how much changes."""
    if not comparison.regions:
        return said.say("none")
    return said.say("count", changes=len(comparison.groups), n=len(comparison.regions))


def _example(place: Place, said: Wording) -> Iterator[str]:
    if place.region.witness:
        yield f"{said.say('example')}{said.say('colon')}{said.witness(place.region)}"
    if place.tally is not None:
        counts = said.say("cases-in", yes=place.tally.certain, maybe=place.tally.possible)
        yield f"{said.say('cases')}{said.say('colon')}{counts}"


def behind(group: Group, said: Wording) -> Iterator[tuple[str, str]]:
    """Yield the rules and clauses behind a change, with what they are called."""
    old = dict.fromkeys(rule for place in group.places for rule in place.region.old_rules)
    new = dict.fromkeys(rule for place in group.places for rule in place.region.new_rules)
    if old or new:
        yield said.say("rules"), said.rules(old, new)
        yield said.say("clauses"), said.clauses(old, new)


def _md(words: str) -> str:
    """Keep an author's words from being read as Markdown or HTML."""
    for mark in "\\`*_[]<>|#":
        words = words.replace(mark, f"\\{mark}")
    return words
