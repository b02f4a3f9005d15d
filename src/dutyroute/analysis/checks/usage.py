"""What a rulebook defines and does not use, and what somebody still has to decide."""

from __future__ import annotations

from collections.abc import Iterator

from dutyroute.analysis.checks.catalogue import CHECKS
from dutyroute.analysis.checks.finding import Finding, FindingWriter, listed
from dutyroute.analysis.checks.survey import Survey
from dutyroute.analysis.checks.witness import Sighting, counting
from dutyroute.diagnostics import nearest
from dutyroute.messages import LANGUAGES, both
from dutyroute.rulebook.conditions import OneOf, tests
from dutyroute.rulebook.references import references
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER


def usage(writer: FindingWriter) -> Iterator[Finding]:
    """Yield whatever the rulebook's own words show, without an incident."""
    yield from map(writer.remark, writer.rulebook.remarks)
    yield from _unknown_checks(writer)
    yield from _uncited(writer)
    for check, kind, used in _uses(writer.rulebook):
        for name in getattr(writer.words, kind):
            if name not in used:
                matters = (name,) if kind == "matters" else ()
                yield writer.finding(check, (kind, name), {"word": writer.named(kind, name)}, matters=matters)
    for rule in writer.rulebook.rules.values():
        if rule.draft:
            yield writer.finding("draft-rule", ("rules", rule.id), {"rule": rule.id}, rules=(rule.id,))
        if rule.beside is not None and rule.overrides:
            values = {"rule": rule.id, "overridden": listed(rule.overrides)}
            yield writer.finding("beside-overrides", ("rules", rule.id), values, rules=(rule.id,))
        bare = [role for role in rule.assign if writer.words.roles[role].bare]
        if bare and rule.does is None:
            values = {"rule": rule.id, "roles": writer.names("roles", bare)}
            yield writer.finding("duty-without-object", ("rules", rule.id), values, rules=(rule.id,))
        if rule.basis == "assumed":
            what = both("check-rule", id=rule.id, title={lang: rule.called(lang) for lang in LANGUAGES})
            yield writer.finding("assumed-basis", ("rules", rule.id), {"what": what}, rules=(rule.id,))
    for index, recusal in enumerate(writer.rulebook.recusals):
        if recusal.basis == "assumed":
            what = both("check-recusal", fact=recusal.fact)
            yield writer.finding(
                "assumed-basis",
                ("recusal", index),
                {"what": what},
                clauses=recusal.cite,
                about=(recusal.fact,),
            )
    oversight = writer.rulebook.oversight
    for setting in oversight.empty():
        # A reader has to know what stays off for as long as nobody decides.
        off = oversight.idle_without(setting.id)
        values = {
            "setting": {lang: f"{setting.id} {setting.called(lang)}" for lang in LANGUAGES},
            "measures": listed(off) or "",
        }
        yield writer.finding("empty-setting", ("settings", setting.id), values, clauses=setting.cite)


def _unknown_checks(writer: FindingWriter) -> Iterator[Finding]:
    """Yield the checks that there are not, though a grade or an accepted finding names them."""
    named = {("checks", name): name for name in writer.rulebook.header.checks}
    named |= {("accepted", name): entry.check for name, entry in writer.rulebook.accepted.items()}
    for place, name in named.items():
        if name not in CHECKS:
            values = {"word": name, "suggestion": nearest(name, CHECKS), "known": listed(tuple(CHECKS))}
            yield writer.finding("unknown-check", place, values)


def _uncited(writer: FindingWriter) -> Iterator[Finding]:
    """Yield clauses with duties that no rule cites, and rules that cite none of them."""
    rules, words = writer.rulebook.rules, writer.words
    cited = {clause for rule in writer.rulebook.deciding.values() for clause in rule.cite}
    bearing = {name for name, clause in words.clauses() if clause.duty}
    for name, clause in words.clauses():
        if name in bearing - cited:
            heading = dict(zip(LANGUAGES, (clause.heading, clause.english), strict=True))
            said = both("check-clause", id=name, label=words.label(name), heading=heading)
            yield writer.finding("uncited-clause", ("clauses", name), {"clause": said}, clauses=(name,))
    for rule in rules.values():
        if rule.assign and bearing.isdisjoint(rule.cite):
            values = {"rule": rule.id, "clauses": listed([f"{c} {words.label(c)}" for c in rule.cite])}
            yield writer.finding("uncited-rule", ("rules", rule.id), values, rules=(rule.id,))


def _uses(rulebook: Rulebook) -> Iterator[tuple[str, str, set[str]]]:
    """Yield the check for each kind, and what rules, obligations and recusals name of it."""
    named: dict[str, set[str]] = {"parties": set(), "roles": set(), "flags": set()}
    for entry in (*rulebook.rules.values(), *rulebook.obligations.values()):
        for ref, name, *_ in references(entry):
            named.setdefault(ref.kind, set()).add(name)
    yield "unused-party", "parties", named["parties"]
    yield "unused-role", "roles", named["roles"]
    yield "unused-flag", "flags", named["flags"]
    tested = {test.fact for condition in rulebook.conditions.values() for test in tests(condition)}
    facts = {MATTER, *tested, *(recusal.fact for recusal in rulebook.recusals)}
    yield "unused-fact", "facts", facts | {rulebook.header.date or MATTER}
    yield "unused-matter", "matters", set(_matters(rulebook))


def _matters(rulebook: Rulebook) -> Iterator[str]:
    """Yield every matter that a rule or an obligation may be about, and those above it."""
    for key, condition in rulebook.conditions.items():
        if key[0] != "impossible":
            about = [test.accepts for test in tests(condition) if test.fact == MATTER]
            if not about:  # a rule that tests no matter is about all of them
                yield from rulebook.vocabulary.matters
            for choice in about:
                for matter in choice.values if isinstance(choice, OneOf) else ():
                    yield str(matter)
                    yield from rulebook.vocabulary.above(str(matter))


class UndecidedFlags:
    """Which rules raise a flag that its vocabulary entry calls `undecided`, on which matters."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.flags: frozenset[str] = frozenset(
            f.id for f in rulebook.vocabulary.flags.values() if f.undecided
        )
        self.sightings: dict[tuple[str, str], list[Sighting]] = {}

    def look(self, survey: Survey) -> None:
        """Look which rules raise the flag that a survey is about, on one more matter."""
        topic, rules = survey.diagram.topic, survey.diagram.rulebook.rules
        if topic is None or topic.kind != "flags" or topic.name not in self.flags:
            return
        left = {name for name, rule in rules.items() if rule.flag}
        for leaf, settlement in survey.settled():
            raising = left.intersection(settlement.counting)
            for rule in sorted(raising):
                self.sightings.setdefault((topic.name, rule), []).append(Sighting.of(survey, leaf))
            left -= raising

    def findings(self, writer: FindingWriter) -> Iterator[Finding]:
        """Yield each flag of each rule, with every matter on which it is raised."""
        for (flag, rule), sightings in self.sightings.items():
            matters = tuple(sighting.matter for sighting in sightings)
            named = {"flag": writer.named("flags", flag), "matters": writer.names("matters", matters)}
            yield writer.finding(
                "undecided-flag",
                ("rules", rule),
                {**named, "rule": rule},
                rules=(rule,),
                others=[("flags", flag)],
                witness=sightings[0].shortest(counting([rule])),
                matters=matters,
            )
