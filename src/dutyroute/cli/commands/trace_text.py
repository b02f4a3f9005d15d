"""`dutyroute trace --text`: a person's own copy of a document, held against the clauses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dutyroute.analysis import TextTrace, passages, trace_text
from dutyroute.cli import exits
from dutyroute.cli.command import refused, unusable
from dutyroute.cli.output import echo, echo_json, harmless
from dutyroute.cli.rulebooks import folder
from dutyroute.cli.view.names import ScreenNames
from dutyroute.messages import Phrasebook
from dutyroute.rulebook.loader.files import name_of, read_bytes
from dutyroute.rulebook.loader.page import decode
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import Instrument

__all__ = ["compare"]

_SHOWN = 24
"""How many characters of a new clause are shown."""


def compare(
    file: str, instrument: str | None, rulebook: Rulebook, say: Phrasebook, *, digests: bool, is_json: bool
) -> int:
    """
    Say what became of the clauses in a copy of their text.

    Raises:
        Unusable: if there is no such file, or nothing in it is numbered.
    """
    found = _instrument(instrument, rulebook, say)
    name = name_of(file)
    raw, fault = read_bytes(folder(file, say), name)
    if fault is not None:
        raise unusable(say, "as-said", message=fault.message(say.lang))
    text = decode(name, raw)[0].text
    if len(passages(text)) < 2:
        raise unusable(say, "text-unnumbered", file=name)
    reading = trace_text(rulebook, found.id, text)
    if digests:
        for clause in found.clauses:
            place = reading.places.get(f"{found.id}/{clause.id}")
            if place is not None:
                echo(f'{clause.id}: "{place.digest}"  # {place.label}')
        return exits.FINE
    if is_json:
        echo_json(_as_dict(reading, rulebook))
    else:
        echo("\n".join(_lines(reading, rulebook, say)))
    return exits.FINE if reading.is_sound else exits.FOUND


def _instrument(written: str | None, rulebook: Rulebook, say: Phrasebook) -> Instrument:
    known = rulebook.vocabulary.instruments
    if written is None and len(known) == 1:
        return next(iter(known.values()))
    if written is None:
        raise refused(say, "text-which", known=say.listed(known))
    if written not in known:
        raise unusable(say, "text-unknown", word=written, known=say.listed(known))
    return known[written]


def _lines(reading: TextTrace, rulebook: Rulebook, say: Phrasebook) -> Iterator[str]:
    names, title = ScreenNames(rulebook, say), rulebook.vocabulary.instruments[reading.instrument].title
    counts = {name: len(getattr(reading, name)) for name in ("changed", "moved", "vanished", "added")}
    if reading.is_sound:
        yield say("text-sound", title=title, count=len(reading.sound))
    else:
        yield say("text-found", title=title, sound=len(reading.sound), **counts)
    for key, clauses in (("text-changed", reading.changed), ("text-vanished", reading.vanished)):
        for clause in clauses:
            yield say(key, **_named(clause, rulebook, say))
            yield _resting(clause, rulebook, say)
    for moved in reading.moved:
        yield say("text-moved", to=moved.label, **_named(moved.clause, rulebook, say))
        yield _resting(moved.clause, rulebook, say)
    for passage in reading.added:
        words = passage.text.replace("\n", " ")
        shown = words if len(words) <= _SHOWN else words[:_SHOWN] + "…"
        yield harmless(say("text-added", label=passage.label, words=shown))
    for rule in reading.unquoted:
        yield say("text-unquoted", rule=rule, quote=rulebook.rules[rule].quote)
    if reading.undigested:
        yield say("text-undigested", count=len(reading.undigested))
    yield names.stamp()


def _named(clause: str, rulebook: Rulebook, say: Phrasebook) -> dict[str, str]:
    found = rulebook.vocabulary.clause(clause)
    assert found is not None
    return {"label": found.label, "heading": found.heading if say.lang == "zh" else found.english}


def _citing(clause: str, rulebook: Rulebook) -> list[str]:
    return sorted(rule.id for rule in rulebook.rules.values() if clause in rule.cite)


def _resting(clause: str, rulebook: Rulebook, say: Phrasebook) -> str:
    rules = _citing(clause, rulebook)
    return say("text-rules", rules=say.listed(rules)) if rules else say("text-no-rules")


def _as_dict(reading: TextTrace, rulebook: Rulebook) -> dict[str, Any]:
    def told(clause: str, **more: str) -> dict[str, Any]:
        return {"clause": clause, **more, "rules": _citing(clause, rulebook)}

    return {
        "instrument": reading.instrument,
        "sound": list(reading.sound),
        "changed": [told(clause) for clause in reading.changed],
        "moved": [told(moved.clause, to=moved.label) for moved in reading.moved],
        "vanished": [told(clause) for clause in reading.vanished],
        "added": [{"label": passage.label, "digest": passage.digest} for passage in reading.added],
        "unquoted": list(reading.unquoted),
        "undigested": list(reading.undigested),
    }
