"""
How the public API is typed; mypy reads this file, and nothing runs it.

A line with `type: ignore` has to be a type error: mypy reports an ignore that is not needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_type

import dutyroute
from dutyroute import Decision, Duty, Incident, Router, Rulebook, RulebookStore, Ruling, load

assert_type(dutyroute.__version__, str)


def a_misspelt_name_is_an_error() -> None:
    from dutyroute import Rooter  # type: ignore[attr-defined]

    print(Rooter, dutyroute.Rooter)  # type: ignore[attr-defined]


def routing_gives_known_types(router: Router) -> Iterator[Duty]:
    assert_type(router.incident({"matter": "complaint"}), Incident)
    decision = router.route({"matter": "complaint"})
    assert_type(decision, Decision)
    assert_type(decision.rulings, tuple[Ruling, ...])
    yield from decision.rulings[0].duties


def loading_gives_known_types() -> None:
    assert_type(load("rules"), Rulebook)
    assert_type(Router.load("rules"), Router)
    assert_type(Router.shipped(), Router)
    assert_type(RulebookStore("rules").router, Router)


def a_misspelt_option_is_an_error() -> None:
    Router.load("rules", legder=None)  # type: ignore[call-arg]
