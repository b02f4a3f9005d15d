"""The words that rules may use: parties, roles, matters, facts, flags, instruments."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeVar, get_args

from pydantic import ConfigDict, Field, StringConstraints

from dutyroute.messages import chosen
from dutyroute.rulebook.instrument import Clause, Instrument
from dutyroute.rulebook.types import LONGEST, FactName, MatterId, Model, Name, Several, Shortened, Words

MATTER = "matter"
"""The fact that every incident has: what it is about."""
CHANNEL = "channel"
"""The fact that says by which way an incident came in, where a vocabulary has it."""
HANDLER = "handler"
"""The name used in place of a fact's when a text is about the party that handled a case."""


class Term(Shortened):
    """Something with an identifier, a Chinese name and an English one."""

    id: Name
    name: Words
    english: Words
    aliases: tuple[Words, ...] = ()
    note: Words | None = None
    note_english: Words | None = None

    def called(self, lang: str) -> str:
        """Return the name in the reader's language."""
        return chosen(lang, self.name, self.english)

    def noted(self, lang: str) -> str | None:
        """Return the note in the reader's language."""
        return chosen(lang, self.note, self.note_english)

    def spellings(self) -> tuple[str, ...]:
        """List all that it is called; the identifier comes last and wins over other entries' names."""
        short = (name for name in (self.short, self.short_english) if name)
        return (*self.aliases, *short, self.english, self.name, self.id)


Phase = Literal["discover", "intake", "decide", "act", "oversee", "support", "settle", "carry-out"]
PHASES: tuple[Phase, ...] = get_args(Phase)
"""The stages of the chain, in the order in which a person reads it."""


class Party(Term):
    """Who can hold a duty."""

    level: Literal["city", "street", "community", "site"]


class Role(Term):
    """A kind of duty; `lead` 主办 belongs to no phase."""

    phase: Phase | None = None
    bare: bool = False
    """Whether its name alone does not say what is done: a rule that gives it has to."""


APART = "…"
"""Stands in a keyword for some characters of the same part of a sentence."""
Keyword = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST, pattern="^[^…]+(…[^…]+)?$")]


class Matter(Term):
    """What an incident is about; matters form a tree."""

    parent: MatterId | None = None
    keywords: tuple[Keyword, ...] = ()
    vague: tuple[Keyword, ...] = ()


class Flag(Term):
    """Something that a decision must tell a person, e.g. 部门待定."""

    undecided: bool = False


class Value(Term):
    """One value of an enumerated fact."""

    keywords: tuple[Keyword, ...] = ()


Plain = bool | int | date | str
"""What a fact can be, once read: matters and enumerated values are their ids."""

Facts = Mapping[str, Plain | None]
"""
What is known of an incident, by fact.

A fact that is absent was not given, one that is None is said to be unknown. That is
the same but for facts with `unless_said`: not given, these are unknown among their
other values only.
"""

UNKNOWN = "unknown"
UNKNOWN_WORDS = (UNKNOWN, "未知", "不详")
"""By these words a table says that a fact with `unless_said` is unknown; the first is what a history reads them as."""


