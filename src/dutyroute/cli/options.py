"""The command line as data: every option, and what each command is called with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from dutyroute.formats.timestamp import read_time

Pairs = tuple[tuple[str, str], ...]
"""What `--fact` and `--what-if` hold: keys and values, as they were written."""


if TYPE_CHECKING:
    _ParamType = click.ParamType[Any]
else:
    # Older versions of click that are allowed, too, know no parameter here.
    _ParamType = click.ParamType


class ValueReader(_ParamType):
    """Reads a value by a function; `phrase` tells what a value that it refuses should look like."""

    def __init__(self, name: str, read: Callable[[str], Any], phrase: str) -> None:
        self.name = name
        self.read = read
        self.phrase = phrase

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read one value."""
        try:
            return self.read(value)
        except (ValueError, OverflowError, OSError):
            assert ctx is not None
            self.fail(ctx.obj(self.phrase, value=value), param, ctx)


def _pair(text: str) -> tuple[str, str]:
    """Split `KEY=VALUE`; a full-width sign will do."""
    key, sign, value = text.replace("＝", "=", 1).partition("=")
    if not sign or not key.strip():
        raise ValueError(text)
    return key.strip(), value.strip()


def _count(text: str) -> int:
    """Read a whole number that is not negative."""
    if int(text) < 0:
        raise ValueError(text)
    return int(text)


def _percentage(text: str) -> float:
    """Read a number from 0 to 100; `nan` is none."""
    if not 0 <= float(text) <= 100:
        raise ValueError(text)
    return float(text)


COUNT = ValueReader("count", _count, "not-a-count")
# What several options are like.
_FLAG: dict[str, Any] = {"is_flag": True}
_FILE: dict[str, Any] = {"metavar": "FILE"}
_FOLDER: dict[str, Any] = {"metavar": "DIR"}
_PAIRS: dict[str, Any] = {
    "metavar": "KEY=VALUE",
    "multiple": True,
    "type": ValueReader("pair", _pair, "not-a-pair"),
}

OPTIONS: Mapping[str, Mapping[str, Any]] = {
    **dict.fromkeys(("bom", "coverage", "digests", "explain", "full", "json", "mutants", "resume"), _FLAG),
    **dict.fromkeys(("suggest-map", "unmapped", "verbose", "watch", "notes"), _FLAG),
    **dict.fromkeys(("cases", "ledger:out", "map", "out", "settings", "slip", "text"), _FILE),
    **dict.fromkeys(("new:cases", "rules", "schema:out"), _FOLDER),
    **dict.fromkeys(("fact", "prove", "what-if"), _PAIRS),
    "accept": {"metavar": "CHECK[:ID]", "multiple": True},
    "as-known": {"metavar": "TIME", "type": ValueReader("moment", read_time, "not-a-moment")},
    "as-stated": {"metavar": "TIME", "type": ValueReader("moment", read_time, "not-a-moment")},
    "as-of": {"metavar": "DATE", "type": ValueReader("day", read_time, "not-a-day")},
    "at": {"metavar": "TIME", "type": ValueReader("moment", datetime.fromisoformat, "not-a-moment")},
    "author": {"metavar": "NAME", "default": ""},
    "checkpoint": {**_FILE, "multiple": True},
    "check:explain": {"metavar": "CHECK"},
    "compare": {"metavar": "OLD NEW", "nargs": 2},
    "delimiter": {"metavar": "CHAR"},
    "encoding": {"metavar": "NAME"},
    "fail-on": {"default": "error"},
    "fail-under": {
        "metavar": "PERCENT",
        "type": ValueReader("percentage", _percentage, "not-a-percentage"),
        "default": 0,
    },
    "instrument": {"metavar": "ID"},
    "lateness": {"metavar": "DAYS", "type": COUNT, "default": 30},
    "ledger": {"metavar": "LEDGER"},
    "matter": {"metavar": "M", "multiple": True},
    "new:matter": {"metavar": "M"},
    "note": {"metavar": "TEXT", "default": ""},
    "oversee": {"metavar": "EVENTS"},
    "query": {"metavar": "SQL"},
    "redact": {"metavar": "KEY", "multiple": True},
    "replay:format": {"multiple": True, "default": ()},
    "replay:out": {**_FOLDER, "default": "build/replay"},
    "rule": {"metavar": "RULE", "multiple": True},
    "since": {"metavar": "OLD"},
    "sheet": {"metavar": "NAME"},
    "spark": {"metavar": "MASTER"},
    "suggest": {"metavar": "N", "type": COUNT, "default": 0},
    "why-not": {"metavar": "PARTY[:ROLE]"},
}
"""
Every option by its name, with what click needs to know of it.

`check:explain` is what `--explain` means to `check`; where a command gives an
option only another help text, the plain option's settings count.
"""


_ENGINE = "engine=diagram|rete|both"
_TABLE = "format=text|markdown|csv|json bom out"
_TEXT = "format=text|json out"

