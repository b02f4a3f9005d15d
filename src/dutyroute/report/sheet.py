"""The sheet: what a decision says to whoever has to dispatch it, in the order in which it is needed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from dutyroute.diagram.ruling import STRENGTH, Breach, Duty, Recused, Ruling
from dutyroute.messages import Lang, Phrasebook
from dutyroute.messages.outside import one_line
from dutyroute.routing.answer import Answer, answers, left_out
from dutyroute.routing.decision import Decision
from dutyroute.routing.incident import Incident
from dutyroute.routing.router import Router
from dutyroute.rulebook.conditions import left_open, tests, united, verdict
from dutyroute.rulebook.names import Names
from dutyroute.rulebook.rules import LEAD
from dutyroute.rulebook.vocabulary import MATTER, Exclusion, Facts, Phase, Vocabulary

# What settles a case comes first; how it was found and taken in is mostly past when somebody dispatches.
_READ: tuple[Phase | None, ...] = (
    *(None, "act", "decide", "oversee", "carry-out", "settle", "support", "intake", "discover"),
)
# More ways to come by a duty than this are not spelled out.
_MOST_CONDITIONS = 2


@dataclass(frozen=True, slots=True)
class Act:
    """
    What a party does in one role: the verb of the text, and to whom or what.

    `condition` says on what it depends, in words; it is empty where the act is
    certain. `clauses` are the grounds as people cite them, `basis` says how sure they are.
    """

    role: str
    objects: tuple[str, ...]
    told: tuple[str, ...]
    condition: str
    basis: str
    is_explicit: bool
    is_lead: bool
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetLine:
    """
    One entry of a section.

    `parts` make up its text; a line had better be broken between them. Of a
    question, all but the first are the answers to tick. `party` names whoever the
    `acts` are of. `kind` is `certain`, `possible`, `breach`, `flag` and the like.
    """

    parts: tuple[str, ...]
    kind: str
    party: str = ""
    acts: tuple[Act, ...] = ()

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(self.parts).rstrip()


@dataclass(frozen=True, slots=True)
class Section:
    """One of `now`, `others`, `questions`, `remarks` and `grounds`, with its heading."""

    key: str
    heading: str
    lines: tuple[SheetLine, ...]


def sheet(decision: Decision, incident: Incident, router: Router, lang: Lang) -> tuple[Section, ...]:
    """
    Write a decision of a router down as a dispatcher reads it, leaving out sections that hold nothing.

    First come those who lead, then those who are told or join in, each party with one
    line over all matters; then what to ask, what the text leaves open, and the grounds.
    """
    return tuple(_SheetDraft(decision, incident, router, lang).sections())


class _SheetDraft:
    def __init__(self, decision: Decision, incident: Incident, router: Router, lang: Lang) -> None:
        self.decision = decision
        self.incident = incident
        # Where all other values are impossible, those left out count, too, and are not assumed away.
        is_assumed = any(isinstance(value, Exclusion) for _, value in decision.assumed)
        words = router.rulebook.vocabulary
        self.known: Facts = incident.facts if is_assumed else words.unassuming(incident.facts)
        self.router = router
        rulebook = self.rulebook = router.rulebook
        self.words: Vocabulary = rulebook.vocabulary
        self.lang: Lang = lang
        self.names = Names(rulebook, lang, is_brief=True)
        self.say = Phrasebook(lang)

    def sections(self) -> Iterator[Section]:
        """Yield the sections in the order in which they are needed."""
        leads = {duty.party for duty in self.decision.duties if duty.role == LEAD}
        parties = self._parties()
        lines: dict[str, Iterable[SheetLine]] = {
            "now": (line for party, line in parties.items() if party in leads),
            # Stable: otherwise in the order of the chain.
            "others": sorted(
                (line for party, line in parties.items() if party not in leads),
                key=lambda line: line.kind == "possible",
            ),
            # The quickly answered ones first; otherwise as the vocabulary has them.
            "questions": sorted(self._questions(), key=lambda line: len(line.parts)),
            "remarks": self._remarks(),
            "grounds": self._grounds(),
        }
        for key, found in lines.items():
            if told := tuple(found):
                yield Section(key, self.say(f"sheet-{key}"), told)

    def _parties(self) -> dict[str, SheetLine]:
        """Return the line of each party; what it does in two matters alike is said once."""
        duties = [(ruling, duty) for ruling in self.decision.rulings for duty in ruling.duties]
        acts: dict[str, dict[Act, None]] = {}
        for ruling, duty in sorted(duties, key=lambda each: self._rank(each[1])):
            acts.setdefault(duty.party, {}).update(dict.fromkeys(self._acts(ruling, duty)))
        return {party: self._line(party, tuple(found)) for party, found in acts.items()}

    def _rank(self, duty: Duty) -> tuple[bool, int]:
        return not duty.certain, _READ.index(self.words.roles[duty.role].phase)

    def _acts(self, ruling: Ruling, duty: Duty) -> Iterator[Act]:
        """Yield what a duty is about; of a possible one, each thing with the condition that it has."""
        values = {**self.known, MATTER: ruling.matter}
        opens = {name: left_open(self.rulebook.rules[name].when, self.words, values) for name in duty.rules}
        # Of a certain duty, what only a possible rule says is left out.
        saying = [name for name in duty.rules if not (duty.certain and opens[name])] or duty.rules
        objects: dict[str, list[str]] = {}
        for name in saying:
            done = one_line(self.rulebook.rules[name].done(self.lang))
            objects.setdefault(self.names.matter(ruling.matter) if duty.role == LEAD else done, []).append(
                name
            )
        conditions = {
            what: united([opens[name] for name in names], self.words) for what, names in objects.items()
        }
        alternatives = [when for found in conditions.values() for when in found]
        shared = united(alternatives, self.words)
        # Things that hang on one fact only are told together: 来源是投诉或社区.
        is_one = all(len(when) == 1 for when in (*alternatives, *shared)) and len(shared) == 1
        if duty.certain or is_one:
            yield self._act(ruling, duty, tuple(objects), "" if duty.certain else self._condition(shared))
            return
        for what, found in conditions.items():
            yield self._act(ruling, duty, (what,), self._condition(found))

    def _act(self, ruling: Ruling, duty: Duty, objects: tuple[str, ...], condition: str) -> Act:
        return Act(
            role=self.names.role(duty.role) + self._limit(ruling, duty),
            objects=objects,
            told=tuple(map(self.names.party, (*duty.to, *duty.to_possible))),
            condition=condition,
            basis=self.say(duty.basis) + (self.say("by-default") if duty.default else ""),
            is_explicit=duty.basis == "explicit",
            is_lead=duty.role == LEAD,
            clauses=tuple(self.names.clause(clause) for clause in duty.clauses),
        )

    def _objects(self, objects: Collection[str]) -> str:
        """List what is done; by a stronger mark where one of it is a list itself."""
        comma = self.say("comma")
        has_list = len(objects) > 1 and any(comma in each for each in objects)
        return (self.say("sheet-and-also") if has_list else comma).join(objects)

    def _limit(self, ruling: Ruling, duty: Duty) -> str:
        """Say within what time a duty has to be done, and by which day, where that is known."""
        if duty.within is None:
            return ""
        limit, key = self.names.limit(duty.within), (ruling.matter, duty.party, duty.role)
        days = [each.date for each in self.decision.due if (each.matter, each.party, each.role) == key]
        return self.say("within-until", limit=limit, day=days[0]) if days else self.say("within", limit=limit)

    def _condition(self, opens: Iterable[Mapping[str, Any]]) -> str:
        """Say when a duty that is only possible falls due."""
        said = list(dict.fromkeys(self.names.supposed(each) for each in opens))
        if "" in said or len(said) > _MOST_CONDITIONS:
            return self.say("sheet-depends")
        return self.say("sheet-if", condition=self.say("sheet-either").join(said))

    def _line(self, party: str, acts: tuple[Act, ...]) -> SheetLine:
        """Put a party's acts in one text: first the certain ones, then those with a condition, each once."""
        groups: dict[str, dict[tuple[str, ...], dict[str, bool]]] = {}
        is_plain = len(self.decision.rulings) == 1 and sum(not act.condition for act in acts) > 1
        for act in acts:
            to = self.names.listed(act.told)
            role = self.say("sheet-told", role=act.role, to=to) if to else act.role
            # Roles with the same object stand together: 劝阻制止、报告：业主的违规行为.
            objects = () if is_plain and act.is_lead and not act.condition else act.objects
            roles = groups.setdefault(act.condition, {}).setdefault(objects, {})
            # What one of two matters gives explicitly needs no star for the other.
            roles[role] = roles.get(role, False) or act.is_explicit
        parts = []
        for condition, found in groups.items():
            said: dict[str, dict[str, None]] = {}
            for objects, roles in found.items():
                marked = (
                    role if sure else self.say("sheet-marked", text=role) for role, sure in roles.items()
                )
                said.setdefault(self.names.listed(marked), {}).update(dict.fromkeys(objects))
            texts = [
                self.say("sheet-act", role=role, what=self._objects(objects)) if objects else role
                for role, objects in said.items()
            ]
            texts[0] = self.say("sheet-then", condition=condition, text=texts[0]) if condition else texts[0]
            parts += [text + self.say("semicolon") for text in texts[:-1]]
            parts.append(texts[-1] + self.say("full-stop"))
        kind = "certain" if "" in groups else "possible"
        return SheetLine(tuple(parts), kind, self.names.party(party), acts)

    def _questions(self) -> Iterator[SheetLine]:
        """Yield each fact to ask for, with the answers to tick."""
        for name in self.decision.ask:
            fact = self.words.facts[name]
            is_listed = fact.type not in ("int", "date")
            ticks = (
                self.names.value(name, value) for value in (self.words.domain(fact) if is_listed else ())
            )
            options = [self.say("sheet-tick", option=option) for option in ticks] or ["____"]
            yield SheetLine((f"{one_line(fact.asked(self.lang))} ", *options), "ask")

    def _assumed(self) -> Iterator[str]:
        """Word the defaults on which an answer about these matters can hang."""
        tested = {
            test.fact
            for name in self.rulebook.deciding
            for ruling in self.decision.rulings
            if verdict(condition := self.rulebook.conditions["rules", name], {MATTER: ruling.matter})
            is not False
            for test in tests(condition)
        }
        for fact, value in self.decision.assumed:
            if fact in tested and not isinstance(value, Exclusion):
                yield self.names.condition(fact, value)

    def _remarks(self) -> Iterator[SheetLine]:
        """Yield what the text leaves open, the gravest first."""
        for ruling in self.decision.rulings:
            yield from (SheetLine((self._breach(each),), "breach") for each in ruling.breaches)
            roles = {duty.role for duty in ruling.duties}
            matter = self.names.matter(ruling.matter)
            if roles and LEAD not in roles:
                yield SheetLine((self.say("sheet-no-lead", matter=matter),), "flag")
            elif not roles and len(self.decision.rulings) > 1:
                yield SheetLine((self.say("sheet-unassigned", matter=matter),), "breach")
        yield from self._flags()
        for kind in ("recused", "possible"):
            found = (each for ruling in self.decision.rulings for each in ruling.recused)
            if recused := [each for each in found if each.certain is (kind == "recused")]:
                # Whom it is about may be known, and something else decide whether they would act at all.
                is_known = all(self.known.get(each.fact) is not None for each in self.rulebook.recusals)
                key = "open" if is_known and kind == "possible" else kind
                yield SheetLine((self.say(f"sheet-aside-{key}", duties=self._grouped(recused)),), kind)
        yield from self._left_out()

    def _flags(self) -> Iterator[SheetLine]:
        """Yield the flags, what people must decide first; then where higher law says otherwise."""
        known, certain = self.words.flags, self.decision.flags
        raised = dict.fromkeys((*certain, *(f for r in self.decision.rulings for f in r.possible_flags)))
        values = ({**self.known, MATTER: ruling.matter} for ruling in self.decision.rulings)
        compared = dict.fromkeys(rule.id for each in values for rule in self.rulebook.compared(each))
        law = [rule for name in compared if raised.keys() & (rule := self.rulebook.rules[name]).flag]
        others = raised.keys() - {flag for rule in law for flag in rule.flag}
        for flag in sorted(
            (flag for flag in certain if flag in others), key=lambda f: not known[f].undecided
        ):
            name, note = self.names.flag(flag), known[flag].noted(self.lang)
            yield SheetLine((self.say("pair", name=name, text=one_line(note)) if note else name,), "flag")
        for rule in law:
            cited = (c for c in rule.cite if self.words.instruments[c.partition("/")[0]].rank is not None)
            told = {"text": one_line(rule.done(self.lang)), "clauses": self.names.clause(*cited)}
            yield SheetLine((self.say("sheet-law", flag=self.names.flag(rule.flag[0]), **told),), "flag")
        if possible := [self.names.flag(f) for f in raised if f in others and f not in certain]:
            yield SheetLine((self.say("sheet-perhaps", flags=self.names.listed(possible)),), "possible")

    def _left_out(self) -> Iterator[SheetLine]:
        """Say what values that were left out would change; those that bring in the same parties together."""
        held = {(duty.party, duty.role) for duty in self.decision.duties}
        effects: dict[tuple[str, tuple[str, ...]], list[Answer]] = {}
        for each in answers(left_out(self.decision), partial(self.router.what_if, self.incident)):
            gaining = dict.fromkeys(d.party for d in each.decision.duties if (d.party, d.role) not in held)
            effects.setdefault((each.fact, tuple(gaining)), []).append(each)
        for (fact, _), group in effects.items():
            duties = [duty for each in group for duty in each.decision.duties]
            gained = [duty for duty in duties if (duty.party, duty.role) not in held]
            rulings = (ruling for each in group for ruling in each.decision.rulings)
            recused = {each.role for ruling in rulings for each in ruling.recused}
            said = []
            if recused:
                roles = self.names.listed(
                    self.names.role(role) for role in self.words.roles if role in recused
                )
                said.append(self.say("sheet-aside", roles=roles))
            if gained and recused.issuperset(duty.role for duty in gained):
                parties = dict.fromkeys(self.names.party(duty.party) for duty in gained)
                key = "sheet-taken-over-more" if len(parties) > 1 else "sheet-taken-over-one"
                said.append(self.say(key, parties=self.names.listed(parties)))
            elif gained:
                said.append(self.say("sheet-gained", duties=self._grouped(gained)))
            if said:
                values = tuple(each.value for each in group)
                condition = self.say("sheet-if", condition=self.names.condition(fact, values))
                text = self.say("sheet-then", condition=condition, text=self.say("semicolon").join(said))
                yield SheetLine((text,), "possible")

    def _breach(self, breach: Breach) -> str:
        # A semicolon, since a name may hold a comma of its own.
        holders = self.say("semicolon").join(map(self.names.party, breach.holders)) or self.say("nobody")
        title, role = self.names.obligation(breach.obligation), self.names.role(breach.role)
        said = self.say("breach", title=title, role=role, holders=holders)
        return said if breach.certain else self.say("sheet-maybe", text=said)

    def _grouped(self, found: Iterable[Recused | Duty]) -> str:
        """Name each party once, with its roles."""
        parties: dict[str, dict[str, None]] = {}
        for each in found:
            parties.setdefault(each.party, {})[self.names.role(each.role)] = None
        return self.names.listed(
            self.say("duty", party=self.names.party(party), role=self.names.listed(roles))
            for party, roles in parties.items()
        )

    def _grounds(self) -> Iterator[SheetLine]:
        """Yield the clauses of each basis, once each; then what is taken for granted."""
        rank = {name: place for place, (name, _) in enumerate(self.words.clauses())}
        cited: set[str] = set()
        for basis in reversed(STRENGTH):
            duties = [duty for duty in self.decision.duties if duty.basis == basis]
            # On a sheet, what is only possible need not be cited, unless nothing else explains the star.
            sure = [duty for duty in duties if duty.certain] or duties
            clauses = {clause for duty in sure for clause in duty.clauses}
            clauses, cited = clauses - cited or clauses, cited | clauses
            if clauses:
                text = self.names.clause(*sorted(clauses, key=rank.__getitem__))
                yield SheetLine(_parted(self.say(f"sheet-ground-{basis}", clauses=text)), "ground")
        taken = self.say("semicolon").join(self._assumed())
        if taken:
            yield SheetLine(_parted(self.say("sheet-assumed", facts=taken)), "assumed")


def _parted(text: str) -> tuple[str, ...]:
    """Part a text after its commas and semicolons, where a line had better be broken."""
    return tuple(re.findall(r".+?(?:[,;] |[，、；]|$)", text))
