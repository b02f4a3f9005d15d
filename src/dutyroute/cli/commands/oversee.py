"""`dutyroute oversee`: which measures many events call for."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dutyroute.cli.circumstances import run_record
from dutyroute.cli.output import Exit, complain, echo, echo_json, tell_mismatches
from dutyroute.cli.rulebooks import Engine, day_in, folder, load_rules, tell_engines
from dutyroute.formats.timestamp import today
from dutyroute.messages import Phrasebook, word
from dutyroute.messages.outside import one_line

if TYPE_CHECKING:
    from dutyroute.control import RunRecord
    from dutyroute.oversight import Overseer, OversightReport
    from dutyroute.rulebook.rulebook import Rulebook


def oversee(
    say: Phrasebook,
    *,
    events: str,
    map: str | None,
    as_of: date | None,
    settings: str | None,
    lateness: int,
    ledger: str | None,
    format: str,
    engine: Engine,
    rules: str | None,
    **reading: Any,
) -> int:
    """Print what is proposed and overdue; the status tells whether anything is, or any event does not count."""
    from dutyroute.ledger import Ledger
    from dutyroute.oversight import LedgerStore, MemoryStore, Overseer

    book = overlay(load_rules(rules, say), settings, say)
    if format == "html":
        from dutyroute.report.html import ready

        # A missing extra is reported before anything is recorded.
        ready()
    with ExitStack() as stack:
        store = LedgerStore(stack.enter_context(Ledger.open(ledger))) if ledger else MemoryStore()
        overseer = stack.enter_context(Overseer(book, store, lateness=lateness, engine=engine))
        day = day_in(book, as_of, say)
        account = account_of(overseer, events, day, say, map, reading, run_record())
        if format == "json":
            echo_json(account.to_dict())
        elif format == "html":
            from dutyroute.report.oversight import render_oversight

            echo(render_oversight(account).removesuffix("\n"))
        else:
            echo(account.text())
            if settings is None and (example := _example(book)):
                echo(say("oversee-example", file=example))
        missed = tell_bad(account)
    status = Exit.FOUND if missed or account.needs_someone else Exit.FINE
    if overseer.agreement is not None:
        tell_engines(say, overseer.agreement.count.to_dict(), as_call=False)
        status = status if overseer.agreement.holds else Exit.FOUND
    return Exit.USAGE if tell_mismatches(account.inputs, say) else status


def _example(book: Rulebook) -> str | None:
    """Find the example beside the settings that nobody has decided on."""
    places = (book.span("settings", setting.id) for setting in book.oversight.empty())
    files = (Path(span.path).with_name("settings.example.yaml") for span in places if span)
    return next((one_line(str(file)) for file in files if file.is_file()), None)


def overlay(book: Rulebook, settings: str | None, say: Phrasebook) -> Rulebook:
    """Lay a file of settings over those of a rulebook."""
    from dutyroute.oversight import overlaid

    return book if settings is None else overlaid(book, folder(settings, say))


def account_of(
    overseer: Overseer,
    events: str,
    as_of: date | None,
    say: Phrasebook,
    map: str | None = None,
    reading: Mapping[str, Any] | None = None,
    run: RunRecord | None = None,
) -> OversightReport:
    """Take in the events of a source, and give an account of what stands."""
    from dutyroute.oversight import OversightReport
    from dutyroute.replay import read_events

    found = read_events(events if "://" in events else folder(events, say), overseer.rulebook, map, reading)
    notes = () if isinstance(found.source, Path) else found.source.notes.items()
    if told := say.listed(word(key, say.lang, **values) for key, values in notes):
        complain(say("source-note", name=found.name, notes=told), Exit.FINE)
    lines = tuple(found.lines)
    bad = overseer.ingest(lines, today=today(overseer.rulebook.header.zone))
    total = found.total(lines, overseer.rulebook)
    return OversightReport(overseer, as_of, say.lang, bad, inputs=(total,), run=run)


def tell_bad(account: OversightReport) -> bool:
    """Tell each line that could not be read; return whether any event does not count."""
    for line in account.bad:
        complain(f"{line.path}:{line.line}: {account.reason(line)}", Exit.FOUND)
    return bool(account.bad or account.overseer.late)
