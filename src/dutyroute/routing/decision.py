"""Decision: the answer to one incident, made from the rulings on its matters."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, ConfigDict, GetCoreSchemaHandler
from pydantic_core import core_schema, to_json

from dutyroute.diagram.ruling import OMITTED_IF_EMPTY, Duty, Ruling, Status, shortest, strongest
from dutyroute.errors import IncidentError
from dutyroute.formats.timestamp import DAY
from dutyroute.record import JsonRecord
from dutyroute.rulebook.calendars import last_day
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import Assumed, Exclusion, Plain

_WORST: tuple[Status, ...] = ("conflict", "unrouted", "incomplete", "routed")


@dataclass(frozen=True, slots=True)
class Stamp(JsonRecord):
    """
    Which rulebook answered: identifier, edition, status and digest.

    `as_stated` is true where the edition was chosen by the time that its publisher
    states, so that the choice rests on that person's word. It is written only then.
    """

    id: str
    edition: str
    status: str
    digest: str
    as_stated: Annotated[bool, OMITTED_IF_EMPTY] = False

    @classmethod
    def of(cls, rulebook: Rulebook, *, as_stated: bool = False) -> Stamp:
        """Return the stamp of a rulebook."""
        return cls(rulebook.id, rulebook.edition, rulebook.status, rulebook.digest, as_stated)


def _day(value: Any) -> Any:
    """Read a day as JSON writes it, so that a decision comes back as it was."""
    return datetime.date.fromisoformat(value) if isinstance(value, str) and DAY.fullmatch(value) else value


PlainValue = Annotated[Plain, BeforeValidator(_day)]
"""A fact's value in a record."""


@dataclass(frozen=True, slots=True)
class DueDate(JsonRecord):
    """The last day that a time limit leaves for a duty in one matter."""

    matter: str
    party: str
    role: str
    date: datetime.date


class _DecisionDraft(JsonRecord):
    """A decision that is being written: the same fields, not yet frozen."""

    __slots__ = ("assumed", "due", "incident", "rulebook", "rulings")


@dataclass(frozen=True, slots=True)
class Decision(_DecisionDraft):
    """
    The answer for one incident: a ruling for each of its matters.

    `assumed` lists the facts that the incident did not give, each with the
    vocabulary's default, or with the values that it has only if they are said. `due`
    lists, for each duty with a time limit, the day on which it ends, where that day
    follows from the incident's day.
    """

    incident: str | None
    rulings: tuple[Ruling, ...]
    rulebook: Stamp
    assumed: Assumed = ()
    due: tuple[DueDate, ...] = ()

    @property
    def status(self) -> Status:
        """The worst status of the rulings."""
        return min((ruling.status for ruling in self.rulings), key=_WORST.index)

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
        # Party by party, in the order in which they first appear; each with its roles as the chain has them.
        order = {party: i for i, party in enumerate(dict.fromkeys(p for p, _ in merged))}
        return tuple(merged[key] for key in sorted(merged, key=lambda key: order[key[0]]))

    @property
    def parties(self) -> dict[str, tuple[str, ...]]:
        """Each party once, with the roles that it holds in any of the matters."""
        return _parties(self.duties)

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the decision as one JSON text, on one line unless an `indent` is given."""
        if indent is not None:
            return JsonRecord.to_json(self, indent=indent)
        # What follows from rulings and rulebook is written once; only the rest is the incident's own.
        before, after = _written(self.rulings, self.rulebook)
        own = f'{{"incident":{to_json(self.incident).decode()}{before}'
        if not (self.assumed or self.due):
            return f"{own}{{}}{after}}}"
        assumed = to_json(dict(self.assumed), by_alias=True).decode()
        due = f',"due":{to_json(self.due).decode()}' if self.due else ""
        return f"{own}{assumed}{after}{due}}}"

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Tell pydantic to read and write a decision by way of `WrittenDecision`."""
        written = handler.generate_schema(WrittenDecision)
        writing = core_schema.plain_serializer_function_ser_schema(WrittenDecision.of, return_schema=written)

        def read(value: Any, validate: core_schema.ValidatorFunctionWrapHandler) -> Decision:
            if isinstance(value, Decision):  # a field of somebody's model may be given one
                return value
            found = validate(value)
            assumed = tuple(found.assumed.items())
            return decided(found.incident, found.rulings, found.rulebook, assumed, found.due)

        return core_schema.no_info_wrap_validator_function(read, written, serialization=writing)


@dataclass(frozen=True, slots=True)
class AssignedDuty(Duty):
    """A duty of a whole decision, with the matters in which the party has it."""

    matters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PartyRoles:
    """A party with its roles, over all matters of a decision."""

    party: str
    roles: tuple[str, ...]


