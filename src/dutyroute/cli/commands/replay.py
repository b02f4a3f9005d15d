"""`dutyroute replay`: historical cases through the rulebook, into a report."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dutyroute.cli.circumstances import run_record
from dutyroute.cli.command import ARGUMENTS, unusable
from dutyroute.cli.commands.oversee import account_of, overlay, tell_bad
from dutyroute.cli.output import Exit, complain, echo, echo_json, tell_mismatches
from dutyroute.cli.rulebooks import (
    EDITION,
    Engine,
    day_in,
    engines,
    load_rules,
    recorded,
    revision_of,
    rulebook_of,
    tell_engines,
)
from dutyroute.errors import needs
from dutyroute.messages import Phrasebook, word
from dutyroute.routing.router import Router
from dutyroute.rulebook.loader.files import name_of
from dutyroute.rulebook.rulebook import Rulebook

if TYPE_CHECKING:
    from dutyroute.ledger import Ledger
    from dutyroute.oversight import OversightReport
    from dutyroute.replay import Summary


@dataclass(frozen=True, slots=True)
class _Call:
    """What the command is called with, by the names of its options."""

    histories: tuple[str, ...]
    map: str | None
    rules: str | None
    out: str
    suggest_map: bool
    as_of: date | None
    as_known: date | datetime | None
    as_stated: date | datetime | None
    ledger: str | None
    resume: bool
    format: tuple[str, ...]
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    query: str | None
    spark: str | None
    compare: tuple[str, str] | None
    engine: Engine
    oversee: str | None
    settings: str | None

    @property
    def reading(self) -> dict[str, Any]:
        """How the sources are read."""
        return {name: getattr(self, name) for name in ("encoding", "delimiter", "sheet", "query")}

    @property
    def formats(self) -> tuple[str, ...]:
        """In which formats rows are written; `json` is about the summary."""
        return tuple(each for each in dict.fromkeys(self.format) if each != "json") or ("csv",)


def replay(say: Phrasebook, **given: Any) -> int:
    """Hold histories against the rules; the status tells whether every row agrees."""
    # Imported here so that a missing extra is reported at once.
    with needs("batch"):
        import dutyroute.replay.run  # noqa: F401
    call = _Call(**given)
    if call.suggest_map:
        return _suggest(say, call)
    # A ledger that only names an edition records nothing, which a cluster could not do.
    is_asking = call.as_known is not None or call.as_stated is not None
    is_recording = call.ledger and not is_asking and not str(call.rules).startswith(EDITION)
    if call.spark is not None and is_recording:
        raise unusable(say, "option-excludes", option="--ledger", partner="--spark")
    return _replay(say, call)


def _suggest(say: Phrasebook, call: _Call) -> int:
    """Draft a map of the first source; what could not be placed goes to standard error."""
    from dutyroute.replay import open_source, suggest_map
    from dutyroute.replay.inputs import expand

    rulebook = load_rules(call.rules, say)
    drafted = suggest_map(open_source(expand(call.histories)[0], **call.reading), rulebook)
    echo(drafted.text(say.lang).rstrip("\n"))
    left = drafted.left(say.lang)
    return complain("\n".join(left), Exit.FOUND) if left else Exit.FINE


def _replay(say: Phrasebook, call: _Call) -> int:
    from dutyroute.report.html import ready
    from dutyroute.report.replay import render_replay

    account: OversightReport | None = None
    with ExitStack() as stack:
        record = recorded(call.ledger, stack)
        # Either rulebook may be a published edition.
        old: Router | None = None
        if call.compare is None:
            rulebook = rulebook_of(call.rules, record, say, as_known=call.as_known, as_stated=call.as_stated)
        else:
            before, rulebook = (revision_of(written, record, say) for written in call.compare)
            old = Router(before)
        # Faults in the events, and a report that cannot be written, are reported before a long run.
        if call.oversee is not None:
            from dutyroute.oversight import Overseer

            overseer = Overseer(overlay(rulebook, call.settings, say))
            account = account_of(overseer, call.oversee, None, say)
        ready()
        try:
            report = partial(render_replay, lang=say.lang, account=account)
            summary = (
                _here(say, call, old, rulebook, record, report)
                if call.spark is None
                else _on_cluster(say, call.spark, call, rulebook, report)
            )
        except KeyboardInterrupt:
            told = say("spark-interrupted") if call.spark else say("replay-interrupted", command=_again())
            return complain(told, Exit.INTERRUPTED)
    if "json" in call.format:
        echo_json(summary.to_dict())
    else:
        from dutyroute.cli.view.replay import ReplayWriter

        ReplayWriter(say, summary).write(Path(call.out))
        if summary.engines:
            tell_engines(say, summary.engines)
    return _status(say, summary, account)


def _status(say: Phrasebook, summary: Summary, account: OversightReport | None) -> int:
    """Tell what is wrong with the sources, and how the run ends."""
    missed = account is not None and tell_bad(account)
    if tell_mismatches((*summary.inputs, *(account.inputs if account else ())), say):
        return Exit.USAGE  # as for any history that cannot be replayed
    return Exit.FOUND if summary.has_divergences or not summary.engines_agree or missed else Exit.FINE


def _here(
    say: Phrasebook,
    call: _Call,
    old: Router | None,
    rulebook: Rulebook,
    record: Ledger | None,
    report: Callable[[Summary], str],
) -> Summary:
    """Run in this process, and show how far it is."""
    from dutyroute.cli.view.replay import Progress
    from dutyroute.replay import Recorder, open_tasks, replay

    with ExitStack() as stack:
        router, second = engines(rulebook, call.engine, stack)
        work = open_tasks(call.histories, call.map, rulebook, call.reading)
        for task in work if "json" not in call.format else ():
            notes = say.listed(word(key, say.lang, **found) for key, found in task.source.notes.items())
            if notes:
                complain(say("source-note", name=name_of(task.source.name), notes=notes), Exit.FINE)
        # A question about another time is no decision, so it is not recorded.
        times = (call.as_of, call.as_known, call.as_stated)
        is_question = any(each is not None for each in (*times, call.compare))
        return replay(
            work,
            router,
            Path(call.out),
            lang=say.lang,
            formats=call.formats,
            as_of=day_in(rulebook, call.as_of, say),
            resume=call.resume,
            old=old,
            second=second,
            recorder=None
            if is_question or not record
            else Recorder(record, rulebook, partial(datetime.now, UTC)),
            progress=stack.enter_context(closing(Progress(say))).show,
            report=report,
            run=run_record(call.as_known, call.as_stated),
        )


def _on_cluster(
    say: Phrasebook, master: str, call: _Call, rulebook: Rulebook, report: Callable[[Summary], str]
) -> Summary:
    from dutyroute.replay import load_map, spark
    from dutyroute.replay.inputs import map_beside, refuse_all_but_parquet

    # Before Spark is started, which takes a while.
    refuse_all_but_parquet(call.histories)
    histories, router, out = call.histories, Router(rulebook), Path(call.out)
    mapping = load_map(call.map if call.map is not None else map_beside(histories[0]), rulebook)
    day = day_in(rulebook, call.as_of, say)
    settings: dict[str, Any] = {"lang": say.lang, "formats": call.formats, "as_of": day}
    settings |= {"report": report, "run": run_record(call.as_known, call.as_stated)}
    with spark.session(master) as session:
        return spark.replay(session, histories, mapping, router, out, **settings)


def _again() -> str:
    """Write the command that takes the run up: the same call with `--resume`."""
    words: list[str] = list(click.get_current_context().meta[ARGUMENTS])
    if "--resume" not in words:
        words.insert(words.index("--") if "--" in words else len(words), "--resume")
    return shlex.join(["dutyroute", *words])
