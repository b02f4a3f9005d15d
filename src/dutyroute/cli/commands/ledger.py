"""`dutyroute ledger`: verify, export, sign off and show a ledger."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from dutyroute.cli import exits
from dutyroute.cli.commands.ledger_replay import replaying
from dutyroute.cli.moments import at_option, moment_of
from dutyroute.cli.options import Command, Pairs, Spoken, lang_option, option, pairs_option, refused
from dutyroute.cli.output import complain, echo, echo_json, harmless
from dutyroute.cli.phrasebook import Phrasebook
from dutyroute.diagnostics import nearest
from dutyroute.formats.timestamp import shown_moment
from dutyroute.ledger import AuditResult, Checkpoint, Entry, Ledger

__all__ = ["command"]

_COMMANDS = ("verify", "export", "checkpoint", "show", "replay")


class _Group(Spoken, click.Group):
    """The commands about a ledger."""

    def __init__(self, say: Phrasebook) -> None:
        self.say = say
        super().__init__(
            "ledger",
            params=[lang_option(say)],
            help=say("ledger-help"),
            options_metavar=say("options-metavar"),
            subcommand_metavar=say("command-metavar"),
            no_args_is_help=True,
        )
        for name, build in zip(_COMMANDS, (_verify, _export, _checkpoint, _show, replaying), strict=True):
            self.add_command(build(say), name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; say which was most likely meant where there is none."""
        if args[0] not in _COMMANDS and not args[0].startswith("-"):
            near = nearest(args[0], _COMMANDS)
            key = "no-such-command-near" if near else "no-such-command"
            ctx.fail(self.say(key, command=args[0], suggestion=near))
        return super().resolve_command(ctx, args)

    def sections(self, ctx: click.Context) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """List the commands before the options."""
        yield "commands", [(name, self.say(f"ledger-{name}-short")) for name in _COMMANDS]
        yield from super().sections(ctx)


def command(say: Phrasebook) -> click.Command:
    """Build the commands in the reader's language."""
    return _Group(say)


def _url() -> click.Argument:
    return click.Argument(["ledger"], metavar="LEDGER")


def _json_option(say: Phrasebook) -> click.Option:
    return option(say, "--json", is_flag=True, key="as-json")


# ── verify ──


def _verify(say: Phrasebook) -> click.Command:
    checkpoints = option(say, "--checkpoint", "FILE", multiple=True)
    return Command("ledger-verify", say, partial(_run_verify, say), [_url(), checkpoints, _json_option(say)])


def _run_verify(say: Phrasebook, *, ledger: str, checkpoint: tuple[str, ...], json: bool) -> int:
    with Ledger.open(ledger, create=False) as opened:
        verdict = opened.verify([Checkpoint.read(path) for path in checkpoint])
    status = exits.FINE if verdict.is_sound else exits.LEDGER
    if json:
        echo_json(_as_dict(verdict, say))
        return status
    if verdict.fault is not None:
        return complain("\n".join(_broken(verdict, say)), status)
    echo("\n".join(_sound(verdict, say)))
    return status


def _sound(verdict: AuditResult, say: Phrasebook) -> Iterator[str]:
    yield say("ledger-sound", size=verdict.size)
    if verdict.checkpoints:
        yield say("ledger-against", count=verdict.checkpoints)
    yield say("ledger-head", head=verdict.head)
    yield say("ledger-merkle", root=verdict.root)
    if not verdict.checkpoints:
        yield say("ledger-unpinned")


def _broken(verdict: AuditResult, say: Phrasebook) -> Iterator[str]:
    assert verdict.fault is not None
    yield say("ledger-corrupt", fault=verdict.fault.describe(say.lang))
    if verdict.size and verdict.fault.entry == verdict.size + 1:
        yield say("ledger-good-until", size=verdict.size, head=verdict.head)


def _as_dict(verdict: AuditResult, say: Phrasebook) -> dict[str, Any]:
    fault = verdict.fault
    return {
        "sound": verdict.is_sound,
        "size": verdict.size,
        "head": verdict.head,
        "root": verdict.root,
        "checkpoints": verdict.checkpoints,
        "entry": fault.entry if fault else None,
        "reason": fault.reason if fault else None,
        "message": fault.describe(say.lang) if fault else None,
    }


# ── export and checkpoint ──


def _export(say: Phrasebook) -> click.Command:
    out = option(say, "--out", "FILE", key="ledger-out", required=True)
    return Command("ledger-export", say, partial(_run_export, say), [_url(), out])


