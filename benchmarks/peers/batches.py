"""A million incidents at once: dutyroute's table beside DuckDB and Polars joining the same rules."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import workload

from peers import form

ROWS = 1_000_000
FACTS = ("matter", "community_kind", "has_property_company", "is_public_area", "repeat_count", "reported_at")


def incidents(matters: int, rows: int = ROWS) -> Any:
    """Draw incidents as columns."""
    pick = random.Random(2)
    first = date(2026, 1, 1)
    return pa.table(
        {
            "row": pa.array(range(rows), pa.int64()),
            "matter": pa.array([f"matter-{n}" for n in pick.choices(range(matters), k=rows)]),
            "community_kind": pa.array(pick.choices(workload.KINDS, k=rows)),
            "has_property_company": pa.array(pick.choices((True, False), k=rows)),
            "is_public_area": pa.array(pick.choices((True, False), k=rows)),
            "repeat_count": pa.array(pick.choices(range(11), k=rows), pa.int64()),
            "reported_at": pa.array([first + timedelta(n) for n in pick.choices(range(365), k=rows)]),
        }
    )


def rule_table(listed: list[form.Rule]) -> Any:
    """Write the rules as rows, one for each matter."""
    rows = [
        {
            "place": place,
            "rule": rule.id,
            "matter": matter,
            "kind": rule.kind,
            "company": rule.has_company,
            "public": rule.is_public,
            "repeats": rule.repeats,
            "since": date.fromordinal(rule.since) if rule.since else None,
            "duties": [f"{party}:{role}" for party, role in rule.duties],
        }
        for place, rule in enumerate(listed)
        for matter in rule.matters
    ]
    return pa.Table.from_pylist(rows)


_SQL = """
SELECT i.row, flatten(list(r.duties ORDER BY r.place)) AS duties, list(r.rule ORDER BY r.place) AS rules
FROM incidents i JOIN rules r ON r.matter = i.matter
 AND (r.kind IS NULL OR r.kind = i.community_kind)
 AND (r.company IS NULL OR r.company = i.has_property_company)
 AND (r.public IS NULL OR r.public = i.is_public_area)
 AND (r.repeats IS NULL OR r.repeats <= i.repeat_count)
 AND (r.since IS NULL OR r.since <= i.reported_at)
GROUP BY i.row
"""


def _duckdb(table: Any, listed: list[form.Rule]) -> Callable[[], Any]:
    import duckdb

    base = duckdb.connect()
    base.execute("SET threads = 1")
    base.register("incidents", table)
    base.register("given", rule_table(listed))
    base.execute("CREATE TABLE rules AS SELECT * FROM given")
    return lambda: base.sql(_SQL).to_arrow_table()


def _polars(table: Any, listed: list[form.Rule]) -> Callable[[], Any]:
    import polars as pl

    rules = pl.from_arrow(rule_table(listed)).lazy()  # type: ignore[union-attr]

    def join() -> Any:
        frame = pl.from_arrow(table).lazy()  # type: ignore[union-attr]
        fits = (
            (pl.col("kind").is_null() | (pl.col("kind") == pl.col("community_kind")))
            & (pl.col("company").is_null() | (pl.col("company") == pl.col("has_property_company")))
            & (pl.col("public").is_null() | (pl.col("public") == pl.col("is_public_area")))
            & (pl.col("repeats").is_null() | (pl.col("repeats") <= pl.col("repeat_count")))
            & (pl.col("since").is_null() | (pl.col("since") <= pl.col("reported_at")))
        )
        found = frame.join(rules, on="matter").filter(fits).sort("place").group_by("row")
        return (
            found.agg(
                pl.col("duties").list.explode(keep_nulls=False, empty_as_null=False),
                pl.col("rule").alias("rules"),
            )
            .collect()
            .to_arrow()
        )

    return join


def _dutyroute(table: Any, built: Any) -> Callable[[], Any]:
    """Explanations included: the duties and the rules of each row, as columns."""
    facts = table.select(list(FACTS))

    def route() -> Any:
        routed = built.route_table(facts)
        duties = [[f"{duty.party}:{duty.role}" for duty in each.duties] for each in routed.decisions]
        rules = [sorted({rule for duty in each.duties for rule in duty.rules}) for each in routed.decisions]
        columns = [pa.array(each, pa.list_(pa.string())).take(routed.index) for each in (duties, rules)]
        return pa.table([table.column("row"), *columns], names=["row", "duties", "rules"])

    return route


def _plain(found: Any, rows: range) -> dict[int, tuple[list[str], list[str]]]:
    """Return the answers to some rows, in one order."""
    kept = found.filter(pa.compute.is_in(found.column("row"), pa.array(rows))).to_pylist()
    return {
        each["row"]: (sorted(set(each["duties"])), sorted(set(each["rules"])))
        for each in kept
        if each["rules"]
    }


def measure(rules: int, matters: int, folder: Path, rounds: int = 3) -> dict[str, Any]:
    """Time all three in turns, after their answers to a thousand rows were found the same."""
    import pyarrow.compute  # noqa: F401  pa.compute

    table, listed = incidents(matters), form.rules(rules, matters)
    pq.write_table(table, folder / "incidents.parquet")
    built = workload.router(rules, matters)
    calls = {
        "dutyroute": _dutyroute(table, built),
        "DuckDB": _duckdb(table, listed),
        "Polars": _polars(table, listed),
        "reading the Parquet": lambda: pq.read_table(folder / "incidents.parquet", use_threads=False),
    }
    wanted = _oracle(table.slice(0, 1_000), listed)
    for name in ("dutyroute", "DuckDB", "Polars"):
        if _plain(calls[name](), range(1_000)) != wanted:
            raise ValueError(f"{name} answers otherwise than the oracle")
    built = workload.router(rules, matters)  # what was remembered while checking does not count
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        calls["dutyroute"] = _dutyroute(table, workload.router(rules, matters))
        for name, call in calls.items():
            begun = time.perf_counter()
            call()
            taken[name].append(time.perf_counter() - begun)
    return {"rules": rules, **{name: statistics.median(each) for name, each in taken.items()}}


def _oracle(table: Any, listed: list[form.Rule]) -> dict[int, tuple[list[str], list[str]]]:
    found = {}
    for incident in table.to_pylist():
        hit = [rule for rule in listed if form.matches(rule, form.flat(incident))]
        if hit:
            duties = {f"{party}:{role}" for rule in hit for party, role in rule.duties}
            found[incident["row"]] = (sorted(duties), sorted(rule.id for rule in hit))
    return found
