"""Router: the library's front door. Walks the diagram and writes the decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack

from dutyroute.diagram.diagram import Diagram
from dutyroute.diagram.engine import DiagramEngine
from dutyroute.diagram.unknowns import ImpossibleIncident, Reach, TooOpen
from dutyroute.errors import IncidentError, LedgerError, needs
from dutyroute.messages import Lang, language
from dutyroute.routing.answer import Answer, answers, choices, foresees, left_out
from dutyroute.routing.candidate import Candidate, candidates
from dutyroute.routing.decision import Decision, Stamp, decided, due_dates, together
from dutyroute.routing.explanation import Explanation, Reason, explain_ruling, near
from dutyroute.routing.incident import Incident, IncidentReader
from dutyroute.routing.refusal import check_day, refusal
from dutyroute.rulebook import loader
from dutyroute.rulebook.editions import DecisionLog, PublishedEdition, known_at, restore
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.search import MOST, Suggestions
from dutyroute.rulebook.shipped import shipped

if TYPE_CHECKING:
    from dutyroute.rete.engine import Rete
    from dutyroute.routing.table import Frame, Routed

Given = Incident | Mapping[str, Any]

NOW = partial(datetime.now, UTC)


class RouterOptions(TypedDict, total=False):
    """What may be said of a router besides its rulebook; `Router` tells what each is."""

    ledger: DecisionLog | None
    redact: Sequence[str]
    clock: Callable[[], datetime]
    today: Callable[[], date] | None
    engine: Literal["diagram", "rete"]


class Router:
    """
    Answers, for any incident, who must do what, under which clause, and how certain that is.

    Immutable and safe to share between threads. The rulebook is compiled when
    it is first walked, matter by matter.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        *,
        ledger: DecisionLog | None = None,
        redact: Sequence[str] = (),
        clock: Callable[[], datetime] = NOW,
        today: Callable[[], date] | None = None,
        engine: Literal["diagram", "rete"] = "diagram",
        as_stated: bool = False,
    ) -> None:
        """
        Prepare to route by a rulebook.

        With a `ledger`, each decision is recorded before `route` returns it, at
        the moment that `clock` tells, the keys of `redact` hashed out. An incident
        that does not mention its day is of the day that `today` tells, which its
        decision lists as assumed; without `today` the day is unknown. `as_stated`
        marks decisions by an edition that was chosen by its stated time. With the
        engine `rete`, durable-rules decides, in a process that `close` ends;
        explanations are the diagram's all the same.

        Raises:
            LedgerError: if the rulebook is not published in the ledger.
            EngineError: if durable-rules cannot carry the rulebook.
            KeyError: if there is no such engine.
            MissingExtraError: if durable-rules is not installed.
        """
        self.rulebook = rulebook
        self.ledger = ledger
        self._redact, self._clock, self._today = tuple(redact), clock, today
        self._published: dict[tuple[str, bool], Router] = {}
        self.engine = engine
        self._compiled = DiagramEngine(rulebook)
        self._engine: DiagramEngine | Rete = self._compiled
        if engine == "rete":
            from dutyroute.rete.engine import Rete  # what it needs is loaded for those who ask for it

            self._engine = Rete(rulebook)
        elif engine != "diagram":
            raise KeyError(engine)
        if ledger is not None and all(each.digest != rulebook.digest for each in ledger.editions()):
            raise LedgerError(ledger.path, "ledger-unpublished", {"digest": rulebook.digest})
        self._words = rulebook.vocabulary
        self._reader = IncidentReader(rulebook, today)
        self._stamp = Stamp.of(rulebook, as_stated=as_stated)
        # Where every day has rules, no incident need be asked for its day.
        self._has_days = rulebook.days != (date.min, date.max)
        self._has_limits = rulebook.has_limits

    @property
    def diagram(self) -> Diagram:
        """The rulebook compiled, as far as it was walked."""
        return self._compiled.diagram

    def __reduce__(self) -> tuple[Any, ...]:
        if self.ledger is not None:
            raise TypeError("a router that records stays in its process")
        # What was built so far is built again where it arrives. `today` goes along: without it, an
        # unknown day would be answered differently there. One that pickle cannot carry, such as a
        # lambda, is named in pickle's own error.
        options: dict[str, Any] = {"today": self._today, "engine": self.engine}
        options["as_stated"] = self._stamp.as_stated
        return partial(type(self), **options), (self.rulebook,)

    def __enter__(self) -> Router:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process of the second engine, where there is one; nothing else is held open."""
        for router in (self, *self._published.values()):
            router._engine.close()

    @classmethod
    def load(cls, path: str | Path, **options: Unpack[RouterOptions]) -> Router:
        """
        Load the rulebook in a folder (or a single file) and compile it.

        The options are those of the router itself.

        Raises:
            RulebookError: with every fault found in the files.
            LedgerError: if it is to be recorded and is not published.
        """
        return cls(loader.load(path), **options)

    @classmethod
    def shipped(cls, **options: Unpack[RouterOptions]) -> Router:
        """
        Load the rulebook that comes with dutyroute.

        The options are those of the router itself.

        Raises:
            LedgerError: if it is to be recorded and is not published.
        """
        return cls.load(shipped("rules"), **options)

    def incident(self, given: Given) -> Incident:
        """
        Read a mapping as an incident, once, so that it can be routed many times.

        One that was read for another rulebook is read again, for this one.

        Raises:
            IncidentError: naming fact and value, and what was expected.
        """
        if not isinstance(given, Incident):
            return self._reader.read(given)
        return given if given.words is self._reader.words else self._reader.again(given)

    def route(
        self,
        incident: Given,
        *,
        as_of: date | None = None,
        as_known: date | datetime | None = None,
        as_stated: date | datetime | None = None,
    ) -> Decision:
        """
        Decide who must do what.

        `as_of` asks for the rules of another day, as though the incident had been
        reported then; `as_known` for the edition that was the newest at a moment,
        or at the end of a day; `as_stated` for the one that was it by its publisher's
        word. Such questions are not recorded.

        Raises:
            IncidentError: if the incident cannot be read, contradicts itself, or
                lies on a day on which no rule is in force.
            LedgerError: if the decision cannot be recorded, or nothing was
                published by the moment that is asked for.
        """
        if as_known is not None:
            return self.known(as_known).route(incident, as_of=as_of)
        if as_stated is not None:
            return self.stated(as_stated).route(incident, as_of=as_of)
        # Asked here and not left to `incident`: one call less for what was prepared.
        is_read = incident.__class__ is Incident and incident.words is self._words
        read: Incident = incident if is_read else self.incident(incident)  # type: ignore[assignment]
        if as_of is not None:
            dated = self.rulebook.header.date
            return self._decide(read if dated is None else self._reader.changed(read, {dated: as_of}))
        decision = self._decide(read)
        if self.ledger is not None:
            # INVARIANT: what was returned is on record; an error here means that nobody was answered.
            written = read.to_dict(), decision.to_dict()
            at, edition = self._clock(), self.rulebook.digest
            self.ledger.append(*written, edition=edition, at=at, redact=self._redact)
        return decision

    def edition(self, digest: str) -> Router:
        """
        Bring back the rulebook of a published edition, by the beginning of its digest.

        Raises:
            LedgerError: if there is none, or the router has no ledger.
        """
        return self._routed_by(lambda ledger: ledger.edition(digest))

    def stated(self, at: date | datetime) -> Router:
        """
        Bring back the rulebook that was published at a moment by its publisher's word.

        Its decisions are marked: the ledger knows when an edition was written, and
        `known` goes by that; when it was published before that, a person stated.

        Raises:
            LedgerError: if nothing had been published by then, or the router has no ledger.
        """
        return self._routed_by(lambda ledger: known_at(ledger, at, as_stated=True), as_stated=True)

    def known(self, at: date | datetime) -> Router:
        """
        Bring back the rulebook that was known at a moment, or at the end of a day.

        Days are those of the time zone of the newest edition, of UTC where it has none.

        Raises:
            LedgerError: if nothing had been published by then, or the router has no ledger.
        """
        return self._routed_by(lambda ledger: known_at(ledger, at))

    def _routed_by(
        self, find: Callable[[DecisionLog], PublishedEdition], *, as_stated: bool = False
    ) -> Router:
        """Return the router of an edition that is found in the ledger."""
        if self.ledger is None:
            raise LedgerError("dutyroute", "ledger-none")
        edition = find(self.ledger)
        key = edition.digest, as_stated
        found = self._published.get(key)
        if found is None:
            book = restore(edition, self.ledger.path)
            fresh = Router(book, today=self._today, engine=self.engine, as_stated=as_stated)
            # Two threads may both have built one; all go on with the one that came first.
            found = self._published.setdefault(key, fresh)
        return found

    def _decide(self, read: Incident) -> Decision:
        if self._has_days:
            check_day(self.rulebook, read)
        # Each matter is ruled on by itself; nothing that one matter's rules say touches another's.
        matters, facts, rule = read.matters, read.facts, self._engine.rule
        try:
            rulings = (
                (rule(matters[0], facts),)
                if len(matters) == 1
                else tuple([rule(matter, facts) for matter in matters])
            )
        except (ImpossibleIncident, TooOpen) as refused:
            return self._decide_by_all_values(read, refused)
        due = due_dates(self.rulebook, rulings, read.facts) if self._has_limits else ()
        return decided(read.id, rulings, self._stamp, read.assumed, due)

    def _decide_by_all_values(self, read: Incident, refused: ImpossibleIncident | TooOpen) -> Decision:
        """Decide with all values of the facts that are not given, where the others are impossible."""
        wider = self._reader.unassuming(read)
        if wider is read or isinstance(refused, TooOpen):
            raise refusal(refused, self.rulebook, read, self.engine) from None
        # Each matter as if it stood alone: what is impossible in one is assumed in another.
        alone = [wider] if len(read.matters) == 1 else [replace(read, matters=(m,)) for m in read.matters]
        return together([self._decide(each) for each in alone])

    def route_table(self, table: Any, *, as_of: date | None = None) -> Routed:
        """
        Decide a whole table of incidents, each distinct combination of facts once.

        `table` is anything with the Arrow C stream interface: a frame of pandas,
        Polars or DuckDB, a table of pyarrow. Columns are named as the keys of an
        incident: facts by id, name or alias, `id`, `text`; `matter` may be a list. Null is
        unknown, or not given where a fact has `unless_said`. `as_of` asks for the rules of
        one day; a table without a column for the day is of the day that the router's `today`
        tells. What cannot be decided, such as each row of a table with an unknown column, is
        an `IncidentError` in its place.

        Raises:
            IncidentError: if a column is of a type that its fact cannot have.
            MissingExtraError: if pyarrow is not installed.
        """
        return self._frame.route(table, as_of, self._today)

    @cached_property
    def _frame(self) -> Frame:
        with needs("batch"):
            from dutyroute.routing.table import Frame
        # To walk the diagram with all rows would be the first engine's answer, not the second's.
        walked = self._compiled.renewed if self.engine == "diagram" else None
        return Frame(self.rulebook, self._attempt, walked)

    def _attempt(self, given: Mapping[str, Any]) -> Decision | IncidentError:
        try:
            return self._decide(self.incident(given))
        except IncidentError as error:
            return error

    def what_if(self, incident: Given, /, **facts: Any) -> Decision:
        """Route an incident with some facts changed; None makes a fact unknown."""
        return self._decide(self._reader.changed(self.incident(incident), facts))

    def matters(
        self, word: str, *, most: int | None = MOST, lang: Lang | None = None
    ) -> tuple[Candidate, ...]:
        """
        Find the matters that a word may mean: one for a name or alias, else the likeliest.

        Of several there are at most `most`, and after them come the matters for what is
        none of the others. Which one it is, a person has to say.
        """
        matches = self.rulebook.search.matters(word, most)
        return candidates(matches, self.rulebook, self.what_if, lang or language())

    def suggest(self, text: str) -> Suggestions:
        """
        Find what a text may be about, by the words of the vocabulary, and the facts that it states.

        Nothing is decided by it: a person has to confirm what is suggested.
        """
        return self.rulebook.search.suggest(text)

    def ask(self, incident: Given) -> tuple[Answer, ...]:
        """
        Tell which facts can still change the answer, and what each value would change.

        One `Answer` for each value of each fact asked, in the vocabulary's order.
        """
        read = self.incident(incident)
        ask = self._decide(read).ask
        reaches = [self._reach(read, matter) for matter in read.matters] if ask else []
        return tuple(answers(choices(self._words, ask, reaches), partial(self.what_if, read)))

    def unless_said(self, incident: Given) -> tuple[Answer, ...]:
        """
        Tell what a decision does not foresee, because values of facts that are not given are left out.

        One `Answer` for each value that its `assumed` leaves out and that would take
        away what is certain, or bring up what is not even possible.
        """
        read = self.incident(incident)
        decision = self._decide(read)
        found = answers(left_out(decision), partial(self.what_if, read))
        return tuple(each for each in found if not foresees(decision, each.decision))

    def explain(self, incident: Given) -> tuple[Explanation, ...]:
        """
        Tell, matter by matter, of every rule about it whether it counts and why.

        Each condition says whether it held, failed or hung on an unknown fact.
        Rules that count come first, then the nearest misses.

        Raises:
            IncidentError: as `route` does.
        """
        read = self.incident(incident)
        # What `route` refuses has no reasons either: of a day without rules, each would seem to fail.
        if self._has_days:
            check_day(self.rulebook, read)
        return tuple(explain_ruling(self.rulebook, self._reach(read, matter)) for matter in read.matters)

    def why_not(self, incident: Given, *, party: str, role: str | None = None) -> tuple[Reason, ...]:
        """
        Tell why a party does not hold a role (or any): each rule that could give it.

        Raises:
            IncidentError: if the rulebook has no such party or role.
        """
        party = near(self._words.parties, party, "party")
        role = None if role is None else near(self._words.roles, role, "role")
        reasons = (reason for each in self.explain(incident) for reason in each.reasons)
        return tuple(reason for reason in reasons if reason.gives(party, role))

    def _reach(self, incident: Incident, matter: str) -> Reach:
        try:
            return self._compiled.reach(matter, incident.facts)
        except (ImpossibleIncident, TooOpen) as refused:
            wider = self._reader.unassuming(incident)
            if wider is incident or isinstance(refused, TooOpen):
                raise refusal(refused, self.rulebook, incident, "diagram") from None
            return self._reach(wider, matter)