_every_field: Callable[[Duty], Any] = attrgetter(*(field.name for field in fields(Duty)))


@dataclass(slots=True)
class WrittenDecision:
    """
    A decision as it is written: its fields, and beside them what follows from them.

    INVARIANT: ledgers hold decisions in this form, and `ledger replay` compares
    them whole. Pydantic's `computed_field` would do the same with less, but makes
    each of the properties twenty times slower and puts them after the fields.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(title="Decision")

    incident: str | None
    status: Status
    rulings: tuple[Ruling, ...]
    duties: tuple[AssignedDuty, ...]
    parties: tuple[PartyRoles, ...]
    ask: tuple[str, ...]
    assumed: dict[str, PlainValue | Exclusion]
    rulebook: Stamp
    due: Annotated[tuple[DueDate, ...], OMITTED_IF_EMPTY] = ()

    @classmethod
    def of(cls, decision: Decision) -> WrittenDecision:
        """Work out what is written of a decision."""
        duties = decision.duties
        matters: dict[tuple[str, str], list[str]] = {}
        for ruling in decision.rulings:
            for duty in ruling.duties:
                matters.setdefault((duty.party, duty.role), []).append(ruling.matter)
        assigned = [(*_every_field(d), tuple(matters[d.party, d.role])) for d in duties]
        return cls(
            incident=decision.incident,
            status=decision.status,
            rulings=decision.rulings,
            duties=tuple([AssignedDuty(*each) for each in assigned]),
            parties=tuple([PartyRoles(*each) for each in _parties(duties).items()]),
            ask=decision.ask,
            assumed=dict(decision.assumed),
            rulebook=decision.rulebook,
            due=decision.due,
        )


def decided(
    incident: str | None,
    rulings: tuple[Ruling, ...],
    rulebook: Stamp,
    assumed: Assumed,
    due: tuple[DueDate, ...] = (),
) -> Decision:
    """Make a decision as `Decision(...)` does, in a quarter of the time."""
    # A frozen dataclass sets each field through `object.__setattr__`. A draft is written plainly and then
    # becomes the decision, whose slots are the same: 0.4 µs in place of 1.7. Routing a prepared incident
    # takes 2.5 µs in all; without this, here and for incidents, it would take about half as long again.
    draft: Any = _DecisionDraft()
    draft.incident = incident
    draft.rulings = rulings
    draft.rulebook = rulebook
    draft.assumed = assumed
    draft.due = due
    draft.__class__ = Decision
    return draft  # type: ignore[no-any-return]


def together(decisions: Sequence[Decision]) -> Decision:
    """Make one decision of those on the single matters of an incident."""
    rulings = (ruling for each in decisions for ruling in each.rulings)
    assumed = dict.fromkeys(pair for each in decisions for pair in each.assumed)
    due = (day for each in decisions for day in each.due)
    return replace(decisions[0], rulings=tuple(rulings), assumed=tuple(assumed), due=tuple(due))


def due_dates(
    rulebook: Rulebook, rulings: tuple[Ruling, ...], facts: Mapping[str, Plain | None]
) -> tuple[DueDate, ...]:
    """List the days on which limits that begin on the incident's day end, as far as these are known."""
    since = facts.get(rulebook.header.date or "")
    found = []
    for matter, duty in ((ruling.matter, duty) for ruling in rulings for duty in ruling.duties):
        if duty.within is not None and isinstance(since, datetime.date):
            end = last_day(duty.within, since, rulebook.calendars)
            found += [] if end is None else [DueDate(matter, duty.party, duty.role, end)]
    return tuple(found)


_KEPT = 2_000
"""For how many rulings their JSON is kept: some 20 MB."""

_texts: dict[tuple[int, ...], tuple[object, tuple[str, str]]] = {}


def _written(rulings: tuple[Ruling, ...], stamp: Stamp) -> tuple[str, str]:
    """Return what stands in a decision's JSON between `incident` and `assumed`, and after that."""
    # A key says which objects they are only as long as these live: they are kept with it.
    key = (id(stamp), *map(id, rulings))
    known = _texts.get(key)
    if known is not None:
        return known[1]
    text = JsonRecord.to_json(decided(None, rulings, stamp, ()))
    before, after = text.removeprefix('{"incident":null').rsplit('{},"rulebook":', 1)
    if len(_texts) >= _KEPT:
        _texts.clear()
    found = before, f',"rulebook":{after.removesuffix("}")}'
    _texts[key] = (rulings, stamp), found
    return found


DecisionOrError = Decision | IncidentError
"""What an incident is answered by."""


def _parties(duties: Iterable[Duty]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for duty in duties:
        found.setdefault(duty.party, []).append(duty.role)
    return {party: tuple(roles) for party, roles in found.items()}


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
