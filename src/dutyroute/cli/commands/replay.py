"""`dutyroute replay`: historical cases through the rulebook, into a report."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dutyroute.cli import exits
from dutyroute.cli.command import ARGUMENTS, refused
from dutyroute.cli.commands.oversee import account_of, overlay, tell_bad
from dutyroute.cli.engine import Engine, engines, tell_engines
from dutyroute.cli.output import complain, echo, echo_json
from dutyroute.cli.rulebooks import EDITION, folder, opened, recorded, rulebook_of
from dutyroute.cli.view.progress import Progress
from dutyroute.errors import needs
from dutyroute.messages import Phrasebook
from dutyroute.routing.router import Router
from dutyroute.rulebook.loader.files import name_of
from dutyroute.rulebook.rulebook import Rulebook

if TYPE_CHECKING:
    from dutyroute.ledger import Ledger
    from dutyroute.oversight import OversightReport
    from dutyroute.replay import Recorder, Summary, Task

__all__ = ["replay"]


def replay(
    say: Phrasebook,
    *,
    histories: tuple[str, ...],
    suggest_map: bool,
    format: tuple[str, ...],
    **settings: Any,
) -> int:
    """Hold histories against the rules; the status tells whether every row agrees."""
    with needs("batch"):
        import dutyroute.replay.run  # noqa: F401
    reading = {name: settings.pop(name) for name in ("encoding", "delimiter", "sheet", "query")}
    if suggest_map:
        return _suggest(say, histories, settings["rules"], reading)
    settings["formats"] = tuple(each for each in format if each != "json") or ("csv",)
    settings["json"] = "json" in format
    spark = settings.pop("spark")
    if spark is None:
        return _replay(say, histories, reading=reading, **settings)
    return _on_cluster(say, spark, histories, reading=reading, **settings)


def _on_cluster(
    say: Phrasebook,
    master: str,
    histories: Sequence[str],
    *,
    reading: dict[str, Any],
    map: str | None,
    rules: str | None,
    out: str,
    as_of: date | None,
    formats: tuple[str, ...],
    json: bool,
    as_known: datetime | None,
    ledger: str | None,
    engine: Engine,
    **others: Any,
) -> int:
    from dutyroute.cli.commands.replay_spark import clustered, refuse_beside

    refuse_beside(say, {**reading, "engine": engine != "diagram", **others})
    with ExitStack() as stack:
        record = recorded(ledger, stack)
        if record is not None and as_known is None:
            refuse_beside(say, {"ledger": None if str(rules).startswith(EDITION) else ledger})
        router = Router(rulebook_of(rules, record, say, as_known=as_known))
    try:
        summary = clustered(
            master,
            histories,
            map,
            router,
            Path(out),
            say=say,
            formats=formats,
            as_of=as_of,
        )
    except KeyboardInterrupt:
        return complain(say("spark-interrupted"), exits.INTERRUPTED)
    _tell(say, summary, Path(out), is_json=json)
    return exits.FOUND if summary.has_divergences else exits.FINE


def _suggest(say: Phrasebook, histories: Sequence[str], rules: str | None, reading: dict[str, Any]) -> int:
    """Draft a map of the first source; what could not be placed goes to standard error."""
    from dutyroute.replay import open_first
    from dutyroute.replay import suggest_map as draft_of

    router = opened(rules, say)
    drafted = draft_of(open_first(histories, reading), router.rulebook)
    echo(drafted.text(say.lang).rstrip("\n"))
    left = drafted.left(say.lang)
    return complain("\n".join(left), exits.FOUND) if left else exits.FINE


def _replay(
    say: Phrasebook,
    histories: Sequence[str],
    *,
    reading: dict[str, Any],
    map: str | None,
    rules: str | None,
    out: str,
    as_of: date | None,
    as_known: datetime | None,
    ledger: str | None,
    resume: bool,
    formats: tuple[str, ...],
    compare: tuple[str, str] | None,
    engine: Engine,
    oversee: str | None,
    settings: str | None,
    json: bool,
) -> int:
    from dutyroute.replay import open_tasks

    if compare is not None and engine != "diagram":
        raise refused(say, "one-of", options="--compare, --engine")
    if settings is not None and oversee is None:
        raise refused(say, "settings-without-oversee")
    with ExitStack() as stack:
        record = recorded(ledger, stack)
        old, router = _routers(say, rules, compare, record, as_known)
        router, second = engines(router.rulebook, engine, stack)
        account = _overseen(say, router.rulebook, oversee, settings)
        asks_only = as_of is not None or as_known is not None or compare is not None
        work = open_tasks(histories, map, router.rulebook, reading)
        if not json:
            _say_notes(say, work)
        progress = stack.enter_context(Progress(say))
        try:
            summary = _ran(
                work,
                router,
                Path(out),
                account=account,
                lang=say.lang,
                formats=formats,
                as_of=as_of,
                resume=resume,
                old=old,
                second=second,
                recorder=None if asks_only or record is None else _recorder(record, router),
                progress=progress.show,
            )
        except KeyboardInterrupt:
            progress.close()
            return complain(say("replay-interrupted", command=_again()), exits.INTERRUPTED)
        progress.close()
    _tell(say, summary, Path(out), is_json=json)
    missed = account is not None and tell_bad(account)
    return exits.FOUND if summary.has_divergences or not summary.engines_agree or missed else exits.FINE


def _overseen(
    say: Phrasebook, book: Rulebook, events: str | None, settings: str | None
) -> OversightReport | None:
    """Give an account of what events call for, for the report; before a long run, not after it."""
    if events is None:
        return None
    from dutyroute.oversight import Overseer

    return account_of(Overseer(overlay(book, settings, say)), events, None, say)


def _recorder(ledger: Ledger, router: Router) -> Recorder:
    """Record every decision, at the moment it is made."""
    from dutyroute.replay import Recorder

    return Recorder(ledger, router.rulebook, partial(datetime.now, UTC))


def _routers(
    say: Phrasebook,
    rules: str | None,
    compare: tuple[str, str] | None,
    ledger: Ledger | None,
    as_known: datetime | None,
) -> tuple[Router | None, Router]:
    """Load the rulebook, or the two that are to be compared; either may be a published edition."""
    if compare is None:
        return None, Router(rulebook_of(rules, ledger, say, as_known=as_known))
    if rules is not None:
        raise refused(say, "compare-or-rules")
    from dutyroute.rulebook.loader.git import load_revision

    def load(written: str) -> Rulebook:
        if written.startswith(EDITION):
            return rulebook_of(written, ledger, say)
        if "@" not in written:
            folder(written, say)
        return load_revision(written)

    old, new = (Router(load(written)) for written in compare)
    return old, new


def _say_notes(say: Phrasebook, work: Sequence[Task]) -> None:
    """Say of each source what was found out about how it is written."""
    for task in work:
        notes = say.listed(note.describe(say.lang) for note in task.source.notes)
        if notes:
            complain(say("source-note", name=name_of(task.source.name), notes=notes), exits.FINE)


def _ran(
    work: Sequence[Task], router: Router, out: Path, *, account: OversightReport | None, **settings: Any
) -> Summary:
    """Run, and write the report beside the other outputs."""
    from dutyroute.replay import replay
    from dutyroute.report.html import ready
    from dutyroute.report.replay import write_report

    ready()
    summary = replay(work, router, out, **settings)
    write_report(summary, out / "report.html", settings["lang"], account)
    return summary


def _tell(say: Phrasebook, summary: Summary, out: Path, *, is_json: bool) -> None:
    if is_json:
        echo_json(summary.to_dict())
        return
    from dutyroute.cli.view.replay import tell

    tell(say, summary, out)
    if summary.engines:
        tell_engines(say, summary.engines)


def _again() -> str:
    """Write the command that takes the run up: the same call with `--resume`."""
    words: list[str] = list(click.get_current_context().meta[ARGUMENTS])
    if "--resume" not in words:
        words.insert(words.index("--") if "--" in words else len(words), "--resume")
    return shlex.join(["dutyroute", *words])
