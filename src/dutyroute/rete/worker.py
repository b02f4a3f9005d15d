"""
The program in which durable-rules runs, alone in its process.

It imports nothing else of dutyroute, so that it is there at once. A line of JSON
comes in, a line goes out. Whatever the C code does to the process, it does to
this one only; one that hangs ends itself.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any

COMPARISONS = {"ne": "$neq", "ge": "$gte", "lt": "$lt"}
KIND = {"t": "incident"}
"""What every fact is and every rule asks for first: durable-rules' own state is a fact, too."""


class Matcher:
    """
    One ruleset, used only to match: a fact goes in, the rules that it fires come out.

    Actions do nothing but note their rule. The fact is taken back between two
    calls, when nothing is left to fire.
    """

    def __init__(self, rules: Sequence[tuple[int, Sequence[tuple[str, str, Any]]]]) -> None:
        from durable import engine

        class Quiet(engine.Host):  # type: ignore[misc]
            def _run(self) -> None:
                """Start no threads: nothing fires but in a call."""

        self._nobody = engine.MessageNotHandledException
        self._fired: list[int] = []
        self._count = 0
        self.attributes: set[str] = {attribute for _, terms in rules for attribute, _, _ in terms}
        self._host = Quiet()
        defined = {
            f"r{place}": {
                "all": [{"m": {"$and": [KIND.copy(), *map(_term, terms)]}}],
                "run": self._noting(row),
            }
            for place, (row, terms) in enumerate(rules)
        }
        opening = {"all": [{"m": {"$and": [{"t": "open"}]}}], "run": lambda _: None}
        self._host.set_rulesets({"rules": {**defined, "open": opening}})
        # The first fact makes the state fact and the first action: before these, other calls can crash.
        self._host.assert_fact("rules", {"t": "open", "fid": 0})

    def _noting(self, row: int) -> Callable[[Any], None]:
        # durable-rules takes a function of one argument only: no partial, no default.
        return lambda _: self._fired.append(row)

    def match(self, attributes: dict[str, Any]) -> list[int]:
        """Return the rows of the rules that a fact fires."""
        self._fired.clear()
        self._count += 1
        own = {name: attributes[name] for name in self.attributes}
        fact = {**KIND, "fid": self._count, **own}
        try:
            self._host.assert_fact("rules", fact)
        except self._nobody:  # no rule at all; the fact is then not kept
            return []
        self._host.retract_fact("rules", fact)
        return sorted(set(self._fired))


def _term(term: tuple[str, str, Any]) -> dict[str, Any]:
    attribute, comparison, literal = term
    if comparison == "eq":
        return {attribute: literal}
    return {COMPARISONS[comparison]: {attribute: literal}}


def main() -> None:
    """Answer one line after the other until no more come."""
    answers = os.fdopen(os.dup(1), "wb")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for the program that asks
    os.dup2(2, 1)  # whatever else is printed does not get between the answers
    lines = iter(sys.stdin.buffer.readline, b"")
    opening = json.loads(next(lines))
    with answers:
        try:
            import durable.engine  # noqa: F401
        except ImportError as error:
            _say(answers, {"error": str(error)})
            raise SystemExit(1) from None
        _say(answers, {"ready": True})
        matchers: dict[int, Matcher] = {}  # each ruleset is built when it is first asked
        for line in lines:
            signal.setitimer(signal.ITIMER_REAL, opening["limit"])  # the default of SIGALRM: the process ends
            places, facts = json.loads(line)
            for place in set(places) - matchers.keys():
                matchers[place] = Matcher(opening["shards"][place])
            fired = [[row for place in places for row in matchers[place].match(each)] for each in facts]
            _say(answers, {"fired": fired})
            signal.setitimer(signal.ITIMER_REAL, 0)


def _say(answers: Any, said: dict[str, Any]) -> None:
    answers.write(json.dumps(said).encode() + b"\n")
    answers.flush()


if __name__ == "__main__":
    main()
