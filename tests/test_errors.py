"""Errors carry data, compare by it, and travel."""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest

import dutyroute.errors
from books import written
from clerk import refuse
from dutyroute import (
    Diagnostic,
    DutyrouteError,
    EngineError,
    IncidentError,
    LedgerCorruptError,
    LedgerError,
    MissingExtraError,
    ReplayError,
    RulebookError,
    Span,
)
from dutyroute.diagnostics import Related
from dutyroute.errors import needs
from dutyroute.rulebook.build import link

SPAN = Span("duties/fire.yaml", 12, 16, 28, "      enforce: street-ofice")
UNKNOWN = Diagnostic(
    "unknown-party",
    {"word": "street-ofice", "suggestion": "street-office 街道办"},
    ("rules", 0, "assign", "enforce"),
    span=SPAN,
)
TWICE = Diagnostic(
    "duplicate-id", {"word": "a"}, ("rules", 1, "id"), related=(Related("first-here", ("rules", 0)),)
)
WORDED = {"zh": "整数", "en": "a whole number"}

ERRORS: list[DutyrouteError] = [
    RulebookError((UNKNOWN,)),
    RulebookError((UNKNOWN, TWICE)),
    RulebookError(()),
    IncidentError("incident-not-a-mapping", None, ["clutter"]),
    IncidentError("incident-wrong-value", "floor", 1.5, WORDED, None, "A-1"),
    IncidentError("incident-too-long", "id", "x", "200"),
    MissingExtraError("batch", "pyarrow"),
    LedgerError("duties.ledger", "ledger-full", {"detail": "disk is full"}),
    LedgerCorruptError("duties.ledger", "ledger-altered", {"entry": 3, "at": "2026-03-01"}, 3),
    ReplayError("replay-nothing-to-resume", {"out": "results"}),
    ReplayError("replay-nothing-to-resume", {"out": "elsewhere"}),
    EngineError("engine-died", {"how": "SIGSEGV"}),
    EngineError("engine-refuses-rules", {"refused": (("a", "rete-many-terms"), ("b", "rete-large-number"))}),
]


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_survives_pickling(error: DutyrouteError) -> None:
    """Equal, of the same class, with the same words."""
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        travelled = pickle.loads(pickle.dumps(error, protocol))
        assert (type(travelled), travelled, hash(travelled)) == (type(error), error, hash(error))
        assert [travelled.describe(lang) for lang in ("zh", "en")] == [
            error.describe("zh"),
            error.describe("en"),
        ]


def test_errors_compare_by_what_they_carry() -> None:
    """Each equals itself made again, and no other."""
    again = pickle.loads(pickle.dumps(ERRORS))
    for place, error in enumerate(ERRORS):
        assert [other == error for other in again] == [i == place for i in range(len(ERRORS))]
    assert len({*ERRORS, *again}) == len(ERRORS)
    assert ERRORS[0] != "error"


def test_an_error_comes_back_from_another_process() -> None:
    """A pool hands it over whole, where other libraries' errors break the pool."""
    with ProcessPoolExecutor(1) as pool:
        for error in ERRORS:
            with pytest.raises(type(error)) as caught:
                pool.submit(refuse, error).result()
            assert caught.value == error


def test_every_error_is_a_dutyroute_error() -> None:
    """Whoever wants to catch whatever is raised on purpose catches one class."""
    assert [error for error in ERRORS if not isinstance(error, DutyrouteError)] == []


def test_a_rulebook_error_draws_every_fault() -> None:
    """One below the other, with place, line, underline and the way out."""
    assert RulebookError((UNKNOWN, TWICE)).describe("en") == (
        "duties/fire.yaml:12:16: error[unknown-party]: unknown party `street-ofice`\n"
        "   |\n"
        "12 |       enforce: street-ofice\n"
        "   |                ^^^^^^^^^^^^\n"
        "   = help: did you mean street-office 街道办?\n"
        "\n"
        "rules.1.id: error[duplicate-id]: duplicate identifier `a`\n"
        "   = first here: rules.0\n"
        "   = help: rename one of the two"
    )


