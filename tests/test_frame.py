"""A table of incidents is decided as its rows are, one by one."""

from __future__ import annotations

import random
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from books import linked, obligation, recusal, router, rule
from clerk import clerk
from dutyroute import IncidentError, Router
from dutyroute.diagram.diagram import Diagram
from dutyroute.routing.table import Frame
from generate import Dice, Writer

SHIPPED = Router.shipped()
TIMED = router(
    rule("early", {"matter": "violation", "bidders": {"at_least": 3}}, {"lead": "housing"}),
    rule("late", {"matter": "violation"}, {"lead": "planning"}, in_force={"from": date(2026, 7, 1)}),
    rule("old", {"built_on": {"less_than": date(2000, 1, 1)}}, {"inspect": "street-office"}),
    rule("owner", {"respondent": ("owner", "property-company"), "urgent": True}, {"enforce": "housing"}),
    header={"in_force": {"from": date(2020, 1, 1), "until": date(2030, 1, 1)}},
    obligations=(obligation("one-lead", {"matter": "violation"}, "lead", exactly=1),),
    recusal=(recusal("respondent", "enforce"),),
    impossible=({"respondent": "owner", "occupied": False},),
)
KINDS = {"bool": pa.bool_(), "int": pa.int64(), "date": pa.date32()}


def drawn(clerk: Router, chance: random.Random, rows: int, several: bool) -> list[dict[str, Any]]:
    """Draw rows over the whole vocabulary: any value, unknown, out of bounds, out of force."""
    words = clerk.rulebook.vocabulary
    days = [date(1999, 12, 31), date(2000, 1, 1), date(2019, 1, 1), date(2026, 6, 30), date(2031, 1, 1)]
    pools: dict[str, list[Any]] = {}
    for name, fact in words.facts.items():
        known = {"bool": [True, False], "int": [-1, 0, 2, 3, 9, 10], "date": days}
        pools[name] = [None, *known.get(fact.type, words.domain(fact))]
    matters = list(words.matters)
    pools["matter"] = [None, *matters, *([chance.sample(matters, 2)] if several else [])]
    return [{name: chance.choice(pool) for name, pool in pools.items()} for _ in range(rows)]


def table(clerk: Router, rows: list[dict[str, Any]], several: bool) -> Any:
    facts = clerk.rulebook.vocabulary.facts
    columns = {}
    for name in rows[0]:
        values = [row[name] for row in rows]
        kind = KINDS.get(facts[name].type, pa.string())
        if name == "matter" and several:
            kind, values = pa.list_(kind), [v if v is None or isinstance(v, list) else [v] for v in values]
        columns[name] = pa.array(values, kind)
    return pa.table(columns)


def by_itself(clerk: Router, row: dict[str, Any], as_of: date | None = None) -> Any:
    told = clerk.rulebook.vocabulary.in_cells(row)
    try:
        return clerk.route({**told, **({"reported_at": as_of} if as_of else {})})
    except IncidentError as error:
        return error


@pytest.mark.parametrize("clerk", [SHIPPED, TIMED], ids=["shipped", "timed"])
@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("as_of", [None, date(2026, 8, 1)])
@pytest.mark.parametrize("seed", range(2))
def test_each_row_is_decided_as_it_is_by_itself(clerk: Router, several: bool, as_of: Any, seed: int) -> None:
    rows = drawn(clerk, random.Random(seed), 60, several)
    routed = clerk.route_table(table(clerk, rows, several), as_of=as_of)
    assert len(routed) == len(rows)
    assert list(routed) == [by_itself(clerk, row, as_of) for row in rows]


def walked(clerk: Router, given: Any, as_of: date | None = None) -> Any:
    """Decide a table by walking all its rows at once, however few they are."""
    diagram = Diagram(clerk.rulebook)
    return Frame(clerk.rulebook, lambda row: by_itself(clerk, row), lambda: diagram, few=0).route(
        given, as_of
    )


@pytest.mark.parametrize("clerk", [SHIPPED, TIMED], ids=["shipped", "timed"])
@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("as_of", [None, date(2026, 8, 1), date(1990, 1, 1)])
@pytest.mark.parametrize("known", [0.0, 0.9, 1.0])
def test_rows_that_walk_together_are_decided_as_they_are_by_themselves(
    clerk: Router, several: bool, as_of: Any, known: float
) -> None:
    """With facts all known, mostly known, and as they come; a column more or less."""
    chance = random.Random(f"{several} {as_of} {known}")
    rows = drawn(clerk, chance, 300, several)
    for row in rows:
        for name, fact in clerk.rulebook.vocabulary.facts.items():
            if row[name] is None and chance.random() < known:
                pool = [True] if fact.type == "bool" else clerk.rulebook.vocabulary.domain(fact)
                row[name] = {"int": 3, "date": date(2026, 8, 2)}.get(fact.type) or pool[0]
    for left_out in (None, *chance.sample([name for name in rows[0] if name != "matter"], 2)):
        kept = [{name: value for name, value in row.items() if name != left_out} for row in rows]
        expected = [by_itself(clerk, row, as_of) for row in kept]
        assert list(walked(clerk, table(clerk, kept, several), as_of)) == expected