def _run_export(say: Phrasebook, *, ledger: str, out: str) -> int:
    with Ledger.open(ledger, create=False) as opened:
        count = opened.export(out)
    echo(say("ledger-exported", count=count, path=out))
    return exits.FINE


def _checkpoint(say: Phrasebook) -> click.Command:
    return Command(
        "ledger-checkpoint",
        say,
        partial(_run_checkpoint, say),
        [
            _url(),
            option(say, "--author", "NAME", default=""),
            option(say, "--note", "TEXT", default=""),
            at_option(say),
            option(say, "--out", "FILE", key="ledger-out"),
        ],
    )


def _run_checkpoint(
    say: Phrasebook, *, ledger: str, author: str, note: str, at: datetime | None, out: str | None
) -> int:
    with Ledger.open(ledger, create=False) as opened:
        signed = opened.checkpoint(author=author, note=note, at=moment_of(at))
    echo(say("ledger-signed", size=signed.size, number=signed.size + 1))
    echo(say("ledger-head", head=signed.head))
    echo(say("ledger-merkle", root=signed.root))
    if out is not None:
        Path(out).write_text(signed.to_json() + "\n", "utf-8")
        echo(say("ledger-kept", path=out))
    return exits.FINE


# ── show ──


def _show(say: Phrasebook) -> click.Command:
    number = click.Argument(["number"], required=False, type=click.IntRange(1), metavar="[NUMBER]")
    proof = pairs_option(say, "--prove")
    return Command("ledger-show", say, partial(_run_show, say), [_url(), number, proof, _json_option(say)])


def _run_show(say: Phrasebook, *, ledger: str, number: int | None, prove: Pairs, json: bool) -> int:
    if prove and number is None:
        raise refused(say, "ledger-prove-needs-number")
    with Ledger.open(ledger, create=False) as opened:
        if number is None:
            _show_all(opened, say, is_json=json)
            return exits.FINE
        _show_one(opened.entry(number), say, is_json=json)
        proven = [_proven(opened, number, key, value, say) for key, value in prove]
    return exits.FINE if all(proven) else exits.FOUND


def _proven(ledger: Ledger, number: int, key: str, value: str, say: Phrasebook) -> bool:
    is_it = ledger.proves(number, key, value)
    echo(say("ledger-proven" if is_it else "ledger-not-proven", name=key))
    return is_it


def _show_all(ledger: Ledger, say: Phrasebook, *, is_json: bool) -> None:
    kinds: Counter[str] = Counter()
    others: list[Entry] = []
    for entry in ledger.entries():
        kinds[entry.kind] += 1
        if entry.kind not in ("decision", "event"):
            others.append(entry)
    if is_json:
        echo_json({"size": kinds.total(), **kinds, "entries": [_brief(entry) for entry in others]})
        return
    counts = {
        "decisions": kinds["decision"],
        "editions": kinds["edition"],
        "checkpoints": kinds["checkpoint"],
    }
    echo(say("ledger-counts", size=kinds.total(), **counts))
    if kinds["event"]:
        echo(say("ledger-events", count=kinds["event"]))
    for entry in others:
        key = "ledger-edition" if entry.kind == "edition" else "ledger-signing"
        echo(harmless(say(key, **_brief(entry))).rstrip())


def _brief(entry: Entry) -> dict[str, Any]:
    """Say of an edition or a checkpoint what fits on a line."""
    said = {key: value for key, value in entry.content.items() if key not in ("content", "at")}
    return {"number": entry.number, "kind": entry.kind, "at": shown_moment(entry.moment), **said}


def _show_one(entry: Entry, say: Phrasebook, *, is_json: bool) -> None:
    said = entry.content
    if is_json:
        echo_json({**_fields(entry), "body": said})
        return
    echo(
        say(
            "ledger-entry",
            number=entry.number,
            at=shown_moment(entry.moment),
            kind=say(f"ledger-kind-{entry.kind}"),
        )
    )
    echo(say("ledger-digest", digest=entry.digest))
    echo(say("ledger-previous", digest=entry.previous))
    if entry.kind == "decision":
        echo(say("ledger-by-edition", digest=harmless(str(said.pop("edition")))))
    said.pop("content", None)
    echo(harmless(json.dumps(said, ensure_ascii=False, indent=2)))


def _fields(entry: Entry) -> dict[str, Any]:
    names = ("number", "kind", "at", "previous", "digest")
    return {name: getattr(entry, name) for name in names}
