"""`dutyroute ledger publish` and `history`: editions of a rulebook, and a rule through them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from dutyroute.cli import exits
from dutyroute.cli.output import complain, echo, echo_json, harmless
from dutyroute.cli.rulebooks import rules_folder
from dutyroute.diagnostics import nearest
from dutyroute.formats.timestamp import shown_moment
from dutyroute.ledger import Ledger
from dutyroute.messages import Phrasebook
from dutyroute.rulebook import loader
from dutyroute.rulebook.editions import Version, order_of, versions
from dutyroute.rulebook.written import written

__all__ = ["history", "publish"]


def publish(
    say: Phrasebook, *, ledger: str, rules: str | None, author: str, note: str, at: datetime | None
) -> int:
    """Freeze a rulebook as an edition."""
    rulebook = loader.load(rules_folder(rules, say))
    with Ledger.open(ledger) as opened:
        newest = opened.editions()[-1:]
        if newest and newest[0].digest == rulebook.digest:
            shown = shown_moment(newest[0].published)
            echo(say("published-already", at=shown, digest=rulebook.digest))
            return exits.FINE
        edition = opened.publish(
            rulebook.canonical().encode(),
            digest=rulebook.digest,
            author=author,
            note=note,
            at=at or datetime.now(UTC),
            order=order_of(rulebook),
        )
    shown = shown_moment(edition.published)
    echo(say("published", number=edition.number, at=shown, digest=edition.digest))
    return exits.FINE


def history(say: Phrasebook, *, ledger: str, rule: str, format: str) -> int:
    """Print a rule edition by edition."""
    with Ledger.open(ledger, create=False) as opened:
        found = versions(opened, rule)
        if not found:
            names = {each["id"] for e in opened.editions() for each in json.loads(e.content)["rules"]}
            near = nearest(rule, sorted(names))
            key = "history-none-near" if near else "history-none"
            return complain(say(key, rule=rule, suggestion=near), exits.USAGE)
    if format == "json":
        echo_json({"rule": rule, "versions": [_as_dict(version) for version in found]})
    else:
        echo("\n\n".join("\n".join(_lines(version, say)) for version in found))
    return exits.FINE


def _as_dict(version: Version) -> dict[str, Any]:
    edition = version.edition
    return {
        "published": edition.published.isoformat(),
        "digest": edition.digest,
        "author": edition.author,
        "note": edition.note,
        "state": version.state,
        "in_force": dict(version.in_force),
        "changes": [{"key": key, "old": old, "new": new} for key, old, new in version.changes],
        "written": version.written,
    }


def _lines(version: Version, say: Phrasebook) -> Iterator[str]:
    edition = version.edition
    yield say("history-edition", at=shown_moment(edition.published), digest=edition.digest[:19])
    if edition.author and edition.note:
        yield harmless(say("history-by", author=edition.author, note=edition.note))
    elif edition.author or edition.note:
        yield harmless(f"  {edition.author or edition.note}")
    if version.state != "changed":
        yield say(f"history-{version.state}")
    for key, old, new in version.changes:
        nothing = say("history-nothing")
        sides = {"old": _shown(key, old) or nothing, "new": _shown(key, new) or nothing}
        yield harmless(say("history-changed", name=key, **sides))
    if version.written is not None:
        yield say("history-in-force", days=_days(version.in_force, say))


def _shown(key: str, value: Any) -> str:
    if value is None:
        return ""
    if key == "assign":
        return "; ".join(f"{role}: {', '.join(map(_holders, given))}" for role, given in value.items())
    return value if isinstance(value, str) else written(value)


def _holders(given: Mapping[str, Any]) -> str:
    """Write whom an assignment names, whom they tell, and how soon."""
    to = f" → {'+'.join(given['to'])}" if given.get("to") else ""
    return "+".join(given["party"]) + to + (f" ({given['within']})" if given.get("within") else "")


def _days(period: Mapping[str, str], say: Phrasebook) -> str:
    since, until = period.get("from"), period.get("until")
    if since and until:
        return say("history-both", since=since, until=until)
    if since:
        return say("history-from", day=since)
    return say("history-until", day=until) if until else say("history-always")