@pytest.mark.parametrize("block", range(4))
def test_rows_of_any_rulebook_are_decided_as_they_are_by_themselves(block: int) -> None:
    """Generated rulebooks that use every feature of the language; unknown facts, errors, several matters."""
    for number in range(15):
        writer = Writer(Dice(("frame", block * 15 + number)))
        clerk = Router(linked(writer.rulebook()))
        facts = [name for name in clerk.rulebook.vocabulary.facts if name != "matter"]
        given = [writer.incident(3) for _ in range(40)]
        rows = [
            {"matter": _listed(row["matter"]), **{name: row.get(name) for name in facts}} for row in given
        ]
        expected = [by_itself(clerk, row) for row in rows]
        assert list(clerk.route_table(table(clerk, rows, several=True))) == expected
        assert list(walked(clerk, table(clerk, rows, several=True))) == expected


def _listed(matter: Any) -> list[str]:
    return matter if isinstance(matter, list) else [matter]


def test_what_no_rule_tells_apart_is_decided_once() -> None:
    rows = [
        {"matter": "clutter", "built_on": date(2001, 1, 1 + day % 28), "bidders": 3} for day in range(500)
    ]
    routed = TIMED.route_table(pa.table({name: [row[name] for row in rows] for name in rows[0]}))
    assert len(routed.decisions) == 1
    assert routed[0] is routed[499]


def test_any_frame_of_arrow_will_do() -> None:
    """Text, dictionaries, categories, days with a time: one table, three libraries."""
    polars, duckdb = pytest.importorskip("polars"), pytest.importorskip("duckdb")
    columns = {
        "matter": ["clutter", "fire-lane", None],
        "bidders": [3, None, 5],
        "urgent": [True, None, False],
    }
    days = [datetime(2026, 8, 1, 13), None, datetime(2026, 1, 1)]
    expected = list(TIMED.route_table(pa.table({**columns, "reported_at": days})))
    frame = polars.DataFrame({**columns, "reported_at": days}).with_columns(
        polars.col("matter").cast(polars.Categorical)
    )
    assert list(TIMED.route_table(frame)) == expected
    assert list(TIMED.route_table(duckdb.sql("select * from frame"))) == expected
    coded = pa.table(
        {**columns, "matter": pa.array(columns["matter"]).dictionary_encode(), "reported_at": days}
    )
    assert list(TIMED.route_table(coded.to_reader(max_chunksize=1))) == expected


def test_a_table_without_rows_has_no_decisions() -> None:
    routed = TIMED.route_table(pa.table({"matter": pa.array([], pa.string())}))
    assert (len(routed), routed.decisions) == (0, ())


def test_decisions_are_columns_too() -> None:
    given = pa.table(
        {"matter": ["clutter", "没有"], "bidders": [4, 4], "reported_at": [date(2026, 1, 1)] * 2}
    )
    assert TIMED.route_table(given).table.to_pylist() == [
        {
            "incident": "0",
            "status": "incomplete",
            "lead": ["housing"],
            "rules": ["early", "owner", "old"],
            "clauses": ["opinion/1.1"],
            "flags": [],
            "ask": ["respondent", "urgent", "built_on"],
            "error": None,
        },
        dict.fromkeys(("status", "lead", "rules", "clauses", "flags", "ask"))
        | {"incident": "1", "error": "incident-wrong-value"},
    ]


def test_columns_are_named_as_the_keys_of_incidents() -> None:
    """By id, name or alias; the ids of the rows come back with the answers."""
    rows = [
        {"matter": "clutter", "行为人": "业主", "id": "A-1", "text": "楼道"},
        {"matter": "complaint", "行为人": None, "id": 7, "text": None},
    ]
    columns = {
        "事项": ["clutter", "complaint"],
        "被投诉人": ["业主", None],
        "id": ["A-1", "7"],
        "text": ["楼道", None],
    }
    for given in (columns, {**columns, "id": pa.array(["A-1", "7"]).dictionary_encode()}):
        routed = clerk().route_table(pa.table(given))
        assert list(routed) == [routed[0], routed[1]] == [clerk().route(row) for row in rows]
        assert routed.table.column("incident").to_pylist() == ["A-1", "7"]


@pytest.mark.parametrize("name", ["respondant", "备注", "unnamed: 0"])
def test_a_table_with_an_unknown_column_is_refused_as_its_rows_are(name: str) -> None:
    """In silence the answers would be those of another question."""
    routed = clerk().route_table({"matter": ["clutter", "complaint"], name: ["owner", None]})
    with pytest.raises(IncidentError) as caught:
        clerk().route({"matter": "clutter", name: "owner"})
    for found in routed:
        assert isinstance(found, IncidentError)
        assert (found.code, found.fact, found.suggestion) == (
            caught.value.code,
            caught.value.fact,
            caught.value.suggestion,
        )


