"""Decision: the answer to one incident, made from the rulings on its matters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from dutyroute.diagram.ruling import Duty, Ruling, Status, shortest, strongest
from dutyroute.rulebook.vocabulary import Plain

__all__ = ["Decision", "Stamp", "decided"]

_WORST: tuple[Status, ...] = ("conflict", "unrouted", "incomplete", "routed")


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which rulebook answered: identifier, edition, status and digest."""

    id: str
    edition: str
    status: str
    digest: str


class _Draft:
    """A decision that is being written: the same fields, not yet frozen."""

    __slots__ = ("assumed", "incident", "rulebook", "rulings")


@dataclass(frozen=True, slots=True)
class Decision(_Draft):
    """
    The answer for one incident: a ruling for each of its matters.

    `assumed` lists the facts that the incident did not give and that the
    vocabulary's default stood in for.
    """

    incident: str | None
    rulings: tuple[Ruling, ...]
    rulebook: Stamp
    assumed: tuple[tuple[str, Plain], ...] = ()

    @property
    def status(self) -> Status:
        """The worst status of the rulings."""
        found = {r.status for r in self.rulings}
        return next(s for s in _WORST if s in found)

    @property
    def lead(self) -> tuple[str, ...]:
        """Everyone who leads one of the matters for certain, each named once."""
        return tuple(dict.fromkeys(p for r in self.rulings for p in r.lead))

    @property
    def flags(self) -> tuple[str, ...]:
        """The certain flags of all rulings, each named once."""
        return tuple(dict.fromkeys(f for r in self.rulings for f in r.flags))

    @property
    def ask(self) -> tuple[str, ...]:
        """The facts that can still change any ruling, each named once."""
        return tuple(dict.fromkeys(f for r in self.rulings for f in r.ask))

    @property
    def duties(self) -> tuple[Duty, ...]:
        """The duties of all rulings; the same party and role is named once."""
        merged: dict[tuple[str, str], Duty] = {}
        for duty in (d for r in self.rulings for d in r.duties):
            key = duty.party, duty.role
            merged[key] = _both(merged[key], duty) if key in merged else duty
        order = {party: i for i, party in enumerate(dict.fromkeys(p for p, _ in merged))}
        return tuple(merged[key] for key in sorted(merged, key=lambda key: order[key[0]]))

    @property
    def parties(self) -> dict[str, tuple[str, ...]]:
        """Each party once, with the roles that it holds in any of the matters."""
        found: dict[str, list[str]] = {}
        for duty in self.duties:
            found.setdefault(duty.party, []).append(duty.role)
        return {party: tuple(roles) for party, roles in found.items()}

    def matters(self, party: str, role: str) -> tuple[str, ...]:
        """List the matters in which a party holds, or may hold, a role."""
        return tuple(
            r.matter for r in self.rulings if any((d.party, d.role) == (party, role) for d in r.duties)
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the decision as plain data, ready for JSON."""
        return {
            "incident": self.incident,
            "status": self.status,
            "rulings": [_ruling(r) for r in self.rulings],
            "duties": [{**_duty(d), "matters": list(self.matters(d.party, d.role))} for d in self.duties],
            "parties": [{"party": p, "roles": list(roles)} for p, roles in self.parties.items()],
            "ask": list(self.ask),
            "assumed": {f: v if isinstance(v, bool | int) else str(v) for f, v in self.assumed},
            "rulebook": _record(self.rulebook),
        }


def decided(
    incident: str | None, rulings: tuple[Ruling, ...], rulebook: Stamp, assumed: tuple[tuple[str, Plain], ...]
) -> Decision:
    """
    Make a decision in a fifth of the time that `Decision(...)` takes.

    A frozen dataclass sets each field through `object.__setattr__`; a draft is
    written plainly and then becomes the decision, whose slots are the same.
    """
    draft: Any = _Draft()
    draft.incident = incident
    draft.rulings = rulings
    draft.rulebook = rulebook
    draft.assumed = assumed
    draft.__class__ = Decision
    return draft  # type: ignore[no-any-return]


def _both(one: Duty, other: Duty) -> Duty:
    """
    Merge the same duty from two matters: certain if it is in either.

    What only the uncertain one says stays uncertain: whom it tells is possible,
    and neither its basis nor its limit counts.
    """
    if one.certain is not other.certain:
        sure, unsure = (one, other) if one.certain else (other, one)
        to, to_possible = sure.to, _union(sure.to_possible, _union(unsure.to, unsure.to_possible))
        basis, within = sure.basis, sure.within
    else:
        to, to_possible = _union(one.to, other.to), _union(one.to_possible, other.to_possible)
        basis, within = strongest((one.basis, other.basis)), shortest((one.within, other.within))
    return replace(
        one,
        to=to,
        to_possible=tuple(party for party in to_possible if party not in to),
        within=within,
        rules=tuple(sorted({*one.rules, *other.rules})),
        clauses=_union(one.clauses, other.clauses),
        basis=basis,
        certain=one.certain or other.certain,
        default=one.default and other.default,
    )


def _union(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _ruling(ruling: Ruling) -> dict[str, Any]:
    return {
        "matter": ruling.matter,
        "status": ruling.status,
        "lead": list(ruling.lead),
        "duties": [_duty(d) for d in ruling.duties],
        "flags": list(ruling.flags),
        "possible_flags": list(ruling.possible_flags),
        "recused": [_record(r) for r in ruling.recused],
        "breaches": [_record(b) for b in ruling.breaches],
        "ask": list(ruling.ask),
    }


def _duty(duty: Duty) -> dict[str, Any]:
    written = _record(duty)
    for empty in ("within", "to_possible"):
        if not written[empty]:
            del written[empty]
    return written


def _record(record: Any) -> dict[str, Any]:
    """Write a flat record as a dict, tuples as lists."""
    values = {name: getattr(record, name) for name in record.__slots__}
    return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}
