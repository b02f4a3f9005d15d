"""`dutyroute trace`: from each clause to its rules; a copy of a document compared with its clauses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dutyroute.analysis import TextTrace, Trace, passages, trace_text
from dutyroute.analysis import trace as trace_clauses
from dutyroute.cli.command import unusable
from dutyroute.cli.output import Exit, echo, echo_json
from dutyroute.cli.rulebooks import folder, load_rules
from dutyroute.cli.view.grid import echo_grid
from dutyroute.cli.view.names import ScreenNames
from dutyroute.messages import Phrasebook
from dutyroute.routing.decision import Stamp
from dutyroute.routing.router import Router
from dutyroute.rulebook.loader.files import name_of, read_bytes
from dutyroute.rulebook.loader.page import decode

# How many characters of a new clause are shown.
_SHOWN = 24


def trace(
    say: Phrasebook,
    *,
    unmapped: bool,
    rules: str | None,
    format: str,
    bom: bool,
    text: str | None,
    instrument: str | None,
    digests: bool,
) -> int:
    """Print each clause with its rules, or what became of the clauses in a copy of the text."""
    router = Router(load_rules(rules, say))
    names = ScreenNames(router.rulebook, say)
    if text is not None:
        return _compare(names, text, instrument, digests=digests, is_json=format == "json")
    every = trace_clauses(router.rulebook, router.diagram)
    shown = [each for each in every if not unmapped or each.is_unmapped or each.uncarried]
    if format == "json":
        unmapped_clauses = [each.clause for each in every if each.is_unmapped]
        uncarried = [each.clause for each in every if each.uncarried]
        clauses = [each.to_dict(say.lang) for each in shown]
        stamp = Stamp.of(router.rulebook).to_dict()
        found = {"clauses": clauses, "unmapped": unmapped_clauses, "uncarried": uncarried}
        echo_json({**found, "rulebook": stamp})
    elif format == "text":
        _draw(shown, names, _legend(every, names))
    else:
        keys = ("clause", "heading", "bears-duty", "phrases", "rule", "rule-title", "matters")
        rows = [row for each in shown for row in _rows(each, names)]
        echo_grid(format, [*map(say, keys)], rows, has_mark=bom, remarks=_legend(every, names))
    return Exit.FINE


def _rows(each: Trace, names: ScreenNames) -> Iterator[list[str]]:
    """Yield a row for each rule of a clause, then for each phrase that none carries; at least one row."""
    duty = names.say("value-yes" if each.duty else "value-no")
    clause = [names.clause(each.clause), names.heading(each.clause), duty]
    for citing in each.rules:
        phrases = names.say("semicolon").join(citing.phrases)
        yield [*clause, phrases, citing.rule, names.rule(citing.rule), _matters(citing.matters, names)]
    for phrase in each.uncarried:
        yield [*clause, phrase, "", names.say("unmapped"), ""]
    if not each.rules and not each.uncarried:
        yield [*clause, "", "", names.say("unmapped") if each.is_unmapped else "", ""]


def _matters(matters: Sequence[str], names: ScreenNames) -> str:
    """Name the matters of a rule by as few as possible."""
    named = (
        names.say("all-of", matter=names.matter(matter)) if is_whole else names.matter(matter)
        for matter, is_whole in names.words.topmost(matters)
    )
    return names.say("semicolon").join(named) or names.say("never-counts")


def _legend(every: Sequence[Trace], names: ScreenNames) -> Iterator[str]:
    duties = [each for each in every if each.duty]
    unmapped = [names.clause(each.clause) for each in duties if each.is_unmapped]
    counts = {"clauses": len(every), "duties": len(duties), "mapped": len(duties) - len(unmapped)}
    yield names.say("trace-counts", **counts)
    if unmapped:
        yield names.say("trace-unmapped", clauses=names.say.listed(unmapped))
    for each in every:
        if each.uncarried:
            phrases = names.say.listed(names.say("quoted", text=phrase) for phrase in each.uncarried)
            yield names.say("trace-uncarried", clause=names.clause(each.clause), phrases=phrases)
    read = [each for each in names.words.instruments.values() if each.rank and each.version]
    if read:
        listed = (names.say("pair", name=one.shortened(names.lang), text=one.version) for one in read)
        yield names.say("trace-versions", versions=names.say("semicolon").join(listed))
    yield names.stamp()


def _draw(shown: Sequence[Trace], names: ScreenNames, legend: Iterator[str]) -> None:
    """Draw a row for each rule of a clause; the clause is named in the first."""
    # Loaded here, as rich takes longer to load than the CSV takes to write.
    from dutyroute.cli.view.terminal import Screen, ScreenCell, ScreenColumn

    screen, say = Screen(), names.say
    drawn = [list(_rows(each, names)) for each in shown]
    has_phrases = any(row[3] for rows in drawn for row in rows)
    headings = ("clause", "heading", *(["phrases"] if has_phrases else []), "rule", "matters")
    columns = [ScreenColumn(say(key), breaks=key != "clause") for key in headings]
    rows: list[list[ScreenCell | str]] = []
    for each in drawn:
        for place, (clause, heading, _, phrases, rule, title, matters) in enumerate(each):
            where = ("", "") if place else (clause, heading)
            style = "" if rule else "red" if title else "dim"
            told = ScreenCell.of(title or say("no-duty"), style=style)
            rows.append([*where, *([phrases] if has_phrases else []), told, matters])
    if shown:
        screen.table(columns, rows)
        screen.line()
    for text in legend:
        screen.line(text)


def _compare(names: ScreenNames, file: str, instrument: str | None, *, digests: bool, is_json: bool) -> int:
    """
    Say what became of the clauses in a copy of their text.

    Raises:
        Unusable: if there is no such file, or nothing in it is numbered.
    """
    say, known, name = names.say, names.words.instruments, name_of(file)
    policies = names.words.policies
    if instrument is None and len(policies) != 1:
        raise unusable(say, "text-which", known=say.listed(known))
    found = policies[0] if instrument is None else known.get(instrument)
    if found is None:
        raise unusable(say, "text-unknown", word=instrument, known=say.listed(known))
    raw, fault = read_bytes(folder(file, say), name)
    if fault is not None:
        raise unusable(say, "as-said", message=fault.message(say.lang))
    text = decode(name, raw)[0].text
    # One number alone may stand in any text; a document has several.
    if len(passages(text)) < 2:
        raise unusable(say, "text-unnumbered", file=name)
    traced = trace_text(names.rulebook, found.id, text)
    if digests:
        for clause in found.clauses:
            place = traced.places.get(f"{found.id}/{clause.id}")
            if place is not None:
                echo(f'{clause.id}: "{place.digest}"  # {place.label}')
        return Exit.FINE
    if is_json:
        echo_json(traced.to_dict())
    else:
        echo("\n".join(_lines(traced, names, found.title)))
    return Exit.FINE if traced.is_sound else Exit.FOUND


def _lines(traced: TextTrace, names: ScreenNames, title: str) -> Iterator[str]:
    say = names.say
    if traced.is_sound:
        yield say("text-sound", title=title, count=len(traced.sound))
    else:
        kinds = ("sound", "changed", "moved", "vanished", "added")
        counts = {key: len(getattr(traced, key)) for key in kinds}
        yield say("text-found", title=title, **counts)
    told = [("text-changed", clause, "") for clause in traced.changed]
    told += [("text-vanished", clause, "") for clause in traced.vanished]
    told += [("text-moved", moved.clause, moved.label) for moved in traced.moved]
    for key, clause, to in told:
        yield say(key, label=names.words.label(clause), heading=names.heading(clause), to=to)
        rules = traced.citing.get(clause)
        yield say("text-rules", rules=say.listed(rules)) if rules else say("text-no-rules")
    for passage in traced.added:
        words = passage.text.replace("\n", " ")
        shown = words if len(words) <= _SHOWN else words[:_SHOWN] + "…"
        yield say("text-added", label=passage.label, words=shown)
    for rule, quote in traced.unquoted:
        yield say("text-unquoted", rule=rule, quote=quote)
    for clause, phrase in traced.unsaid:
        yield say("text-unsaid", label=names.words.label(clause), phrase=phrase)
    for clause, parts in traced.uncovered.items():
        listed = say.listed(say("quoted", text=part) for part in parts)
        yield say("text-uncovered", label=names.words.label(clause), parts=listed)
    if traced.undigested:
        yield say("text-undigested", count=len(traced.undigested))
    yield names.stamp()