COMMANDS: Mapping[str, tuple[str, str]] = {
    "route": (
        "file=[FILE|-]",
        "matter fact record:rules full explain why-not what-if format=text|json|mermaid json slip out input=|json|jsonl|yaml"
        f" record:ledger redact as-of as-known as-stated {_ENGINE}",
    ),
    "matters": ("words=[WORD|-]", "rules format=text|json json out"),
    "check": (
        "path=[DIR]",
        "check:explain notes since diff:ledger accept author note format=text|json|sarif out"
        " fail-on=error|warning|note|never watch rules",
    ),
    "matrix": ("", f"matrix:matter fact rules {_TABLE}"),
    "duties": ("party=[PARTY]", "duties:as-of rules format=text|html|xlsx|csv|json bom out"),
    "trace": ("", f"unmapped rules {_TABLE} text instrument digests"),
    "test": (
        "cases=[CASES]...",
        "rules verbose coverage mutants suggest rule fail-under format=text|json|yaml|html out",
    ),
    "diff": ("old=OLD new=NEW", "diff:cases format=text|markdown|json|html out diff:ledger"),
    "replay": (
        "histories=CASES...",
        "map record:rules replay:out suggest-map as-of as-known as-stated record:ledger resume"
        " replay:format=|csv|xlsx|parquet|json encoding delimiter sheet query spark compare"
        f" {_ENGINE} replay:oversee settings",
    ),
    "oversee": (
        "events=EVENTS",
        f"oversee:map oversee:as-of settings lateness oversee:ledger format=text|json|html out {_ENGINE} rules"
        " encoding delimiter sheet query",
    ),
    "ledger publish": ("ledger=LEDGER", "rules author note at"),
    "ledger history": ("ledger=LEDGER rule=RULE", _TEXT),
    "ledger verify": ("ledger=LEDGER", f"checkpoint {_TEXT}"),
    "ledger export": ("ledger=LEDGER", "ledger:out!"),
    "ledger checkpoint": ("ledger=LEDGER", "author note at ledger:out"),
    "ledger show": ("ledger=LEDGER number=[NUMBER]", f"prove {_TEXT}"),
    "ledger replay": ("ledger=LEDGER", _TEXT),
    "new": ("kind=rulebook|rule|matter|party|case new-id=ID|DIR", "new:matter new:cases new:rules"),
    "schema": ("", "schema:out! rules"),
}
"""
Every command in the order in which people need them: its arguments, and its options as on its help page.

An argument is `name=METAVAR`: in brackets it may be left out, with dots it
takes any number, `a|b` is a choice. An option is named as in `OPTIONS`;
`=a|b` lists its values, the first one being the default, and `!` says that
it must be given. `out` takes the whole answer; a command that writes a file
of its own has an `out` of its own.
"""

COMBINATIONS: Mapping[str, tuple[str, ...]] = {
    "route": (
        "--matter|--fact excludes FILE",
        "--input needs FILE",
        "--redact needs --ledger",
        "--as-known excludes --as-stated",
        "--explain|--why-not|--what-if excludes --format=mermaid",
        "--full excludes --format=json|--format=mermaid|--json",
        "--json excludes --format",
        "--slip excludes --format|--json|--out|--explain|--why-not|--what-if",
    ),
    "matters": ("--json excludes --format",),
    "check": (
        "PATH excludes --rules",
        "--watch excludes --format=json|--format=sarif|--out|--fail-on|--since|--accept",
        "--explain excludes PATH|--rules|--watch|--format=json|--format=sarif|--fail-on",
        "--explain excludes --notes|--since|--accept",
        "--notes excludes --format=json|--format=sarif",
        "--accept needs --author",
        "--accept needs --note",
        "--author|--note needs --accept",
        "--accept excludes --format=json|--format=sarif|--out|--fail-on|--since|--notes",
        "--ledger needs --since",
    ),
    "matrix": ("--bom needs --format=csv",),
    "duties": ("--bom needs --format=csv", "--format=xlsx needs --out"),
    "trace": (
        "--instrument|--digests needs --text",
        "--unmapped|--bom|--format=markdown|--format=csv excludes --text",
        "--digests excludes --format=json",
        "--bom needs --format=csv",
    ),
    "test": (
        "--suggest|--format=yaml|--format=html needs --coverage",
        "--rule needs --mutants",
        "--fail-under needs --coverage|--mutants",
        "--format=json|--format=yaml|--format=html excludes --mutants",
        "--verbose excludes --coverage|--mutants|--format=json",
    ),
    "replay": (
        "--map|--out|--resume|--as-of|--as-known|--as-stated|--ledger|--format excludes --suggest-map",
        "--as-known excludes --as-stated",
        "--engine|--spark|--compare|--oversee|--settings excludes --suggest-map",
        "--settings needs --oversee",
        "--rules|--engine=rete|--engine=both excludes --compare",
        "--encoding|--delimiter|--sheet|--query|--resume excludes --spark",
        "--compare|--oversee|--engine=rete|--engine=both excludes --spark",
    ),
    "ledger show": ("--prove needs NUMBER",),
    "new": ("--matter|--cases|--rules excludes KIND=rulebook",),
}
"""
Combinations that are refused, because an option would have no effect in them.

`needs A|B`: at least one of them must be given. `excludes A|B`: none of them may be given.
With `=`, an option counts only where it has this value.
"""

RENAMED_COMMANDS: Mapping[str, str] = {
    "coverage": "test --coverage",
    "mutate": "test --mutants",
    "publish": "ledger publish LEDGER --rules DIR",
    "history": "ledger history LEDGER RULE",
    "init": "new rulebook DIR",
    "version": "--version",
}
"""Commands that there were before, and what they are called now."""

RENAMED_OPTIONS: Mapping[str, str] = {
    "--json": "--format json",
    "--html": "--format html --out FILE",
    "--mermaid": "--format mermaid",
    "--format table": "--format text",
    "--ledger": "LEDGER",
}
"""Options that there were before, and what takes their place."""
