"""Two engines, one answer: generated rulebooks, every shipped case, every open matter."""

from __future__ import annotations

import os
import pickle
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agreement import by_router, told
from books import book, linked, rule
from dutyroute import EngineError, Router
from dutyroute.cases import load_cases
from dutyroute.ledger import Ledger
from dutyroute.rulebook.editions import order_of
from dutyroute.rulebook.shipped import shipped
from generate import seeded

BLOCK, INCIDENTS = 20, 20
FUZZ_BLOCKS = int(os.environ.get("DUTYROUTE_FUZZ_N", "1000000")) // 10_000


def compare(seed: object) -> Counter[str]:
    """Hold the engines against each other on one generated rulebook."""
    data, incidents = seeded(seed, INCIDENTS)
    rulebook, kinds = linked(data), Counter[str]()
    diagram = Router(rulebook)
    with Router(rulebook, engine="rete") as rete:
        for incident in incidents:
            one, other = by_router(diagram, incident), by_router(rete, incident)
            assert one == other, told(data, incident, one, other)
            kinds[one if isinstance(one, str) else one[0].status] += 1
    return kinds


# Each of these blocks gives every kind of answer; not every one does.
@pytest.mark.parametrize("block", [2, 3])
def test_both_engines_give_whole_equal_decisions(block: int) -> None:
    """On 800 incidents of 40 rulebooks that use every feature of the language."""
    kinds = sum((compare(seed) for seed in range(block * BLOCK, (block + 1) * BLOCK)), Counter[str]())
    assert kinds.total() == BLOCK * INCIDENTS
    assert {"routed", "incomplete", "unrouted", "conflict", "incident-impossible"} <= set(kinds)


@pytest.mark.fuzz
@pytest.mark.parametrize("block", range(FUZZ_BLOCKS))
def test_both_engines_give_whole_equal_decisions_for_long(block: int) -> None:
    for seed in range(block * BLOCK, (block + 1) * BLOCK):
        compare(f"long {seed}")


@pytest.fixture(scope="module")
def routers() -> Any:
    diagram = Router.shipped()
    with Router(diagram.rulebook, engine="rete") as rete:
        yield diagram, rete


def test_both_engines_decide_every_shipped_case_alike(routers: tuple[Router, Router]) -> None:
    diagram, rete = routers
    cases = load_cases([shipped("cases")], diagram.rulebook)
    differing = [c.id for c in cases if by_router(diagram, c.incident) != by_router(rete, c.incident)]
    assert len(cases) > 250
    assert differing == []


def test_both_engines_answer_every_matter_of_which_nothing_is_known(routers: tuple[Router, Router]) -> None:
    """Beside the defaults; what is certain, what is possible and what to ask is the same."""
    diagram, rete = routers
    for matter in diagram.rulebook.vocabulary.matters:
        assert diagram.route({"matter": matter}) == rete.route({"matter": matter})


@pytest.mark.fuzz
def test_both_engines_answer_every_matter_of_which_nothing_at_all_is_known(
    routers: tuple[Router, Router],
) -> None:
    """The defaults unknown as well: up to 784 kinds of completions each."""
    diagram, rete = routers
    facts = diagram.rulebook.vocabulary.facts.values()
    unknown = {fact.id: None for fact in facts if fact.default is not None or fact.unless_said is not None}
    for matter in diagram.rulebook.vocabulary.matters:
        incident = {"matter": matter, **unknown}
        assert diagram.route(incident) == rete.route(incident)


def test_what_if_ask_and_tables_are_decided_by_the_engine_too(routers: tuple[Router, Router]) -> None:
    import pyarrow as pa

    diagram, rete = routers
    incident = {"matter": "fire-lane-blocking"}
    assert rete.what_if(incident, respondent="owner") == diagram.what_if(incident, respondent="owner")
    assert rete.ask(incident) == diagram.ask(incident)
    table = pa.table(
        {"matter": ["clutter", "fire-lane-blocking", "clutter"], "respondent": ["owner", None, "owner"]}
    )
    assert rete.route_table(table).decisions == diagram.route_table(table).decisions


def test_threads_share_one_worker(routers: tuple[Router, Router]) -> None:
    diagram, rete = routers
    incidents = [{"matter": matter, "respondent": "owner"} for matter in diagram.rulebook.vocabulary.matters]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(rete.route, incidents)) == [diagram.route(each) for each in incidents]


def test_a_router_takes_its_engine_along(routers: tuple[Router, Router]) -> None:
    """Into another process it goes without the worker, which is started there when it is needed."""
    _, rete = routers
    with pickle.loads(pickle.dumps(rete)) as travelled:
        assert travelled.engine == "rete"
        assert travelled.route({"matter": "clutter"}) == rete.route({"matter": "clutter"})


def test_a_published_edition_is_decided_by_the_same_engine(tmp_path: Path) -> None:
    """It is recorded what the engine decided; asked as of then, the engine decides again, and is closed with the router."""
    rulebook, march = book(rule("a", {"urgent": True}, {"lead": "housing"})), datetime(2026, 3, 1, tzinfo=UTC)
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        content = rulebook.canonical().encode()
        ledger.publish(content, digest=rulebook.digest, at=march, order=order_of(rulebook))
        with Router(rulebook, ledger=ledger, engine="rete", clock=lambda: march) as router:
            decision = router.route({"matter": "complaint", "urgent": True})
            then = router.known(march)
            assert then.engine == "rete"
            assert then.route({"matter": "complaint", "urgent": True}) == decision
        with pytest.raises(EngineError):
            then.route({"matter": "complaint"})
        recorded = [entry.content for entry in ledger.entries() if entry.kind == "decision"]
    assert [content["decision"] for content in recorded] == [decision.to_dict()]


def test_an_engine_that_is_not_there_is_no_diagram() -> None:
    with pytest.raises(KeyError):
        Router(book(rule("a", {}, {"lead": "housing"})), engine="rules")  # type: ignore[arg-type]
