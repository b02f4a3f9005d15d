"""`dutyroute oversee`: which measures many events call for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from dutyroute.cli.output import Exit, complain, echo, echo_json
from dutyroute.cli.rulebooks import Engine, day_in, folder, load_rules, tell_engines
from dutyroute.errors import EventError, needs
from dutyroute.formats.timestamp import today
from dutyroute.messages import Phrasebook, word
from dutyroute.rulebook.loader.files import name_of

if TYPE_CHECKING:
    from dutyroute.oversight import EventLine, Overseer, OversightReport
    from dutyroute.rulebook.rulebook import Rulebook


_TABLES = (".tsv", ".parquet", ".xlsx", ".xlsm", ".xls")
"""Which files of events are read as histories are."""


def oversee(
    say: Phrasebook,
    *,
    events: str,
    as_of: date | None,
    settings: str | None,
    lateness: int,
    ledger: str | None,
    format: str,
    engine: Engine,
    rules: str | None,
) -> int:
    """Print what is proposed; the status tells whether anything is, or any event does not count."""
    from dutyroute.ledger import Ledger
    from dutyroute.oversight import LedgerStore, MemoryStore, Overseer

    book = overlay(load_rules(rules, say), settings, say)
    if format == "html":
        from dutyroute.report.html import ready

        # Told before anything is recorded, should the extra be missing.
        ready()
    with ExitStack() as stack:
        store = LedgerStore(stack.enter_context(Ledger.open(ledger))) if ledger else MemoryStore()
        overseer = stack.enter_context(Overseer(book, store, lateness=lateness, engine=engine))
        account = account_of(overseer, events, day_in(book, as_of, say), say)
        if format == "json":
            echo_json(account.to_dict())
        elif format == "html":
            from dutyroute.report.oversight import render_oversight

            echo(render_oversight(account).removesuffix("\n"))
        else:
            echo(account.text())
        missed = tell_bad(account)
    status = Exit.FOUND if missed or account.standing else Exit.FINE
    if overseer.agreement is None:
        return status
    tell_engines(say, overseer.agreement.count.to_dict(), as_call=False)
    return status if overseer.agreement.holds else Exit.FOUND


def overlay(book: Rulebook, settings: str | None, say: Phrasebook) -> Rulebook:
    """Lay a file of settings over those of a rulebook."""
    from dutyroute.oversight import overlaid

    return book if settings is None else overlaid(book, folder(settings, say))


def account_of(overseer: Overseer, events: str, as_of: date | None, say: Phrasebook) -> OversightReport:
    """Take in a file of events, and give an account of what stands."""
    from dutyroute.oversight import OversightReport, encoding_of, read_events

    path = folder(events, say)
    # Detection can be wrong, so the reader is told when it is not the usual encoding.
    found = encoding_of(path)
    if found is not None and found.label != "UTF-8":
        complain(say("read-as", name=name_of(path), encoding=found.label), Exit.FINE)
    zone = overseer.rulebook.header.zone
    lines = _rows(path, zone, say) if path.suffix.lower() in _TABLES else read_events(path, zone)
    bad = overseer.ingest(lines, today=today(zone))
    return OversightReport(overseer, as_of, say.lang, bad)


def _rows(path: Path, zone: tzinfo | None, say: Phrasebook) -> Iterator[EventLine]:
    """Read the events of a table as a history is read."""
    from dutyroute.oversight import EventLine, read_event

    with needs("batch"):
        from dutyroute.replay.inputs import open_source
        from dutyroute.replay.mapping.reading import texts_of, unreadable
    name, source = name_of(path), open_source(str(path))
    notes = say.listed(word(key, say.lang, **found) for key, found in source.notes.items())
    if notes:
        complain(say("source-note", name=name, notes=notes), Exit.FINE)
    for batch in source.batches():
        for bad in batch.bad:
            yield EventLine(name, bad.row, EventError("event-unreadable", {"detail": bad.describe(say.lang)}))
        columns = [texts_of(values).to_pylist() for values in batch.table.columns]
        for number, cells in zip(batch.rows.to_pylist(), zip(*columns, strict=True), strict=True):
            faults = [unreadable(cell) for cell in cells if cell is not None]
            fault = next((each for each in faults if each is not None), None)
            try:
                if fault is not None:
                    raise EventError("event-unreadable", {"detail": word(fault.value, say.lang)})
                event = read_event(dict(zip(source.columns, cells, strict=True)), zone)
                yield EventLine(name, number, event)
            except EventError as error:
                yield EventLine(name, number, error)


def tell_bad(account: OversightReport) -> bool:
    """Tell each line that could not be read; return whether any event does not count."""
    for line in account.bad:
        complain(f"{line.path}:{line.line}: {account.reason(line)}", Exit.FOUND)
    return bool(account.bad or account.overseer.late)