class Exclusion(Model):
    """
    Values that a fact does not have unless they are said, written `{not: [values]}`.

    Decisions list it under `assumed` as it is written in the vocabulary.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(serialize_by_alias=True)

    values: Several[Words] = Field(alias="not")


Assumed = tuple[tuple[str, Plain | Exclusion], ...]
"""The facts that an incident does not give, each with its default, or with the values that it is taken not to have."""

_TYPES: dict[str, type] = {"bool": bool, "int": int, "date": date, "text": str}
FactType = Literal["tree", "enum", "bool", "int", "date"]


Saying = Annotated[Words, StringConstraints(pattern=r"\{value\}")]
"""How a value is said, the value standing for `{value}`."""


class Fact(Term):
    """A typed, named attribute of an incident; unknown unless given."""

    id: FactName
    type: FactType
    values: tuple[Value, ...] = ()
    default: Any = None
    unless_said: Exclusion | None = None
    at_least: int | None = None
    at_most: int | None = None
    question: Words | None = None
    question_english: Words | None = None
    denied: Words | None = None
    denied_english: Words | None = None
    said: Saying | None = None
    said_english: Saying | None = None
    keywords: dict[Literal["true", "false"], tuple[Keyword, ...]] = Field(default={})

    def allows(self, number: int) -> bool:
        """Return whether a whole number lies within the fact's bounds."""
        is_large_enough = self.at_least is None or self.at_least <= number
        return is_large_enough and (self.at_most is None or number <= self.at_most)

    def asked(self, lang: str) -> str:
        """Return the question to a person, the fact's name failing that."""
        return chosen(lang, self.question, self.question_english) or self.called(lang)


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """
    Every word that rules and incidents may use, by kind and identifier.

    `facts` always holds `matter`. All mappings keep the identifiers' order of
    definition; nothing depends on that order but the display.
    """

    parties: Mapping[str, Party]
    roles: Mapping[str, Role]
    matters: Mapping[str, Matter]
    facts: Mapping[str, Fact]
    flags: Mapping[str, Flag]
    instruments: Mapping[str, Instrument]

    def tables(self) -> dict[str, Mapping[str, Any]]:
        """
        Return everything that a reference may name, by kind and identifier.

        `channels` are the values of the fact of that name; they are left out
        where there is no such fact, and then any channel will do.
        """
        kinds = ("parties", "roles", "matters", "facts", "flags", "instruments")
        found: dict[str, Mapping[str, Any]] = {kind: getattr(self, kind) for kind in kinds}
        found["clauses"] = self._clauses
        # Oversight counts events by channel; a rulebook of a city without channels has no such fact.
        if CHANNEL in self.facts:
            found["channels"] = self.entries(self.facts[CHANNEL])
        return found

    @cached_property
    def defaults(self) -> dict[str, Plain]:
        """What the facts are that an incident does not mention, where the vocabulary says so."""
        return {fact.id: fact.default for fact in self.facts.values() if fact.default is not None}

    @cached_property
    def unless_said(self) -> dict[str, Exclusion]:
        """Which values the facts do not have that an incident does not give, where the vocabulary says so."""
        return {fact.id: fact.unless_said for fact in self.facts.values() if fact.unless_said is not None}

    def excluded(self, fact: str, facts: Facts) -> tuple[str, ...]:
        """List the values that a fact does not have in an incident because it does not give the fact."""
        exclusion = None if fact in facts else self.unless_said.get(fact)
        return () if exclusion is None else exclusion.values

    def unassuming(self, facts: Facts) -> Facts:
        """Say of each fact with `unless_said` that is not given that it is unknown: it may have all its values."""
        return {**dict.fromkeys(self.unless_said), **facts}

    def in_cells(self, cells: Mapping[str, Any]) -> dict[str, Any]:
        """
        Read the cells of a table, by fact, as an incident.

        A fact with `unless_said` is not given where its cell is empty, and unknown
        where a word says so. Of other facts, an empty cell is None as in an incident.
        """
        kept = {
            fact: cell for fact, cell in cells.items() if cell is not None or fact not in self.unless_said
        }
        return {fact: None if self.says_unknown(fact, cell) else cell for fact, cell in kept.items()}

    def says_unknown(self, fact: str, word: object) -> bool:
        """Tell whether a word says of a fact with `unless_said` that it is unknown, and is none of its values."""
        is_said = fact in self.unless_said and isinstance(word, str) and folded(word) in UNKNOWN_WORDS
        return is_said and spellings(self.facts[fact].values)[word] is None

    def domain(self, fact: Fact) -> tuple[Plain, ...]:
        """List every value of a yes-no, enumerated or tree fact."""
        if fact.type == "bool":
            return True, False
        return tuple(self.matters) if fact.type == "tree" else tuple(v.id for v in fact.values)

    def entries(self, fact: Fact) -> Mapping[str, Term]:
        """Return the entries that an enumerated fact or the matter tree can take, by id."""
        return self.matters if fact.type == "tree" else {value.id: value for value in fact.values}

    def takes(self, fact: Fact, value: object) -> bool:
        """Return whether a value is one that a fact can have."""
        if fact.type in {"tree", "enum"}:
            return isinstance(value, str) and value in self.entries(fact)
        # The type itself: True is an int to isinstance, and a datetime a date.
        if type(value) is not _TYPES[fact.type]:
            return False
        return not isinstance(value, int) or fact.type == "bool" or fact.allows(value)

    def keywords(self) -> dict[tuple[str, Plain], tuple[str, ...]]:
        """Return the words that only suggest, by the fact and the value that they suggest."""
        found: dict[tuple[str, Plain], tuple[str, ...]] = {
            (MATTER, m.id): (*m.keywords, *m.vague) for m in self.matters.values()
        }
        for fact in self.facts.values():
            found |= {(fact.id, value.id): value.keywords for value in fact.values}
            found |= {(fact.id, said == "true"): words for said, words in fact.keywords.items()}
        return found

    def below(self, matter: str) -> frozenset[str]:
        """Return a matter and all its descendants."""
        return self._families[matter]

    # Every condition on a matter asks for its descendants; the tree is walked once.
    @cached_property
    def _families(self) -> dict[str, frozenset[str]]:
        members: dict[str, set[str]] = {m: {m} for m in self.matters}
        for matter in self.matters:
            for ancestor in self.above(matter):
                members[ancestor].add(matter)
        return {m: frozenset(s) for m, s in members.items()}

    def above(self, matter: str) -> Iterator[str]:
        """Walk from a matter's parent up to the root."""
        parent = self.matters[matter].parent
        while parent is not None:
            yield parent
            parent = self.matters[parent].parent

    def topmost(self, matters: Iterable[str]) -> tuple[tuple[str, bool], ...]:
        """
        Name a set of matters by as few as possible.

        A matter whose descendants are all in the set stands for them too; the
        second of each pair tells so.
        """
        wanted = frozenset(matters)
        whole = {matter for matter in self.matters if self.below(matter) <= wanted}
        named = (m for m in self.matters if m in wanted and whole.isdisjoint(self.above(m)))
        return tuple((matter, matter in whole and len(self.below(matter)) > 1) for matter in named)

    @cached_property
    def policies(self) -> tuple[Instrument, ...]:
        """The instruments that duties rest on: those that do not stand above the policy."""
        return tuple(each for each in self.instruments.values() if each.rank is None)

    def clause(self, reference: str) -> Clause | None:
        """Find a clause by `instrument/clause`."""
        return self._clauses.get(reference)

    @cached_property
    def _clauses(self) -> dict[str, Clause]:
        # The policies first: higher law is only held against them.
        ordered = sorted(self.instruments.values(), key=lambda each: each.rank is not None)
        return {f"{i.id}/{c.id}": c for i in ordered for c in i.clauses}

    def label(self, reference: str) -> str:
        """Show a clause reference as people cite it; an unknown one as it is."""
        found = self.clause(reference)
        return found.label if found else reference

    def clauses(self) -> Iterable[tuple[str, Clause]]:
        """List every clause with its reference, in the instruments' order, higher law last."""
        return self._clauses.items()


