"""`dutyroute route`: who must do what, for one incident or a stream of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

from dutyroute.cli.answers import Questions, Refusal, Reply, Responder, read_pairs
from dutyroute.cli.command import unusable
from dutyroute.cli.incidents import GivenIncident, file_total, id_and_content, incidents_in
from dutyroute.cli.options import Pairs
from dutyroute.cli.output import Exit, complain, echo_json, tell_mismatches
from dutyroute.cli.rulebooks import Engine, day_in, engines, recorded, rulebook_of, tell_engines
from dutyroute.cli.view.matters import candidate_lines
from dutyroute.cli.view.names import ScreenNames
from dutyroute.control import Intake, SourceTotal
from dutyroute.errors import IncidentError
from dutyroute.formats.timestamp import today
from dutyroute.messages import Phrasebook
from dutyroute.routing.agreement import Agreement
from dutyroute.routing.explanation import near
from dutyroute.routing.router import Router
from dutyroute.rulebook.vocabulary import MATTER, spellings

_ANSWERED = {"routed", "incomplete"}
_UNREAD = "unread"


class AnswerWriter(Protocol):
    """What writes answers, one after the other, and what is left to say at the end."""

    def answer(self, reply: Reply) -> None:
        """Write one decision."""

    def refuse(self, refusal: Refusal) -> None:
        """Write why an incident could not be answered."""

    def close(self, counts: Counter[str]) -> None:
        """Write how many incidents came to what."""


class JsonLines:
    """Writes one object a line, by the contract."""

    def __init__(self, asked: Questions, say: Phrasebook) -> None:
        self.asked = asked
        self.say = say

    def answer(self, reply: Reply) -> None:
        """Write one decision."""
        echo_json(reply.to_dict(self.asked, self.say.lang))

    def refuse(self, refusal: Refusal) -> None:
        """Write why an incident could not be answered."""
        echo_json(refusal.to_dict())

    def close(self, counts: Counter[str]) -> None:
        """Write nothing: every line stands for itself."""


def route(
    say: Phrasebook,
    *,
    file: str | None,
    matter: tuple[str, ...],
    fact: Pairs,
    rules: str | None,
    full: bool,
    explain: bool,
    why_not: str | None,
    what_if: Pairs,
    format: str,
    json: bool,
    slip: str | None,
    input: str | None,
    ledger: str | None,
    redact: tuple[str, ...],
    as_of: date | None,
    as_known: date | datetime | None,
    as_stated: date | datetime | None,
    engine: Engine,
) -> int:
    """Answer every incident; the status says whether all of them were."""
    if file is None and not (matter or fact):
        raise unusable(say, "nothing-to-route")
    with ExitStack() as stack:
        record = recorded(ledger, stack)
        rulebook = rulebook_of(rules, record, say, as_known=as_known, as_stated=as_stated)
        if any(each is not None for each in (as_of, as_known, as_stated)):
            record = None  # the question is about another time, so nothing is decided
        day, now = day_in(rulebook, as_of, say), partial(today, rulebook.header.zone)
        recording: dict[str, Any] = {"ledger": record, "redact": redact, "as_stated": as_stated is not None}
        router, second = engines(rulebook, engine, stack, today=now, **recording)
        asked = replace(_questions(router, explain, why_not, what_if, say), full=full)
        agreement = None if second is None else Agreement(Router(rulebook), second)
        responder = Responder(router, asked, say.lang, day, agreement)
        writer = _writer(ScreenNames(rulebook, say), asked, router, "json" if json else format, slip)
        if file is None:
            status = _answer_flags(say, responder, writer, matter, fact)
        else:
            _refuse_matter(file, router, say)
            status = _answer_file(say, responder, writer, file, input)
    if agreement is None:
        return status
    tell_engines(say, agreement.count.to_dict())
    return status if agreement.holds else Exit.FOUND


def _writer(
    names: ScreenNames, asked: Questions, router: Router, format: str, slip: str | None
) -> AnswerWriter:
    """Make what writes the answers; loaded here, as rich and Jinja2 take longer to load than JSON to write."""
    if slip is not None:
        from dutyroute.cli.view.slip import SlipWriter

        return SlipWriter(names, router, slip)
    if format == "json":
        return JsonLines(asked, names.say)
    if format == "mermaid":
        from dutyroute.cli.view.mermaid import Flowchart

        return Flowchart(names)
    from dutyroute.cli.view.decision import DecisionWriter

    return DecisionWriter(names, asked, router)


def _answer_file(
    say: Phrasebook,
    responder: Responder,
    writer: AnswerWriter,
    file: str,
    form: str | None,
) -> int:
    """Answer the incidents of a file or stream; of a file, tell also whether all of them were read."""
    found = incidents_in(file, form, say)
    first = next(found, None)
    if first is None:
        raise unusable(say, "no-incidents", file=say("stdin") if file == "-" else file)
    total = file_total(file, form, responder.router.rulebook)
    if total is None:
        return _write(writer, map(responder.answer, chain([first], found)))
    _tell(total, ("file", "read-as"), say)
    intake = Intake(chain([first], found), id_and_content)
    status = _write(writer, map(responder.answer, intake))
    total = replace(total, rows=intake.rows, **intake.counts)
    _tell(total, ("rows", "repeats"), say)
    return Exit.USAGE if tell_mismatches([total], say) else status


def _tell(total: SourceTotal, labels: Iterable[str], say: Phrasebook) -> None:
    """Tell some of a control total to standard error; the answers keep their stream to themselves."""
    said = total.described(say.lang)
    told = say("semicolon").join(f"{say(f'control-{label}')}{say('colon')}{said[label]}" for label in labels)
    complain(say("source-note", name=total.name, notes=told), Exit.FINE)


def _refuse_matter(file: str, router: Router, say: Phrasebook) -> None:
    """Say how to ask about a matter, where one is given for a file."""
    matter = spellings(router.rulebook.vocabulary.matters.values())[file]
    if matter is not None and not Path(file).exists():
        raise unusable(say, "matter-for-file", name=file, matter=matter)


def _questions(
    router: Router, explain: bool, why_not: str | None, what_if: Pairs, say: Phrasebook
) -> Questions:
    """Read what is asked besides the decision; words that the rulebook lacks are wrong usage."""
    words = router.rulebook.vocabulary
    supposed = _supposed(router, read_pairs(words, what_if)) if what_if else None
    if not why_not:
        return Questions(explain, None, supposed)
    # A full-width colon will do.
    party, _, role = map(str.strip, why_not.replace("：", ":").partition(":"))
    if not role and (only := spellings(words.roles.values())[party]) is not None:
        raise unusable(say, "why-not-nobody", role=party, id=only)
    named = near(words.roles, role, "role") if role else None
    return Questions(explain, (near(words.parties, party, "party"), named), supposed)


def _supposed(router: Router, written: Mapping[str, Any]) -> dict[str, Any]:
    """Spell what is supposed as the vocabulary does; None makes a fact unknown."""
    # An incident needs a matter to be read; which one makes no difference to the other facts.
    some_matter = next(iter(router.rulebook.vocabulary.matters))
    read = router.incident({MATTER: some_matter, **written})
    spelt = {MATTER: list(read.matters), **read.facts}
    return {fact: None if value is None else spelt.get(fact, value) for fact, value in written.items()}


def _answer_flags(
    say: Phrasebook,
    responder: Responder,
    writer: AnswerWriter,
    matter: tuple[str, ...],
    fact: Pairs,
) -> int:
    """Answer the one incident that the flags describe; one that cannot be read is wrong usage."""
    try:
        given = read_pairs(responder.router.rulebook.vocabulary, fact, matter)
        said = responder.answer(GivenIncident(given))
    except IncidentError as error:
        said = Refusal.of(error, say.lang)
    if isinstance(said, Refusal) and said.candidates:
        return _ask_matter(say, responder.router, said, is_json=isinstance(writer, JsonLines))
    if isinstance(said, Refusal):
        # A program that asked for JSON gets an object in any case.
        if isinstance(writer, JsonLines):
            writer.refuse(said)
        return complain(say("broken", code=said.code, message=said.message), Exit.USAGE)
    return _write(writer, [said])


def _ask_matter(say: Phrasebook, router: Router, said: Refusal, *, is_json: bool) -> int:
    """Ask which matter is meant: as an object for a program, as a list for a person."""
    if is_json:
        echo_json({"question": "matter", "candidates": [each.to_dict() for each in said.candidates]})
    lines = candidate_lines(said.details["value"], said.candidates, ScreenNames(router.rulebook, say))
    return complain("\n".join(lines), Exit.USAGE)


def _write(writer: AnswerWriter, answers: Iterable[Reply | Refusal]) -> int:
    """Write every answer, each as soon as it is there; the status says whether all are answers."""
    counts: Counter[str] = Counter()
    for said in answers:
        if isinstance(said, Refusal):
            writer.refuse(said)
            counts[_UNREAD] += 1
        else:
            writer.answer(said)
            counts[said.decision.status] += 1
    writer.close(counts)
    return Exit.FINE if _ANSWERED.issuperset(counts) else Exit.FOUND
