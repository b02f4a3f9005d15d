"""Edits of written rulebooks at random, one of every kind that a person makes."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from books import entry, rule
from generate import DAYS, PARTIES, ROLES, Writer

Data = dict[str, Any]


def _with_rule(data: Data, index: int, changed: Data) -> Data:
    return data | {"rules": (*data["rules"][:index], changed, *data["rules"][index + 1 :])}


def _rule(writer: Writer, data: Data) -> tuple[int, Data]:
    index = writer.dice.roll(len(data["rules"]))
    return index, dict(data["rules"][index])


def _in_rule(change: Callable[[Writer, Data], Data]) -> Callable[[Writer, Data], Data]:
    def edit(writer: Writer, data: Data) -> Data:
        index, chosen = _rule(writer, data)
        return _with_rule(data, index, change(writer, chosen))

    return edit


def party(writer: Writer, made: Data) -> Data:
    return made | {"assign": {"lead": writer.dice.pick(PARTIES)}, "default": None, "joint": False}


def role(writer: Writer, made: Data) -> Data:
    fresh = writer.dice.pick(ROLES)
    return made | {"assign": {fresh: writer.dice.pick(PARTIES)}, "default": None, "joint": False}


def to(writer: Writer, made: Data) -> Data:
    holders = {"party": writer.dice.pick(PARTIES), "to": ("lead", writer.dice.pick(PARTIES))}
    return made | {"assign": {**made.get("assign", {}), "report": holders}}


def within(writer: Writer, made: Data) -> Data:
    holders = {"party": writer.dice.pick(PARTIES), "within": writer.dice.pick(("3d", "30h"))}
    return made | {"assign": {**made.get("assign", {}), "handle": holders}}


def condition(writer: Writer, made: Data) -> Data:
    return made | {"when": writer.condition(1)}


def period(writer: Writer, made: Data) -> Data:
    return made | {"in_force": writer.period()}


def default(writer: Writer, made: Data) -> Data:
    return made | {"default": None if made.get("default") else next(iter(made.get("assign") or ()), None)}


def beside(writer: Writer, made: Data) -> Data:
    return made | {"beside": None if made.get("beside") else writer.beside()}


def vacated(writer: Writer, made: Data) -> Data:
    return made | {"vacated": None if made.get("vacated") else writer.dice.pick(ROLES)}


def draft(writer: Writer, made: Data) -> Data:
    return made | {"draft": not made.get("draft")}


def flag(writer: Writer, made: Data) -> Data:
    return made | {"flag": ("undetermined",)}


def joint(writer: Writer, made: Data) -> Data:
    together = {**made.get("assign", {}), "lead": tuple(PARTIES[:2])}
    return made | {"assign": together, "joint": not made.get("joint")}


def overrides(writer: Writer, data: Data) -> Data:
    index, chosen = _rule(writer, data)
    if chosen.get("overrides"):
        return _with_rule(data, index, {k: v for k, v in chosen.items() if k != "overrides"})
    others = [r["id"] for r in data["rules"] if not r.get("overrides") and r["id"] != chosen["id"]]
    return _with_rule(data, index, chosen | {"overrides": tuple(others[:2])})


def default_period(writer: Writer, data: Data) -> Data:
    return data | {"rulebook": data["rulebook"] | {"in_force": writer.period()}}


def recusal(writer: Writer, data: Data) -> Data:
    return data | {"recusal": writer.recusal()}


def obligation(writer: Writer, data: Data) -> Data:
    return data | {"obligations": (writer.obligation("owed-0"), *data["obligations"][1:])}


def impossible(writer: Writer, data: Data) -> Data:
    return data | {"impossible": (writer.condition(2),)}


def matter_added(writer: Writer, data: Data) -> Data:
    fresh = rule("about-noise", {"matter": "noise"}, {"enforce": writer.dice.pick(PARTIES)})
    matters = (*data["matters"], entry("noise", "噪音", parent="violation"))
    return data | {"matters": matters, "rules": (*data["rules"], fresh)}


def value_added(writer: Writer, data: Data) -> Data:
    fresh = rule("about-tenants", {"respondent": "tenant"}, {"enforce": writer.dice.pick(PARTIES)})
    return _fact(data, "respondent", lambda f: f | {"values": (*f["values"], entry("tenant", "租户"))}) | {
        "rules": (*data["rules"], fresh)
    }


def bounds(writer: Writer, data: Data) -> Data:
    return _fact(data, "bidders", lambda f: {k: v for k, v in f.items() if k != "at_least"} | {"at_most": 20})


def fact_default(writer: Writer, data: Data) -> Data:
    name = writer.dice.pick(("in_community", "has_company", "respondent", "bidders", "built_on"))
    value = writer.dice.pick((None, DAYS[2] if name == "built_on" else writer.value(name)))
    return _fact(
        data,
        name,
        lambda f: (
            {k: v for k, v in f.items() if k != "default"} | ({} if value is None else {"default": value})
        ),
    )


def unless_said(writer: Writer, data: Data) -> Data:
    name = writer.dice.pick(("respondent", "reporter"))
    said = {} if writer.dice.chance(30) else {"unless_said": {"not": writer.excluded(name)}}
    left_out = ("default", "unless_said")
    return _fact(data, name, lambda f: {k: v for k, v in f.items() if k not in left_out} | said)


def _fact(data: Data, name: str, change: Callable[[Data], Data]) -> Data:
    return data | {"facts": tuple(change(f) if f["id"] == name else f for f in data["facts"])}


def _tidy(data: Data) -> Data:
    """Leave out what an edit emptied, as its author would."""
    rules = []
    for made in data["rules"]:
        made = {k: v for k, v in made.items() if v is not None and v is not False and v != ()}
        if made.get("default") not in (None, *made.get("assign", {})):
            del made["default"]
        if made.get("default") or made.get("beside"):
            made.pop("vacated", None)
        rules.append(made)
    return data | {"rules": tuple(rules)}


KINDS: dict[str, Callable[[Writer, Data], Data]] = {
    **{
        f.__name__: _in_rule(f)
        for f in (party, role, to, within, condition, period, default, beside, vacated, draft, flag, joint)
    },
    **{
        f.__name__: f
        for f in (
            overrides,
            default_period,
            recusal,
            obligation,
            impossible,
            matter_added,
            value_added,
            bounds,
            fact_default,
            unless_said,
        )
    },
}


def edited(kind: str, writer: Writer, data: Data) -> Data:
    """Make one edit of a kind."""
    return _tidy(KINDS[kind](writer, deepcopy(data)))