def test_one_fact_in_two_columns_is_refused() -> None:
    for names in (["matter", "matter"], ["matter", "事项"]):
        given = pa.Table.from_arrays([pa.array(["clutter"])] * 2, names=names)
        assert [each.code for each in clerk().route_table(given)] == ["incident-fact-twice"]


@pytest.mark.parametrize("kind", [pa.float64(), pa.float32(), pa.decimal128(21, 2), pa.int8()], ids=str)
def test_whole_numbers_may_be_floats(kind: Any) -> None:
    """Pandas makes floats of them where one is missing; halves stay wrong."""
    values = pa.array([1, None, 7]).cast(kind)
    routed = TIMED.route_table(pa.table({"matter": ["clutter"] * 3, "bidders": values}))
    rows = [{"matter": "clutter", "bidders": number} for number in (1, None, 7)]
    assert list(routed) == [TIMED.route(row) for row in rows]
    (half,) = TIMED.route_table(pa.table({"matter": ["clutter"], "bidders": [1.5]}))
    assert isinstance(half, IncidentError)
    assert half.code == "incident-wrong-value"


class Whole:
    """A number as numpy has them: no `int`, but a whole number."""

    def __index__(self) -> int:
        return 3


@pytest.mark.parametrize("value", [3.0, Decimal("3.0"), Whole()])
def test_a_whole_number_of_an_incident_may_be_of_any_type(value: object) -> None:
    assert TIMED.incident({"matter": "clutter", "bidders": value}).facts["bidders"] == 3


@pytest.mark.parametrize(
    "name, values, expected",
    [
        ("matter", ["clutter", 5], "int, str"),
        ("urgent", [True, "是"], "bool, str"),
        ("id", [[1], [2]], "list<item: int64>"),
        ("id", [1.5, 2.0], "double"),
        ("id", [1e17, None], "double"),
        ("id", [b"a", b"\xff"], "binary"),
    ],
)
def test_values_of_several_types_and_ids_that_are_none_are_named(
    name: str, values: list[Any], expected: str
) -> None:
    with pytest.raises(IncidentError) as caught:
        TIMED.route_table({"matter": ["clutter", "clutter"], name: values})
    assert (caught.value.code, caught.value.fact, caught.value.value) == (
        "incident-wrong-value",
        name,
        expected,
    )


def test_the_index_of_a_frame_is_no_fact_and_its_ids_may_be_floats() -> None:
    """As pandas passes on a frame whose rows were selected or sorted."""
    given = pa.table({"id": [7.0, None], "matter": ["clutter", "clutter"], "__index_level_0__": [4, 9]})
    routed = TIMED.route_table(given)
    assert [answer.incident for answer in routed] == ["7", None]


def test_a_column_of_a_type_that_no_fact_has_is_named() -> None:
    with pytest.raises(IncidentError) as caught:
        TIMED.route_table(pa.table({"matter": ["clutter"], "bidders": [{"a": 1}]}))
    assert (caught.value.fact, caught.value.value) == ("bidders", "struct<a: int64>")


@pytest.mark.parametrize(
    "kind", [pa.list_(pa.string()), pa.large_list(pa.string()), pa.list_view(pa.string())]
)
def test_lists_of_matters_are_read_as_those_of_an_incident(kind: Any) -> None:
    listed = [["clutter"], ["clutter", "complaint"], [], ["nope"], ["clutter", "clutter"], ["clutter", None]]
    routed = clerk().route_table(pa.table({"matter": pa.array(listed, kind)}))
    rows = [by_itself(clerk(), {"matter": matters}) for matters in listed]
    codes = [getattr(each, "code", None) for each in routed]
    assert codes == [getattr(each, "code", None) for each in rows]
    assert list(routed)[:2] == rows[:2]


def test_the_duties_of_a_table_are_a_long_table() -> None:
    rows = [
        {"matter": ["clutter", "complaint"], "respondent": "owner"},
        {"matter": ["nope"], "respondent": None},
    ]
    given = pa.Table.from_pylist(rows)
    expected = [
        {
            "matter": ruling.matter,
            **{name: getattr(duty, name) for name in ("party", "role", "within", "certain")},
            "due": None,
            **{name: list(getattr(duty, name)) for name in ("to", "rules", "clauses")},
        }
        for ruling in clerk().route(rows[0]).rulings
        for duty in ruling.duties
    ]
    duties = clerk().route_table(given.append_column("id", [["A-1", "A-2"]])).duties
    assert duties.column_names == [
        "incident",
        "matter",
        "party",
        "role",
        "to",
        "within",
        "due",
        "certain",
        "rules",
        "clauses",
    ]
    assert duties.to_pylist() == [{"incident": "A-1", **duty} for duty in expected]
    assert set(clerk().route_table(given).duties.column("incident").to_pylist()) == {"0"}
