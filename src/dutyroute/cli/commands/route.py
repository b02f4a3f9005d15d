"""`dutyroute route`: who has to do what, for one incident or a stream of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import date, datetime
from typing import Any, Protocol

from dutyroute.cli import exits
from dutyroute.cli.command import Unusable, refused, unusable
from dutyroute.cli.desk import Desk, Refusal, Reply, Wish
from dutyroute.cli.engine import Engine, complain_engines, engines
from dutyroute.cli.facts import given
from dutyroute.cli.incidents import Entry, entries
from dutyroute.cli.options import Pairs
from dutyroute.cli.output import complain, echo_json
from dutyroute.cli.rulebooks import recorded, rulebook_of
from dutyroute.cli.tally import UNREAD, Tally
from dutyroute.cli.view.names import ScreenNames
from dutyroute.errors import IncidentError
from dutyroute.messages import Phrasebook
from dutyroute.routing.agreement import Agreement
from dutyroute.routing.explanation import near
from dutyroute.routing.router import Router
from dutyroute.rulebook.vocabulary import MATTER, Vocabulary

__all__ = ["route"]


class Writer(Protocol):
    """What answers are written with."""

    def answer(self, reply: Reply) -> None:
        """Write one decision."""

    def refuse(self, refusal: Refusal) -> None:
        """Write why an incident could not be answered."""

    def close(self, tally: Tally) -> None:
        """Write what comes last."""


def route(
    say: Phrasebook,
    *,
    file: str | None,
    matter: tuple[str, ...],
    fact: Pairs,
    rules: str | None,
    explain: bool,
    why_not: str | None,
    what_if: Pairs,
    format: str,
    input: str | None,
    ledger: str | None,
    redact: tuple[str, ...],
    as_of: date | None,
    as_known: datetime | None,
    engine: Engine,
) -> int:
    """Answer every incident; the status says whether all of them were."""
    _check(say, file, matter, fact, input)
    with ExitStack() as stack:
        record = recorded(ledger, stack)
        rulebook = rulebook_of(rules, record, say, as_known=as_known)
        asks_only = as_of is not None or as_known is not None  # about another time: nothing is decided
        kept = {"ledger": None if asks_only else record, "redact": redact}
        router, second = engines(rulebook, engine, stack, **kept)
        wish = _wish(say, router, explain, why_not, what_if)
        held = None if second is None else Agreement(Router(rulebook), second)
        desk = Desk(router, wish, say.lang, date.today(), as_of, held)
        writer = _writer(ScreenNames(rulebook, say), wish, format)
        if file is not None:
            status = _answer_all(say, desk, writer, file, entries(file, input, say))
        else:
            status = _answer_flags(say, desk, writer, matter, fact, is_json=format == "json")
        return status if held is None else complain_engines(say, held, status)


def _check(say: Phrasebook, file: str | None, matter: tuple[str, ...], fact: Pairs, form: str | None) -> None:
    """Refuse calls that name no incident, or two ways to find one."""
    if file is None and not matter and not fact:
        raise refused(say, "nothing-to-route")
    if file is not None and (matter or fact):
        raise refused(say, "file-and-flags")
    if file is None and form is not None:
        raise refused(say, "input-without-file")


def _writer(names: ScreenNames, wish: Wish, format: str) -> Writer:
    """Choose how to write; rich is loaded where a table is drawn."""
    if format == "json":
        return JsonLines(wish, names.say)
    if format == "mermaid":
        from dutyroute.cli.view.mermaid import Chart

        return Chart(names)
    from dutyroute.cli.view.decision import Sheet

    return Sheet(names, wish)


class JsonLines:
    """Writes one object a line, by the contract."""

    def __init__(self, wish: Wish, say: Phrasebook) -> None:
        self.wish = wish
        self.say = say

    def answer(self, reply: Reply) -> None:
        """Write one decision."""
        echo_json(reply.as_dict(self.wish, self.say.lang))

    def refuse(self, refusal: Refusal) -> None:
        """Write why an incident could not be answered."""
        echo_json(refusal.as_dict())

    def close(self, tally: Tally) -> None:
        """Nothing comes last: every line stands for itself."""


def _answer_all(say: Phrasebook, desk: Desk, writer: Writer, file: str, found: Iterator[Entry]) -> int:
    tally = Tally()
    for entry in found:
        _write(desk.answer(entry), writer, tally)
    if not tally.total:
        raise unusable(say, "no-incidents", file=say("stdin") if file == "-" else file)
    writer.close(tally)
    return tally.status


def _write(said: Reply | Refusal, writer: Writer, tally: Tally) -> None:
    if isinstance(said, Refusal):
        writer.refuse(said)
        tally.count(UNREAD)
    else:
        writer.answer(said)
        tally.count(said.decision.status)


def _answer_flags(
    say: Phrasebook, desk: Desk, writer: Writer, matter: tuple[str, ...], fact: Pairs, *, is_json: bool
) -> int:
    """Answer the one incident that the flags describe; one that cannot be read is wrong usage."""
    try:
        said = desk.answer(Entry(given(desk.router.rulebook.vocabulary, fact, matter)))
    except IncidentError as error:
        said = Refusal.of(error, say.lang)
    tally = Tally()
    if isinstance(said, Refusal):
        if is_json:
            writer.refuse(said)
        return complain(say("broken", code=said.code, message=said.message), exits.USAGE)
    _write(said, writer, tally)
    writer.close(tally)
    return tally.status


def _wish(say: Phrasebook, router: Router, explain: bool, why_not: str | None, what_if: Pairs) -> Wish:
    """Read what is asked besides; words that the rulebook lacks are wrong usage."""
    words = router.rulebook.vocabulary
    try:
        supposed = _supposed(router, given(words, what_if)) if what_if else None
        return Wish(explain, _sought(words, why_not) if why_not else None, supposed)
    except IncidentError as error:
        raise Unusable(say("broken", code=error.code, message=error.describe(say.lang))) from None


def _supposed(router: Router, written: Mapping[str, Any]) -> dict[str, Any]:
    """Spell what is supposed as the vocabulary does; None makes a fact unknown."""
    some_matter = next(iter(router.rulebook.vocabulary.matters))
    read = router.incident({MATTER: some_matter, **written})
    spelt = {MATTER: list(read.matters), **read.facts}
    return {fact: None if value is None else spelt.get(fact, value) for fact, value in written.items()}


def _sought(words: Vocabulary, why_not: str) -> tuple[str, str | None]:
    """Read `PARTY` or `PARTY:ROLE`; a full-width colon will do."""
    party, _, role = why_not.replace("：", ":").partition(":")
    found = near(words.parties, party.strip(), "party")
    return found, near(words.roles, role.strip(), "role") if role.strip() else None
