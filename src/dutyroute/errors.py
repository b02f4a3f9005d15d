"""
The whole exception tree.

DutyrouteError
├── RulebookError          the rules cannot be used            .diagnostics (all of them)
├── IncidentError          the incident cannot be read         .fact .value .expected .candidates
├── LedgerError            the ledger cannot be used           .path .reason .values
│   └── LedgerCorruptError its content was changed             .entry
├── CodedError             anything that a code and values say .code .values
│   ├── AuthoringError     a rulebook or entry cannot be begun
│   ├── EngineError        the second engine cannot answer
│   ├── EventError         an event cannot be read
│   └── ReplayError        a history cannot be replayed
├── UnknownCheck           in analysis; also a LookupError     .word .suggestion
└── MissingExtraError      also an ImportError                 .extra .module

A gap or a conflict in the rules is a finding: data, never an exception.
Errors carry data, compare by it, and survive pickling.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from dutyroute.diagnostics import Diagnostic, draw
from dutyroute.messages import Lang, language, sentence, word, worded
from dutyroute.messages.outside import encodable, one_line
from dutyroute.record import JsonRecord


@dataclass(eq=False, repr=False)
class DutyrouteError(JsonRecord, Exception):
    """
    Whatever dutyroute raises on purpose.

    An error is what its fields hold: it compares, pickles and is written as JSON by
    that. The subclasses are dataclasses that take `==` and `repr` from here.
    """

    # A field that only a method may read has an underscore, which is not written.
    __pydantic_config__: ClassVar[dict[str, Any]] = {
        "alias_generator": lambda name: name.removeprefix("_"),
        "serialize_by_alias": True,
        "json_schema_serialization_defaults_required": True,
    }

    def describe(self, lang: Lang | None = None) -> str:
        """Say the error to a person, in the language asked for."""
        raise NotImplementedError

    def _data(self) -> tuple[Any, ...]:
        return tuple(getattr(self, each.name) for each in fields(self))

    def __str__(self) -> str:
        return self.describe()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self._data() == other._data()

    def __hash__(self) -> int:
        # The other fields may hold lists, or values too large to hash.
        return hash((type(self), *(each for each in self._data()[:2] if isinstance(each, str))))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._data()


@dataclass(eq=False, repr=False)
class RulebookError(DutyrouteError):
    """
    The rules cannot be used; `diagnostics` holds every fault found.

    Faults are sorted by place, so that they read as the files do.
    """

    diagnostics: tuple[Diagnostic, ...]
    may_hide_more: bool = False
    """Whether something could not be read, in which there may be other faults."""

    def describe(self, lang: Lang | None = None) -> str:
        """Draw every diagnostic, one below the other."""
        drawn = [draw(d, lang) for d in self.diagnostics]
        return "\n\n".join([*drawn, word("more-may-follow", lang)] if self.may_hide_more else drawn)


@dataclass(eq=False, repr=False)
class IncidentError(DutyrouteError):
    """
    The incident cannot be read, or contradicts itself.

    `fact` is the key at fault as it was given, `value` what stood there, and
    `expected` what would be right, worded in each language. `code` names the
    kind of fault, `incident` the incident's own id where it has one. `candidates`
    are the matters that an unknown one may mean, the likeliest first.
    """

    code: str
    fact: str | None = None
    value: object = None
    _expected: Mapping[str, str] | str = ""
    suggestion: str | None = None
    incident: str | None = None
    candidates: tuple[str, ...] = ()

    @property
    def expected(self) -> str:
        """What would have been right, in the reader's language."""
        return self.expects()

    def expects(self, lang: Lang | None = None) -> str:
        """Say what would have been right, in the language asked for."""
        return self._expected if isinstance(self._expected, str) else self._expected[lang or language()]

    def describe(self, lang: Lang | None = None) -> str:
        """Say fact, value, what was expected and the nearest word."""
        values = {
            "fact": None if self.fact is None else _short(self.fact),
            "value": _short(self.value),
            "expected": self.expects(lang),
            "suggestion": self.suggestion,
        }
        return sentence(self.code, values, lang)


@dataclass(eq=False, repr=False)
class LedgerError(DutyrouteError):
    """
    The ledger cannot be read or written; nothing half-written is left.

    `path` is the place, passwords left out, `reason` the code of the message, and
    `values` what fills it.
    """

    path: str
    reason: str
    values: Mapping[str, object] = field(default_factory=dict)

    def describe(self, lang: Lang | None = None) -> str:
        """Write the place, what is wrong and a fix."""
        said = worded(self.values, lang or language())
        # What is in both languages is ours, and is said in full.
        values = {n: v if self.values[n] is not v else _short(v) for n, v in said.items()}
        place = one_line(encodable(self.path))
        return (place + word("colon", lang) if place else "") + sentence(self.reason, values, lang)


@dataclass(eq=False, repr=False)
class LedgerCorruptError(LedgerError):
    """The ledger no longer says what it said; `entry` is the first that is not as it was."""

    entry: int | None = None


@dataclass(eq=False, repr=False)
class CodedError(DutyrouteError):
    """An error that is a code, which says why, and `values`, which say what it concerns."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)

    def describe(self, lang: Lang | None = None) -> str:
        """Write what is wrong, and a fix."""
        return sentence(self.code, self._filled(lang or language()), lang)

    def _filled(self, lang: Lang) -> Mapping[str, object]:
        """Return what fills the message, in the reader's language."""
        return worded(self.values, lang)


class AuthoringError(CodedError):
    """A rulebook cannot be begun in a folder, or an entry not be added to one."""


class ReplayError(CodedError):
    """
    A history cannot be replayed.

    A source that cannot be opened, a run that cannot be resumed. What is wrong
    with single rows is never an error: those rows are counted and listed.
    """


class EngineError(CodedError):
    """
    The second engine cannot answer.

    It cannot carry the rulebook, it cannot be started, or its process failed
    twice on one question. Nothing is ever answered in its place. `values` may
    hold `refused`, pairs of what does not fit and the code of the reason.
    """

    def _filled(self, lang: Lang) -> Mapping[str, object]:
        pairs: Any = self.values.get("refused", ())
        refused = word("semicolon", lang).join(word(reason, lang, name=name) for name, reason in pairs)
        return {**self.values, "refused": refused}


class EventError(CodedError):
    """An event cannot be read, or says something else than before under the same id."""

    def _filled(self, lang: Lang) -> Mapping[str, object]:
        return {
            name: value if name == "known" or value is None else _short(value)
            for name, value in worded(self.values, lang).items()
        }


@dataclass(eq=False, repr=False)
class MissingExtraError(DutyrouteError, ImportError):
    """A package is not installed; `extra` names the extra that brings it."""

    extra: str
    module: str

    def describe(self, lang: Lang | None = None) -> str:
        """Say which package is missing, and the command that installs it."""
        return sentence("missing-extra", {"extra": self.extra, "module": self.module}, lang)


@contextmanager
def needs(extra: str) -> Iterator[None]:
    """
    Import what an extra brings; say which extra where it is not installed.

    Raises:
        MissingExtraError: if an import within fails for want of the package.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingExtraError(extra, error.name or extra) from error


def _short(value: object) -> str:
    """Show a value in at most 60 characters that a file can hold: it may be a megabyte long."""
    try:
        shown = value if isinstance(value, str) else repr(value)
    except (ValueError, RecursionError):  # thousands of digits, or of brackets
        shown = type(value).__name__
    return encodable(shown if len(shown) <= 60 else shown[:57] + "…")
