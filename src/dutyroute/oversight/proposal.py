"""What an overseer answers: proposals, and the state of a subject."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Annotated, Any, Literal

from dutyroute.diagram.ruling import OMITTED_IF_EMPTY
from dutyroute.oversight.event import Subject
from dutyroute.record import JsonRecord
from dutyroute.rulebook.types import Basis, Named, Pairs
from dutyroute.rulebook.written import plain


@dataclass(frozen=True, slots=True)
class Proposal(JsonRecord):
    """
    A measure that is proposed for a subject; a person decides on it.

    `number` counts how often it was proposed for this subject. `facts` are those
    that its condition names, `events` those behind them: open orders to rectify,
    then the oldest first, and `unfounded` those of them that were found to be so
    after it was made. `candidate` means that the measure needs another legal ground
    as well.
    """

    subject: Annotated[Subject, Named("kind", "name")]
    measure: str
    number: int
    at: date
    to: str
    rules: tuple[str, ...]
    clauses: tuple[str, ...]
    basis: Basis
    events: tuple[str, ...]
    facts: Pairs
    candidate: bool = False
    decided_by: Literal["person"] = "person"
    unfounded: Annotated[tuple[str, ...], OMITTED_IF_EMPTY] = ()


@dataclass(frozen=True, slots=True)
class RatingChange(JsonRecord):
    """A change of a subject's points: the event and rule behind it, and the rating after it."""

    at: date
    event: str
    reason: str
    delta: int
    points: int | None
    stars: int | None


@dataclass(frozen=True, slots=True)
class Near(JsonRecord):
    """A counter that is close to the threshold of a measure."""

    measure: str
    counter: str
    count: int
    threshold: int

    @property
    def is_close(self) -> bool:
        """Whether the count is at least three quarters of the threshold, or one below it."""
        return self.count > 0 and (self.count * 4 >= self.threshold * 3 or self.count + 1 >= self.threshold)


@dataclass(frozen=True, slots=True)
class SubjectState:
    """
    What is known about a subject at the end of a day.

    `standing` are the proposals whose conditions still hold; `proposed` is how
    often each measure was ever proposed. The rating is for reference only: it
    excludes nobody from a tender.
    """

    subject: Subject
    at: date
    counts: dict[str, int]
    orders: tuple[str, ...]
    overdue: tuple[str, ...]
    taken: tuple[str, ...]
    proposed: dict[str, int]
    standing: tuple[Proposal, ...]
    near: tuple[Near, ...]
    points: int | None
    stars: int | None
    disputes: tuple[str, ...]
    changes: tuple[RatingChange, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain data ready for JSON; what is proposed is listed apart from it."""
        kind, name = self.subject
        told = plain(asdict(self))
        kept = {key: told[key] for key in ("counts", "orders", "overdue", "taken", "near")}
        rating = {"points": self.points, "stars": self.stars, "use": "reference"}
        for change in told["changes"]:
            del change["stars"]
        own = {"rating": rating, "disputes": told["disputes"], "changes": told["changes"]}
        return {"kind": kind, "name": name, **kept, **own}
