"""`dutyroute ledger`: publish rules in a ledger; verify, export, sign off and show it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from dutyroute.cli.options import Pairs
from dutyroute.cli.output import Exit, complain, echo, echo_json
from dutyroute.cli.rulebooks import load_rules
from dutyroute.diagnostics import nearest
from dutyroute.formats.atomic import write_named
from dutyroute.formats.timestamp import moment_of, shown_moment
from dutyroute.ledger import Checkpoint, Entry, Ledger
from dutyroute.messages import Phrasebook
from dutyroute.messages.outside import one_line
from dutyroute.routing.redecide import redecide
from dutyroute.rulebook.editions import PublishedEdition, Version, order_of, versions, zone_of
from dutyroute.rulebook.written import written


def verify(say: Phrasebook, *, ledger: str, checkpoint: tuple[str, ...], format: str) -> int:
    """Say whether a ledger is sound."""
    with Ledger.open(ledger, create=False) as opened:
        audit = opened.verify([Checkpoint.read(path) for path in checkpoint])
    fault = audit.fault
    status = Exit.FINE if audit.is_sound else Exit.LEDGER
    if format == "json":
        echo_json(audit.to_dict(say.lang))
        return status
    if fault is not None:
        lines = [say("ledger-corrupt", fault=fault.describe(say.lang))]
        # The digest is of use only where it is known that all before the fault is as it was.
        if audit.size and fault.entry == audit.size + 1:
            lines.append(say("ledger-good-until", size=audit.size, head=audit.head))
        return complain("\n".join(lines), status)
    echo(say("ledger-sound", size=audit.size))
    if audit.checkpoints:
        echo(say("ledger-against", count=audit.checkpoints))
    for warning in audit.warnings(say.lang):
        echo(warning)
    echo(say("ledger-head", head=audit.head))
    echo(say("ledger-merkle", root=audit.root))
    if not audit.checkpoints:
        echo(say("ledger-unpinned"))
    return status


def export(say: Phrasebook, *, ledger: str, out: str) -> int:
    """Write all entries to one text file."""
    with Ledger.open(ledger, create=False) as opened:
        count = opened.export(out)
    echo(say("ledger-exported", count=count, path=out))
    return Exit.FINE


def checkpoint(
    say: Phrasebook, *, ledger: str, author: str, note: str, at: datetime | None, out: str | None
) -> int:
    """Sign off all entries so far."""
    with Ledger.open(ledger, create=False) as opened:
        signed = opened.checkpoint(author=author, note=note, stated=_moment(at, zone_of(opened)))
    echo(say("ledger-signed", size=signed.size, number=signed.size + 1))
    echo(say("ledger-head", head=signed.head))
    echo(say("ledger-merkle", root=signed.root))
    if out is not None:
        with write_named(Path(out)) as stream:
            stream.write(f"{signed.to_json()}\n".encode())
        echo(say("ledger-kept", path=out))
    return Exit.FINE


def show(say: Phrasebook, *, ledger: str, number: int | None, prove: Pairs, format: str) -> int:
    """Print what there is, or one entry."""
    with Ledger.open(ledger, create=False) as opened:
        if number is None:
            _show_all(opened, say, is_json=format == "json")
            return Exit.FINE
        _show_one(opened.entry(number), zone_of(opened), say, is_json=format == "json")
        status = Exit.FINE
        for key, value in prove:
            is_proven = opened.proves(number, key, value)
            echo(say("ledger-proven" if is_proven else "ledger-not-proven", name=key))
            status = status if is_proven else Exit.FOUND
    return status


def _show_all(ledger: Ledger, say: Phrasebook, *, is_json: bool) -> None:
    kinds: Counter[str] = Counter()
    others: list[dict[str, Any]] = []
    zone = zone_of(ledger)
    editions = {edition.number: edition for edition in ledger.editions()}
    for entry in ledger.entries():
        kinds[entry.kind] += 1
        # Of these there may be millions: they are counted only.
        if entry.kind not in ("decision", "event"):
            said = {key: value for key, value in entry.content.items() if key not in ("content", "at")}
            at = shown_moment(entry.moment, zone)
            if entry.kind == "edition":
                at = _shown_times(editions[entry.number], zone, say)
            others.append({"number": entry.number, "kind": entry.kind, "at": at, **said})
    if is_json:
        echo_json({"size": kinds.total(), **kinds, "entries": others})
        return
    counts = {f"{kind}s": kinds[kind] for kind in ("decision", "edition", "checkpoint")}
    echo(say("ledger-counts", size=kinds.total(), **counts))
    if kinds["event"]:
        echo(say("ledger-events", count=kinds["event"]))
    for told in others:
        key = "ledger-edition" if told["kind"] == "edition" else "ledger-signing"
        echo(say(key, **told).rstrip())


def _show_one(entry: Entry, zone: tzinfo | None, say: Phrasebook, *, is_json: bool) -> None:
    said = entry.content
    if is_json:
        names = ("number", "kind", "at", "previous", "digest")
        echo_json({**{name: getattr(entry, name) for name in names}, "body": said})
        return
    at, kind = shown_moment(entry.moment, zone), say(f"ledger-kind-{entry.kind}")
    echo(say("ledger-entry", number=entry.number, at=at, kind=kind))
    echo(say("ledger-digest", digest=entry.digest))
    echo(say("ledger-previous", digest=entry.previous))
    if entry.kind == "decision":
        echo(say("ledger-by-edition", digest=str(said.pop("edition"))))
    # The text of an edition is the whole rulebook; `--rules edition:DIGEST` brings it back.
    said.pop("content", None)
    echo_json(said, indent=2)


def replay(say: Phrasebook, *, ledger: str, format: str) -> int:
    """Decide every incident again; the status tells whether all come out the same."""
    counts: Counter[str] = Counter()
    with Ledger.open(ledger, create=False) as opened:
        zone = zone_of(opened)
        for each in redecide(opened):
            counts[each.outcome] += 1
            if each.outcome in ("other", "edition") and format != "json":
                key = "ledger-differs" if each.outcome == "other" else "ledger-without-edition"
                what = one_line(", ".join(each.differs))
                echo(say(key, number=each.entry, at=shown_moment(each.at, zone), what=what))
    numbers = {key: counts[key] for key in ("same", "other", "redacted", "edition")}
    if format == "json":
        echo_json({"total": counts.total(), **numbers})
    else:
        echo(say("ledger-replayed", total=counts.total(), **numbers))
        if counts["edition"]:
            echo(say("ledger-editions-missing", **numbers))
    return Exit.FOUND if counts["other"] or counts["edition"] else Exit.FINE


def publish(
    say: Phrasebook, *, ledger: str, rules: str | None, author: str, note: str, at: datetime | None
) -> int:
    """Freeze a rulebook as an edition."""
    rulebook = load_rules(rules, say)
    zone = rulebook.header.zone
    with Ledger.open(ledger) as opened:
        newest = opened.editions()[-1:]
        # A second publication of the same text would only make the history longer.
        if newest and newest[0].digest == rulebook.digest:
            shown = _shown_times(newest[0], zone, say)
            echo(say("published-already", at=shown, digest=rulebook.digest))
            return Exit.FINE
        edition = opened.publish(
            rulebook.canonical().encode(),
            digest=rulebook.digest,
            author=author,
            note=note,
            stated=_moment(at, zone),
            order=order_of(rulebook),
        )
    at_which = _shown_times(edition, zone, say)
    echo(say("published", number=edition.number, at=at_which, digest=edition.digest))
    return Exit.FINE


def _moment(at: datetime | None, zone: tzinfo | None) -> datetime | None:
    """Return the moment that a person wrote, if any."""
    return None if at is None else moment_of(at, zone)


def _shown_times(edition: PublishedEdition, zone: tzinfo | None, say: Phrasebook) -> str:
    """Write when an edition was recorded and, where it is another time, when its publisher says it was."""
    at = shown_moment(edition.published, zone)
    if not edition.is_stated:
        return say("edition-old", at=at)
    if edition.stated == edition.published:
        return at
    return say("edition-stated", at=at, stated=shown_moment(edition.stated, zone))


def history(say: Phrasebook, *, ledger: str, rule: str, format: str) -> int:
    """Print a rule edition by edition."""
    with Ledger.open(ledger, create=False) as opened:
        found, zone = versions(opened, rule), zone_of(opened)
        if not found:
            # Every edition is asked: the rule may be named as it was long ago.
            names = {each["id"] for e in opened.editions() for each in json.loads(e.content)["rules"]}
            near = nearest(rule, sorted(names))
            key = "history-none-near" if near else "history-none"
            return complain(say(key, rule=rule, suggestion=near), Exit.USAGE)
    if format == "json":
        echo_json({"rule": rule, "versions": [version.to_dict() for version in found]})
    else:
        echo("\n\n".join("\n".join(_version_lines(version, zone, say)) for version in found))
    return Exit.FINE


def _version_lines(version: Version, zone: tzinfo | None, say: Phrasebook) -> Iterator[str]:
    edition = version.edition
    yield say("history-edition", at=_shown_times(edition, zone, say), digest=edition.digest[:19])
    if edition.author or edition.note:
        by = say("history-by", author=edition.author, note=edition.note)
        yield by if edition.author and edition.note else f"  {one_line(edition.author or edition.note)}"
    if version.state != "changed":
        yield say(f"history-{version.state}")
    for key, old, new in version.changes:
        nothing = say("history-nothing")
        sides = {"old": _shown(key, old) or nothing, "new": _shown(key, new) or nothing}
        yield say("history-changed", name=key, **sides)
    if version.written is not None:
        since, until = version.in_force.get("from"), version.in_force.get("until")
        limited = "both" if since and until else "from" if since else "until" if until else "always"
        days = say(f"history-{limited}", since=since, until=until, day=since or until)
        yield say("history-in-force", days=days)


def _shown(key: str, value: Any) -> str:
    """Write a part of a rule; of an assignment whom it names, whom they tell, and how soon."""
    # An assignment as plain data would fill several lines.
    if value is None or key != "assign":
        return "" if value is None else value if isinstance(value, str) else written(value)
    roles = []
    for role, assignments in value.items():
        holders = []
        for each in assignments:
            to = f" → {'+'.join(each['to'])}" if each.get("to") else ""
            within = f" ({each['within']})" if each.get("within") else ""
            holders.append("+".join(each["party"]) + to + within)
        roles.append(f"{role}: {', '.join(holders)}")
    return "; ".join(roles)
