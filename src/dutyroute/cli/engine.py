"""Which engine decides, and what is said where two of them are held against each other."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any, Literal

from dutyroute.cli import exits
from dutyroute.cli.output import complain
from dutyroute.messages import Phrasebook
from dutyroute.routing.agreement import Agreement
from dutyroute.routing.router import Router
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.written import written

__all__ = ["Engine", "complain_engines", "engines", "record_of", "tell_engines"]

Engine = Literal["diagram", "rete", "both"]


def engines(
    rulebook: Rulebook, engine: Engine, stack: ExitStack, **kept: Any
) -> tuple[Router, Router | None]:
    """
    Make the router that answers and, for `both`, the one that is held against it.

    `kept` is what only the router that answers is told: that it records.
    """
    named: Literal["diagram", "rete"] = "rete" if engine == "rete" else "diagram"
    router = stack.enter_context(Router(rulebook, engine=named, **kept))
    return router, stack.enter_context(Router(rulebook, engine="rete")) if engine == "both" else None


def record_of(incident: Mapping[str, Any]) -> str:
    """Show what an overseer asked of itself; no call on the command line asks that."""
    return json.dumps(incident, ensure_ascii=False)


def complain_engines(
    say: Phrasebook, held: Agreement, status: int, show: Callable[[Mapping[str, Any]], str] | None = None
) -> int:
    """Say to standard error whether the engines agree; the answers keep their stream to themselves."""
    complain("\n".join(_told(say, held.as_dict(), show or _command)), exits.FINE)
    return status if held.holds else exits.FOUND


def tell_engines(say: Phrasebook, told: Mapping[str, Any]) -> None:
    """Say whether the engines agree, below what a replay came to."""
    complain("\n".join(_told(say, told, _command)), exits.FINE)


def _told(
    say: Phrasebook, told: Mapping[str, Any], show: Callable[[Mapping[str, Any]], str]
) -> Iterator[str]:
    total = told["agreed"] + told["open"] + told["disagreed"]
    key = "engines-differ" if told["disagreed"] else "engines-agree"
    yield say(key, total=f"{total:,}", agreed=f"{told['agreed']:,}", disagreed=f"{told['disagreed']:,}")
    if told["open"]:
        yield say("engines-open", open=f"{told['open']:,}")
    for each in told["shown"]:
        met = each["met"]
        yield say("engines-smallest", met=say("engines-met", incident=met) if met else "")
        yield f"  {show(each['incident'])}"
        yield from (f"  {engine}: {_said(each[place])}" for engine, place in _PLACES)


_PLACES = (("diagram", "first"), ("rete", "second"))


def _said(answer: Mapping[str, Any]) -> str:
    """Show an answer's rulings, or its error, in one line."""
    return json.dumps(answer.get("rulings", answer), ensure_ascii=False)


def _command(incident: Mapping[str, Any]) -> str:
    """Write the call that shows it again."""
    words = ["dutyroute", "route", "--engine", "both"]
    matters = incident["matter"]
    for matter in matters if isinstance(matters, list) else [matters]:
        words += ["--matter", matter]
    for fact, value in incident.items():
        if fact != "matter":
            words += ["--fact", f"{fact}=" + ("" if value is None else written(value, quotes=False))]
    return shlex.join(words)
