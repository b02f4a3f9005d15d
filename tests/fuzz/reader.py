"""What the program says of a file, through the interfaces that its users have."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click
import pyarrow.parquet as pq
from click.testing import CliRunner

from dutyroute import Ledger, Overseer
from dutyroute.cli.app import run as run_arguments
from dutyroute.errors import DutyrouteError, EventError
from dutyroute.replay import open_tasks, read_events, replay
from fuzz.content import clerk, rules_text
from fuzz.trial import HIDDEN, Made, Refused, Seen, Wrong, refusal

__all__ = ["command", "hold_text", "overseen", "refusing", "replayed", "replayed_from", "routed"]

USAGE, INVALID = 2, 3


@contextmanager
def refusing(made: Made) -> Iterator[None]:
    """Turn an error of the program into `Refused`, once its messages have been checked."""
    try:
        yield
    except DutyrouteError as error:
        raise refusal(error, made) from error


def replayed(made: Made, path: Path, chance: random.Random) -> Seen:
    """Replay the history in a file, whose map lies beside it."""
    return replayed_from(made, str(path), path.parent, chance)


def replayed_from(made: Made, source: str, folder: Path, chance: random.Random) -> Seen:
    """Replay a history, by the library or the command, and read what was written."""
    out, at = folder / "out", folder / "map.yaml"
    shutil.rmtree(out, ignore_errors=True)
    if made.how == "command":
        return _replayed_by_command(made, source, at, out)
    with refusing(made):
        tasks = open_tasks([source], at, clerk().rulebook)
        lang = chance.choice(("zh", "en"))
        summary = replay(tasks, clerk(), out, lang=lang, formats=("parquet",))
    seen = Seen(counted=summary.rows)
    _read_notes(seen, json.loads((out / "summary.json").read_text("utf-8")))
    for row in pq.read_table(out / "divergences.parquet").to_pylist():
        known = {name: row[name] or "" for name in ("id", "matter", "recorded", "handler")}
        seen.read.append((row["row"], {**known, "date": str(row["date"] or "")}))
    seen.bad = _rejects(out / "rejects.csv")
    return seen


def _replayed_by_command(made: Made, source: str, at: Path, out: Path) -> Seen:
    options = ("--map", str(at), "--rules", _rules(at.parent), "--out", str(out))
    status, said, told = command(made, "replay", source, *options, "--format", "csv")
    if status in (USAGE, INVALID):
        raise Refused(told or said)
    seen = Seen()
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    _read_notes(seen, summary)
    for row in _table(out / "divergences.csv"):
        # Only what words do not change: the columns hold names as people read them.
        seen.read.append((int(row[1]), {"id": row[2], "date": row[3]}))
    seen.bad = _rejects(out / "rejects.csv")
    hold_text(made, (out / "report.html").read_text("utf-8"))
    return seen


def _read_notes(seen: Seen, summary: Any) -> None:
    for source in summary["inputs"]:
        found = source.get("notes", {}).get("note-broken-cells")
        if found:
            seen.spans.append(_span(found))


def _span(found: Any) -> tuple[int, int]:
    return found["line"], found["line"] + found["lines"] - 1


def _rejects(path: Path) -> list[int]:
    return [int(row[1]) for row in _table(path)]


def _table(path: Path) -> list[list[str]]:
    """Read a CSV file that the program wrote, without its headings; nothing in it is hidden."""
    written = path.read_bytes().decode("utf-8-sig")
    if found := HIDDEN.search(written):
        raise Wrong(f"{path.name} holds {found[0]!r}")
    return list(csv.reader(io.StringIO(written, newline=""), strict=True))[1:]


def overseen(made: Made, path: Path, _: random.Random) -> Seen:
    """Take in events: by the library, line by line, or by the command into a ledger."""
    at = path.with_name("map.yaml") if made.map else None
    if made.how == "command":
        return _overseen_by_command(made, path, at)
    seen = Seen()
    with refusing(made):
        found = read_events(path, clerk().rulebook, at)
        # The source of a list in YAML is its path.
        notes = getattr(found.source, "notes", {})
        if "note-broken-cells" in notes:
            seen.spans.append(_span(notes["note-broken-cells"]))
        lines = list(found.lines)
    for line in lines:
        if isinstance(line.event, EventError):
            refusal(line.event, made)
            seen.bad.append(line.line)
        else:
            told = line.event.to_dict()
            seen.read.append((line.line, {name: str(value) for name, value in told.items()}))
    Overseer(clerk().rulebook).ingest(lines)
    return seen


def _overseen_by_command(made: Made, path: Path, at: Path | None) -> Seen:
    ledger = path.with_name("events.db")
    ledger.unlink(missing_ok=True)
    options = ("--rules", _rules(path.parent), "--ledger", str(ledger), "--format", "json")
    mapped = () if at is None else ("--map", str(at))
    status, _, told = command(made, "oversee", str(path), *options, *mapped)
    if status in (USAGE, INVALID):
        raise Refused(told)
    seen = Seen(bad=[int(found) for found in re.findall(rf"^{re.escape(str(path))}:(\d+): ", told, re.M)])
    with Ledger.open(ledger) as opened:
        recorded = [entry.content["event"] for entry in opened.events()]
    # The ledger keeps no lines: an event is looked up by its id, and a repeated one is there once.
    by_id = {event["id"]: event for event in recorded}
    if len(by_id) < len(recorded):
        raise Wrong("an event is recorded twice")
    damaged = [row.place for row in made.rows if "id" not in row.known and row.place not in seen.bad]
    for row in made.rows:
        if row.known.get("id") in by_id and row.place not in seen.bad:
            seen.read.append((row.place, by_id[row.known["id"]]))
    others = by_id.keys() - {row.known.get("id") for row in made.rows}
    seen.read += [(place, by_id[name]) for place, name in zip(damaged, others, strict=False)]
    return seen


def routed(made: Made, path: Path, _: random.Random) -> Seen:
    """Route the incidents of a file by the command, which answers with one object for each, in order."""
    options = ("--rules", _rules(path.parent), "--format", "json")
    status, said, told = command(made, "route", str(path), *options)
    if status in (USAGE, INVALID):
        raise Refused(told)
    seen, answers = Seen(), [json.loads(line) for line in said.splitlines()]
    if len(answers) != len(made.rows) and not made.is_open:
        raise Wrong(f"{len(made.rows)} incidents have {len(answers)} answers")
    for row, answer in zip(made.rows, answers, strict=False):
        error = answer.get("error")
        if error is None:
            matters = [ruling["matter"] for ruling in answer["rulings"]]
            found = {"id": answer["incident"], "matter": ", ".join(matters)}
            seen.read.append((row.place, found))
        else:
            seen.bad.append(error["line"] or row.place)
    return seen


def _rules(folder: Path) -> str:
    at = folder / "rules"
    at.mkdir(exist_ok=True)
    (at / "rules.yaml").write_text(rules_text(), "utf-8")
    return str(at)


class _Program(click.Command):
    """The program as click's test runner calls it."""

    def main(self, args: Any = None, *_: object, **__: object) -> NoReturn:
        sys.exit(run_arguments(list(args or ())))


