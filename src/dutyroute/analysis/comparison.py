"""A comparison of two rulebooks, written out: text, Markdown, JSON, HTML."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from dutyroute.analysis.diff import Region, diff
from dutyroute.analysis.wording import Wording
from dutyroute.incident import Incident
from dutyroute.messages import Lang
from dutyroute.rules import Rulebook
from dutyroute.vocabulary import Plain

__all__ = ["Comparison", "Tally", "compare"]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cases lie in a region, and how many may (an unknown fact decides)."""

    yes: int = 0
    maybe: int = 0


@dataclass(frozen=True)
class Comparison:
    """Two rulebooks and the regions in which they decide differently."""

    old: Rulebook
    new: Rulebook
    regions: tuple[Region, ...]
    tallies: tuple[Tally, ...] | None = None

    def text(self, lang: Lang) -> str:
        """Write the comparison for a terminal."""
        said = Wording(self.old, self.new, lang)
        if not self.regions:
            return said.say("none")
        blocks = [said.say("count", n=len(self.regions))]
        for number, region in enumerate(self.regions, 1):
            lines = [f"{number}. {said.matters(region)}", f"   {said.where(region)}"]
            lines += [f"   - {line}" for line in said.changes(region.change)]
            lines += [f"   {key}{said.say('colon')}{value}" for key, value in self._behind(said, number - 1)]
            blocks.append("\n".join(lines))
        return "\n\n".join(blocks)

    def markdown(self, lang: Lang) -> str:
        """Write the comparison for a pull request."""
        said = Wording(self.old, self.new, lang)
        lines = [f"## {said.say('title')}", ""]
        if not self.regions:
            return "\n".join([*lines, said.say("none")])
        for number, region in enumerate(self.regions):
            lines += [f"### {number + 1}. {_md(said.matters(region))}", "", _md(said.where(region)), ""]
            lines += [f"- {_md(line)}" for line in said.changes(region.change)]
            lines += [
                "",
                *(f"{key}{said.say('colon')}{_md(value)}  " for key, value in self._behind(said, number)),
                "",
            ]
        return "\n".join(lines)

    def html(self, lang: Lang) -> str:
        """Write the comparison as one page that needs nothing else."""
        said = Wording(self.old, self.new, lang)
        body = [f"<h1>{escape(said.say('title'))}</h1>", f"<p class='books'>{escape(self._books(said))}</p>"]
        if not self.regions:
            body.append(f"<p>{escape(said.say('none'))}</p>")
        for number, region in enumerate(self.regions):
            moves = "".join(f"<li>{escape(line)}</li>" for line in said.changes(region.change))
            behind = "".join(
                f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in self._behind(said, number)
            )
            head = f"<h2>{number + 1}. {escape(said.matters(region))}</h2><p>{escape(said.where(region))}</p>"
            body.append(f"<section>{head}<ul>{moves}</ul><dl>{behind}</dl></section>")
        return _PAGE.format(
            lang="zh-CN" if lang == "zh" else "en", title=escape(said.say("title")), body="\n".join(body)
        )

    def json(self, lang: Lang) -> str:
        """Write the comparison for programs; the words are in the language given."""
        said = Wording(self.old, self.new, lang)
        written = {
            "old": self.old.digest,
            "new": self.new.digest,
            "regions": [self._region(said, number) for number in range(len(self.regions))],
        }
        return json.dumps(written, ensure_ascii=False, indent=2)

    def _region(self, said: Wording, number: int) -> dict[str, Any]:
        region = self.regions[number]
        written = {
            "matters": list(region.matters),
            "where": {fact: _bound(bound) for fact, bound in region.where},
            "said": said.where(region),
            "changes": list(said.changes(region.change)),
            "gained": [_held(h) for h in region.change.gained],
            "lost": [_held(h) for h in region.change.lost],
            "flags": {"gained": list(region.change.flags_gained), "lost": list(region.change.flags_lost)},
            "before": region.change.before,
            "after": region.change.after,
            "rules": {"old": list(region.old_rules), "new": list(region.new_rules)},
            "witness": {fact: _plain(value) for fact, value in region.witness.items()},
        }
        if self.tallies is not None:
            written["cases"] = {"certain": self.tallies[number].yes, "possible": self.tallies[number].maybe}
        return written

    def _behind(self, said: Wording, number: int) -> list[tuple[str, str]]:
        """List what stands behind a region: rules, clauses, an example, the cases in it."""
        region = self.regions[number]
        sides = [", ".join(rules) or "—" for rules in (region.old_rules, region.new_rules)]
        example = ", ".join(f"{fact}: {_plain(value)}" for fact, value in region.witness.items())
        listed = [
            (said.say("rules"), " → ".join(sides)),
            (said.say("clauses"), said.clauses(region)),
            (said.say("example"), example),
        ]
        if self.tallies is not None:
            tally = self.tallies[number]
            listed.append((said.say("cases"), said.say("cases-in", yes=tally.yes, maybe=tally.maybe)))
        return listed

    def _books(self, said: Wording) -> str:
        old = f"{said.say('old')}{said.say('colon')}{self.old.edition} {self.old.digest[:19]}"
        return f"{old} → {said.say('new')}{said.say('colon')}{self.new.edition} {self.new.digest[:19]}"


def compare(old: Rulebook, new: Rulebook, cases: Iterable[Incident] | None = None) -> Comparison:
    """Compare two rulebooks; with cases, count how many lie in each region."""
    regions = diff(old, new)
    return Comparison(old, new, regions, None if cases is None else _tally(regions, cases))


def _tally(regions: Sequence[Region], cases: Iterable[Incident]) -> tuple[Tally, ...]:
    counts = [[0, 0] for _ in regions]
    for incident in cases:
        for count, region in zip(counts, regions, strict=True):
            verdicts = {region.holds(matter, incident.facts) for matter in incident.matters}
            if True in verdicts:
                count[0] += 1
            elif None in verdicts:
                count[1] += 1
    return tuple(Tally(*count) for count in counts)


def _held(held: Any) -> dict[str, Any]:
    return {"party": held[0], "role": held[1], "to": list(held[2]), "within": held[3]}


def _bound(bound: Any) -> list[Any]:
    values = [_plain(value) for value in bound.values]
    return values + [{"from": _plain(s.low), "until": _plain(s.high)} for s in bound.stretches]


def _plain(value: Plain | None) -> Any:
    return value if value is None or isinstance(value, bool | int) else str(value)


def _md(words: str) -> str:
    """Keep an author's words from being read as Markdown or HTML."""
    for mark in "\\`*_[]<>|#":
        words = words.replace(mark, f"\\{mark}")
    return words


_PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<style>
body{{font:16px/1.6 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;max-width:54rem;
margin:2rem auto;padding:0 1rem;color:#1d2433}}
h1{{font-size:1.5rem}} h2{{font-size:1.1rem;margin:0}} .books{{color:#5b6475}}
section{{border:1px solid #d8dde6;border-radius:.5rem;padding:1rem 1.25rem;margin:1rem 0;break-inside:avoid}}
ul{{padding-left:1.2rem}} dl{{display:grid;grid-template-columns:max-content 1fr;gap:.1rem .8rem;font-size:.9rem;
color:#3d4657;margin:0}} dt{{font-weight:600}} dd{{margin:0;overflow-wrap:anywhere}}
</style></head><body>
{body}
</body></html>
"""