@pytest.mark.parametrize(
    "language,told", [("zh_CN.UTF-8", "`floor` 不能取"), ("en_GB.UTF-8", "`floor` cannot be")]
)
def test_an_error_speaks_the_readers_language(
    monkeypatch: pytest.MonkeyPatch, language: str, told: str
) -> None:
    """`DUTYROUTE_LANG` first, then the locale."""
    monkeypatch.delenv("DUTYROUTE_LANG", raising=False)
    monkeypatch.setenv("LC_ALL", language)
    assert str(ERRORS[4]).startswith(told)
    monkeypatch.setenv("DUTYROUTE_LANG", "en")
    assert str(ERRORS[4]).startswith("`floor` cannot be")
    assert ERRORS[4].expected == "a whole number"  # type: ignore[attr-defined]


def test_all_faults_are_told_and_not_the_first_alone() -> None:
    """Four faults in one rule, four diagnostics."""
    wrong = {
        "id": "a",
        "title": "规则",
        "when": {"flor": 1},
        "assign": {"led": "housng"},
        "cite": "opinion/9.9",
    }
    found, faults = link(written({**wrong, "basis": "explicit"}))
    assert found is None
    assert {fault.code for fault in faults} == {
        "unknown-fact",
        "unknown-role",
        "unknown-party",
        "unknown-clause",
    }
    assert pickle.loads(pickle.dumps(RulebookError(tuple(faults)))) == RulebookError(tuple(faults))


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_value_nested_without_end_is_shown(lang: Any) -> None:
    """Whatever a stranger sends, telling him so must not fail."""
    assert len(IncidentError("incident-wrong-value", "floor", nested(100_000), WORDED).describe(lang)) < 200


def test_a_fact_of_a_million_characters_is_shown_in_short() -> None:
    """As its value is."""
    error = IncidentError("incident-unknown-fact", "长" * 1_000_000, 1, WORDED)
    assert len(error.describe("zh")) < 200


@pytest.mark.parametrize("value", [10**5_000, nested(100_000)], ids=["huge", "nested"])
def test_an_error_has_a_hash_whatever_it_carries(value: Any) -> None:
    assert isinstance(hash(IncidentError("incident-wrong-value", "floor", value, WORDED)), int)


def test_what_is_told_can_be_written_down() -> None:
    """JSON can hold half a character; a log cannot."""
    value = json.loads(r'"\ud800"')
    error = IncidentError("incident-wrong-value", "respondent", value, WORDED)
    assert error.describe("en").encode("utf-8")


def test_a_missing_package_is_told_with_the_command_that_brings_it() -> None:
    with pytest.raises(MissingExtraError) as caught, needs("batch"):
        import no_such_package  # noqa: F401
    assert isinstance(caught.value, ImportError)
    assert (caught.value.describe("zh"), caught.value.describe("en")) == (
        "没有安装这里需要的 no_such_package；请运行：pip install 'dutyroute[batch]'",
        "no_such_package is required here, but it is not installed; run: pip install 'dutyroute[batch]'",
    )


def test_the_drawn_tree_is_the_tree_of_the_code() -> None:
    """Every error of every module has its place in the drawing, below its parent."""
    for module in walk_packages(dutyroute.__path__, "dutyroute."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    parents: list[str] = []
    drawn: dict[str, str] = {}
    for line in (dutyroute.errors.__doc__ or "").splitlines():
        if found := re.match(r"([│├└─ ]*)([A-Z]\w+Error|UnknownCheck)(?: |$)", line):
            depth = len(found[1]) // 4
            parents[depth:] = [found[2]]
            drawn[found[2]] = parents[depth - 1] if depth else "Exception"
    assert drawn == {"DutyrouteError": "Exception", **dict(below(DutyrouteError))}


def below(error: type[DutyrouteError]) -> Iterator[tuple[str, str]]:
    for child in error.__subclasses__():
        yield child.__name__, error.__name__
        yield from below(child)