def folded(text: str) -> str:
    """
    Write a name as names are compared: no width, no case, no blanks, nothing unseen.

    >>> folded("占道　经营 "), folded("Ａ１（甲）"), folded("e\u0301") == folded("\u00e9")
    ('占道经营', 'a1(甲)', True)
    """
    if text.isascii():
        return "".join(text.casefold().split())
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    if plain.isalnum():
        return plain
    # Format characters: marks of byte order, joiners, soft hyphens. They come along when people copy.
    return "".join(c for c in plain if not c.isspace() and unicodedata.category(c) != "Cf")


def numbered(value: Any) -> Any:
    """Read an id: many systems number what they hold, and a number and its text are the same id."""
    # 200 bits are 61 digits: more are no id, and a number of thousands of digits cannot even be written.
    return str(value) if type(value) is int and value.bit_length() < 200 else value


V = TypeVar("V")


class Lookup(dict[str, V]):
    """
    What names stand for; a name that is not among them is compared as `folded` writes it.

    None for a name that is unknown, or that would stand for several things.
    """

    def __init__(self, known: Mapping[str, V]) -> None:
        super().__init__(known)
        self._folded: dict[str, V | None] | None = None

    if TYPE_CHECKING:

        def __getitem__(self, name: object) -> V | None: ...  # type: ignore[override]

    # Called by `self[name]` only where the name as it is written is unknown: what is
    # written as in the rulebook is found without being folded.
    def __missing__(self, name: object) -> V | None:
        if not isinstance(name, str):
            return None
        if self._folded is None:
            self._folded = self._fold()
        return self._folded.get(folded(name))

    def _fold(self) -> dict[str, V | None]:
        found: dict[str, V | None] = {}
        for name, meant in self.items():
            if found.setdefault(folded(name), meant) != meant:
                # No new rulebook has such names, an old edition may: rather unknown than wrong.
                found[folded(name)] = None
        return found


def spellings(entries: Iterable[Term]) -> Lookup[str]:
    """Map ids, names and aliases to ids; an id is always itself."""
    listed = tuple(entries)
    spelled = {spelling: entry.id for entry in listed for spelling in entry.spellings()}
    # Last: an identifier always means itself, even where another entry has it as an alias.
    return Lookup({**spelled, **{entry.id: entry.id for entry in listed}})


YES_NO: dict[str, bool] = {
    **dict.fromkeys(("true", "yes", "是", "有"), True),
    **dict.fromkeys(("false", "no", "否", "无", "没有", "不是"), False),
}
"""The words for the values of a yes-no fact."""