def command(made: Made, *arguments: str) -> tuple[int, str, str]:
    """Run a command line in this process; return its status, output and what it told a person."""
    runner = CliRunner(env={"COLUMNS": "100", "DUTYROUTE_LANG": "zh", "NO_COLOR": "1"})
    done = runner.invoke(_Program("dutyroute"), list(arguments))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    hold_text(made, done.stdout)
    hold_text(made, done.stderr)
    if done.exit_code not in (0, 1, USAGE, INVALID):
        raise Wrong(f"exit status {done.exit_code}: {done.stderr}")
    if done.exit_code in (USAGE, INVALID) and len(done.stderr) < 10:
        raise Wrong(f"exit status {done.exit_code} without a message")
    return done.exit_code, done.stdout, done.stderr


def hold_text(made: Made, said: str) -> None:
    """Check that what a person is shown shows no secret, no traceback and nothing that a terminal obeys."""
    if made.secret and made.secret in said:
        raise Wrong(f"the password is shown: {said!r}")
    if found := HIDDEN.search(said):
        raise Wrong(f"{found[0]!r} is shown: {said[max(found.start() - 80, 0) : found.end() + 80]!r}")
    if "Traceback" in said:
        raise Wrong(f"a traceback is shown: {said}")


Reader = Callable[[Made, Path, random.Random], Seen]
