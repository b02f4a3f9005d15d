"""Cases to be checked by a person, drafted from what is decided today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dutyroute.cases.cases import Case, Expectation
from dutyroute.diagram.ruling import Duty
from dutyroute.routing.decision import Decision
from dutyroute.routing.router import Router
from dutyroute.rulebook.written import written as as_written

__all__ = ["as_case", "as_yaml", "draft"]

Written = dict[str, Any]


def draft(
    router: Router,
    name: str,
    incident: Mapping[str, Any],
    title: str,
    because: str,
    never: Sequence[tuple[str, str]] = (),
) -> Written:
    """
    Draft a case that expects what is decided today.

    `never` lists parties and roles that must not appear, besides.

    Raises:
        IncidentError: if the incident cannot be routed.
    """
    decision = router.route(incident)
    return {
        "id": name,
        "title": title,
        "incident": dict(incident),
        "expect": dict(_expected(decision, never)),
        "because": because,
    }


def _expected(decision: Decision, never: Sequence[tuple[str, str]]) -> Iterator[tuple[str, Any]]:
    yield "status", decision.status
    yield "lead", _few(decision.lead)
    for key, certain in (("duties", True), ("possible", False)):
        held = [duty for duty in decision.duties if duty.certain is certain and duty.role != "lead"]
        if held:
            yield key, _by_role(held)
    if never:
        roles = dict.fromkeys(role for _, role in never)
        yield "never", {role: _few([p for p, r in never if r == role]) for role in roles}
    yield "flags", list(decision.flags)
    if decision.ask:
        yield "ask", list(decision.ask)


def _by_role(duties: Sequence[Duty]) -> Written:
    roles = dict.fromkeys(duty.role for duty in duties)
    return {role: _few([_holder(duty) for duty in duties if duty.role == role]) for role in roles}


def _holder(duty: Duty) -> Any:
    return {"party": duty.party, "to": list(duty.to)} if duty.to and not duty.to_possible else duty.party


def _few(listed: Sequence[Any]) -> Any:
    return listed[0] if len(listed) == 1 else list(listed)


def as_case(router: Router, written: Written) -> Case:
    """Turn a draft into a case that can be run."""
    expected = Expectation.model_validate(_tuples(written["expect"]))
    incident = router.incident(written["incident"])
    return Case(written["id"], written["title"], None, incident, (expected,), written["because"])


def _tuples(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _tuples(each) for key, each in value.items()}
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def as_yaml(written: Written) -> str:
    """Write a draft as an entry of a case file."""
    lines = [f"- id: {written['id']}"]
    lines += [
        f"  title: {as_written(written['title'])}",
        f"  incident: {as_written(written['incident'])}",
        "  expect:",
    ]
    for key, value in written["expect"].items():
        lines.append(f"    {key}: {as_written(value)}")
    lines.append(f"  because: {as_written(written['because'])}")
    return "\n".join(lines)
