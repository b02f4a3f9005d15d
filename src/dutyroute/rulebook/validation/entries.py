"""Checks of vocabulary, rules and recusals beyond unknown names: do the entries go together?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from dutyroute.diagnostics import Diagnostic, Place, Related, nearest
from dutyroute.messages import joined
from dutyroute.rulebook.conditions import expected
from dutyroute.rulebook.instrument import Clause
from dutyroute.rulebook.rules import Header, Recusal, Rule
from dutyroute.rulebook.search import likely
from dutyroute.rulebook.vocabulary import MATTER, Exclusion, Fact, Term, Vocabulary, folded

Faults = Iterator[Diagnostic]
Positions = Mapping[tuple[str, str], int]
"""The position of each entry in its list, by kind and identifier."""

RESERVED = frozenset({"id", "any", "all", "not", "text"})
"""Words that an incident or a condition needs for itself."""
_PLACEHOLDERS = ("（待填写）", "(to be written)")
"""What `dutyroute new` writes for a person to fill in."""
_NO_PARTIES = frozenset({"lead", "anyone"})
"""Words that stand for whoever leads, and for any party."""


def check_vocabulary(words: Vocabulary, positions: Positions) -> Faults:
    """Yield every word that means two things, and every fact that contradicts itself."""
    for kind in ("parties", "roles", "matters", "facts", "flags"):
        entries: Mapping[str, Term] = getattr(words, kind)
        # The fact `matter` may be there without anybody having written it.
        placed = {n: (e, (kind, positions[kind, n])) for n, e in entries.items() if (kind, n) in positions}
        yield from _ambiguous(placed)
    for name, party in words.parties.items():
        yield from _reserved(party, _NO_PARTIES, ("parties", positions["parties", name]))
    for name, fact in words.facts.items():
        if ("facts", name) in positions:
            yield from _fact(fact, words, ("facts", positions["facts", name]))
    for name, instrument in words.instruments.items():
        seen: dict[str, Place] = {}
        for index, clause in enumerate(instrument.clauses):
            at = ("instruments", positions["instruments", name], "clauses", index)
            if clause.id in seen:
                related = (Related("first-here", seen[clause.id]),)
                yield Diagnostic("duplicate-id", {"word": clause.id}, (*at, "id"), related=related)
            seen.setdefault(clause.id, (*at, "id"))
            yield from _phrases(clause, (*at, "phrases"))


def _phrases(clause: Clause, at: Place) -> Faults:
    """Yield the phrases that a clause has twice, and those that say a duty where it has none, or none where it has."""
    seen: dict[str, Place] = {}
    for index, phrase in enumerate(clause.phrases):
        first = seen.setdefault(folded(phrase.words), (*at, index))
        if first != (*at, index):
            related = (Related("first-here", first),)
            yield Diagnostic("repeated-phrase", {"word": phrase.words}, (*at, index), related=related)
        if phrase.duty and not clause.duty:
            yield Diagnostic("phrase-without-duty", {"word": phrase.words}, (*at, index))
    if clause.duty and clause.phrases and not any(phrase.duty for phrase in clause.phrases):
        yield Diagnostic("no-duty-phrase", {}, at, "key")


def _reserved(entry: Term, reserved: frozenset[str], at: Place) -> Faults:
    """Yield the names of an entry that mean something else."""
    spelled = [(entry.id, "id"), (entry.name, "name"), (entry.english, "english")]
    for word, key in (*spelled, *((alias, "aliases") for alias in entry.aliases)):
        if folded(word) in reserved:
            yield Diagnostic("reserved-name", {"word": word}, (*at, key))


def _ambiguous(entries: Mapping[str, tuple[Term, Place]]) -> Faults:
    """Yield names and aliases that mean two entries of one kind."""
    owner: dict[str, str] = {}
    for name, (entry, at) in entries.items():
        for spelling in dict.fromkeys((name, entry.name, entry.english, *entry.aliases)):
            first = owner.setdefault(folded(spelling), name)
            if first != name:
                related = (Related("first-here", (*entries[first][1], "id")),)
                values = {"word": spelling, "first": first, "second": name}
                yield Diagnostic("ambiguous-name", values, (*at, "id"), related=related)


def _fact(fact: Fact, words: Vocabulary, at: Place) -> Faults:
    yield from _reserved(fact, RESERVED, at)
    if (fact.type == "tree") is not (fact.id == MATTER):
        yield Diagnostic("tree-is-matter", {"word": fact.id}, (*at, "type"))
    if fact.type == "enum" and not fact.values:
        yield Diagnostic("missing-key", {"key": "values"}, at)
    misplaced = {
        "values": fact.values and fact.type != "enum",
        "at_least": fact.at_least is not None and fact.type != "int",
        "at_most": fact.at_most is not None and fact.type != "int",
        "default": fact.default is not None and fact.type == "tree",
        "unless_said": fact.unless_said is not None and fact.type != "enum",
        "denied": fact.denied is not None and fact.type != "bool",
        "said": fact.said is not None and fact.type != "enum",
        "said_english": fact.said_english is not None and fact.type != "enum",
        "denied_english": fact.denied_english is not None and fact.type != "bool",
    }
    for key in (key for key, is_wrong in misplaced.items() if is_wrong):
        yield Diagnostic("key-not-for-type", {"key": key, "type": fact.type}, (*at, key), "key")
    yield from _ambiguous({v.id: (v, (*at, "values", i)) for i, v in enumerate(fact.values)})
    twice = Counter(value.id for value in fact.values)
    for index, value in enumerate(fact.values):
        if twice[value.id] > 1:
            yield Diagnostic("duplicate-id", {"word": value.id}, (*at, "values", index, "id"))
    if fact.default is not None and fact.type != "tree" and not words.takes(fact, fact.default):
        wanted = expected(fact, words)
        values = {"fact": fact.id, "value": fact.default, "expected": wanted}
        yield Diagnostic("wrong-value", values, (*at, "default"))
    if fact.unless_said is not None and fact.type == "enum":
        yield from _exclusion(fact, fact.unless_said, words, (*at, "unless_said"))


def _exclusion(fact: Fact, exclusion: Exclusion, words: Vocabulary, at: Place) -> Faults:
    """Yield what is wrong with the values that a fact does not have unless they are said."""
    if fact.default is not None:
        yield Diagnostic("unless-said-and-default", {}, at, "key")
    known = words.entries(fact)
    for index, value in enumerate(exclusion.values):
        if value not in known:
            near, listed = likely(value, fact, words), "、".join(known)
            values = {"fact": fact.id, "word": value, "suggestion": near, "known": listed}
            yield Diagnostic("unknown-value", values, (*at, "not", index))
    if known and known.keys() <= set(exclusion.values):
        yield Diagnostic("unless-said-all", {"fact": fact.id}, (*at, "not"))


def check_rules(
    header: Header | None, rules: Mapping[str, Rule], words: Vocabulary, positions: Positions
) -> Faults:
    """Yield what rules say that cannot be meant: nothing, twice the same, no phrase, a circle of overrides."""
    has_no_dates = header is not None and header.date is None
    if header is not None and has_no_dates and header.in_force is not None:
        yield Diagnostic("no-date-fact", {}, ("rulebook", "in_force"), "key")
    for name, rule in rules.items():
        at = ("rules", positions["rules", name])
        if has_no_dates and rule.in_force is not None:
            yield Diagnostic("no-date-fact", {}, (*at, "in_force"), "key")
        texts = {"title": rule.title, "english": rule.english, "note": rule.note}
        for key, text in texts.items():
            if not rule.draft and any(mark in (text or "") for mark in _PLACEHOLDERS):
                yield Diagnostic("placeholder", {"word": text}, (*at, key))
        if not rule.assign and not rule.flag:
            yield Diagnostic("empty-rule", {"word": name}, (*at, "id"))
        holders = {role: Counter(p for a in given for p in a.party) for role, given in rule.assign.items()}
        for role, counts in holders.items():
            for party in (party for party, count in counts.items() if count > 1):
                yield Diagnostic("repeated-party", {"word": party, "role": role}, (*at, "assign", role))
        if rule.default is not None and rule.default not in rule.assign:
            code = "default-not-a-role" if rule.default in ("true", "false") else "default-not-assigned"
            yield Diagnostic(code, {"word": rule.default}, (*at, "default"))
        if rule.joint and not any(len(counts) > 1 for counts in holders.values()):
            yield Diagnostic("joint-of-one", {}, (*at, "joint"), "key")
        yield from _quotes(rule, words, at)
        yield from _circles(rule, rules, positions)


def _quotes(rule: Rule, words: Vocabulary, at: Place) -> Faults:
    """Yield the quotes that hold no phrase of the clauses cited, where all with duties list their phrases."""
    cited = [clause for each in dict.fromkeys(rule.cite) if (clause := words.clause(each))]
    phrases = [phrase.words for clause in cited for phrase in clause.phrases]
    is_told = bool(phrases) and all(clause.phrases for clause in cited if clause.duty)
    for index, quote in enumerate(rule.quote) if is_told else ():
        if not any(folded(phrase) in folded(quote) for phrase in phrases):
            values = {"word": quote, "suggestion": nearest(quote, phrases), "known": joined(phrases)}
            yield Diagnostic("quote-without-phrase", values, (*at, "quote", index))


def _circles(rule: Rule, rules: Mapping[str, Rule], positions: Positions) -> Faults:
    """Yield each cycle of overrides; one of two rules is reported once."""
    for index, other in enumerate(rule.overrides):
        at = ("rules", positions["rules", rule.id], "overrides", index)
        if other == rule.id:
            yield Diagnostic("override-cycle", {"word": other}, at)
        elif rule.id < other and rule.id in _overridden(other, rules):
            back = Related("also-here", ("rules", positions["rules", other], "overrides"))
            yield Diagnostic("override-cycle", {"word": other}, at, related=(back,))


def _overridden(name: str, rules: Mapping[str, Rule]) -> set[str]:
    """List all rules that one overrides, directly or through others."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        rule = rules.get(waiting.pop())
        fresh = set(rule.overrides) - found if rule else set()
        found |= fresh
        waiting += fresh
    return found


def check_recusals(recusals: Mapping[int, Recusal], words: Vocabulary) -> Faults:
    """Yield the recusals whose fact can be no party."""
    for index, recusal in recusals.items():
        fact = words.facts.get(recusal.fact)
        if fact is not None and words.parties.keys().isdisjoint(value.id for value in fact.values):
            yield Diagnostic("recusal-without-party", {"word": recusal.fact}, ("recusal", index, "fact"))
