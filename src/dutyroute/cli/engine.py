"""Which engine decides, and what is said where two of them are compared."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any, Literal

from dutyroute.cli.output import Exit, complain
from dutyroute.messages import Phrasebook
from dutyroute.routing.router import Router
from dutyroute.rulebook.rulebook import Rulebook

__all__ = ["Engine", "engines", "tell_engines"]

Engine = Literal["diagram", "rete", "both"]
_ANSWERS = (("diagram", "first"), ("rete", "second"))


def engines(
    rulebook: Rulebook, engine: Engine, stack: ExitStack, **options: Any
) -> tuple[Router, Router | None]:
    """
    Make the router that answers and, for `both`, the one that it is compared with.

    `options` are for the router that answers only: the second one records nothing.
    """
    # Of both engines the diagram answers: the other is there to be compared.
    named: Literal["diagram", "rete"] = "rete" if engine == "rete" else "diagram"
    router = stack.enter_context(Router(rulebook, engine=named, **options))
    return router, stack.enter_context(Router(rulebook, engine="rete")) if engine == "both" else None


def tell_engines(say: Phrasebook, told: Mapping[str, Any], *, as_call: bool = True) -> None:
    """
    Say to standard error whether the engines agree; the answers keep their stream to themselves.

    `told` is what `Agreement.as_dict` returns. The smallest incident that shows a
    difference is written as the call that shows it again; where no call on the
    command line asks for it, `as_call` is False.
    """
    total = told["agreed"] + told["open"] + told["disagreed"]
    key = "engines-differ" if told["disagreed"] else "engines-agree"
    lines = [say(key, total=f"{total:,}", agreed=f"{told['agreed']:,}", disagreed=f"{told['disagreed']:,}")]
    if told["open"]:
        lines.append(say("engines-open", open=f"{told['open']:,}"))
    for each in told["shown"]:
        met, incident = each["met"], each["incident"]
        lines.append(say("engines-smallest", met=say("engines-met", incident=met) if met else ""))
        lines.append("  " + (_call(incident) if as_call else json.dumps(incident, ensure_ascii=False)))
        for engine, place in _ANSWERS:
            answer = each[place].get("rulings", each[place])
            lines.append(f"  {engine}: {json.dumps(answer, ensure_ascii=False)}")
    complain("\n".join(lines), Exit.FINE)


def _call(incident: Mapping[str, Any]) -> str:
    """Write the call that shows it again."""
    words = ["dutyroute", "route", "--engine", "both"]
    matters = incident["matter"]
    for matter in matters if isinstance(matters, list) else [matters]:
        words += ["--matter", matter]
    for fact, value in incident.items():
        # An empty value says that the fact is unknown, which a default would hide.
        if fact != "matter":
            shown = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
            words += ["--fact", f"{fact}={shown}"]
    return shlex.join(words)
