"""Cases to be checked by a person, drafted from what is decided today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dutyroute.analysis.differences.wording import DiffWording
from dutyroute.messages import Lang, word
from dutyroute.routing.decision import Decision
from dutyroute.routing.router import Router
from dutyroute.rulebook.rules import LEAD
from dutyroute.rulebook.vocabulary import Plain
from dutyroute.rulebook.written import written as as_written

Written = dict[str, Any]


def draft(
    router: Router,
    name: str,
    incident: Mapping[str, Plain],
    lang: Lang,
    never: Sequence[tuple[str, str]] = (),
) -> Written:
    """
    Draft a case that expects what is decided today.

    Its title and reason, in one language, ask a person to check it. `never` lists
    parties and roles that must not appear, besides.

    Raises:
        IncidentError: if the incident cannot be routed.
    """
    names = DiffWording(router.rulebook, router.rulebook, lang)
    decision = router.route(incident)
    rules = dict.fromkeys(rule for duty in decision.duties for rule in duty.rules)
    return {
        "id": name,
        "title": word("coverage-draft-title", lang, incident=names.incident(incident)),
        "incident": dict(incident),
        "expect": dict(_expected(decision, never)),
        "because": word("coverage-draft-because", lang, rules=names.listed(rules) or "—"),
    }


def _expected(decision: Decision, never: Sequence[tuple[str, str]]) -> Iterator[tuple[str, Any]]:
    yield "status", decision.status
    yield "lead", _one_or_list(decision.lead)
    for key, certain in (("duties", True), ("possible", False)):
        held: dict[str, list[Any]] = {}
        for duty in decision.duties:
            if duty.certain is certain and duty.role != LEAD:
                # Whom a duty is only possibly towards is no part of what a case can expect.
                is_told = duty.to and not duty.to_possible
                holder = {"party": duty.party, "to": list(duty.to)} if is_told else duty.party
                held.setdefault(duty.role, []).append(holder)
        if held:
            yield key, {role: _one_or_list(holders) for role, holders in held.items()}
    if never:
        roles = dict.fromkeys(role for _, role in never)
        yield "never", {role: _one_or_list([p for p, r in never if r == role]) for role in roles}
    yield "flags", list(decision.flags)
    if decision.ask:
        yield "ask", list(decision.ask)


def _one_or_list(found: Sequence[Any]) -> Any:
    return found[0] if len(found) == 1 else list(found)


def as_yaml(written: Written) -> str:
    """Write a draft as an entry of a case file."""
    lines = [
        f"- id: {written['id']}",
        f"  title: {as_written(written['title'])}",
        f"  incident: {as_written(written['incident'])}",
        "  expect:",
        *(f"    {key}: {as_written(value)}" for key, value in written["expect"].items()),
        f"  because: {as_written(written['because'])}",
    ]
    return "\n".join(lines)
