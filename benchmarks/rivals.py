"""
Time dutyroute beside what one would write by hand: `python benchmarks/rivals.py`.

The rivals know everything: all facts are given, checked by nobody, and spelled as
the rules spell them. `source` is Python generated from the diagram, an `if` for each
test; `source, record` is the same with the record that a decision is; `dense` is one
table per matter with a cell for each combination of classes; `numpy` does that for
all rows at once. Then the path of real incidents: facts that are unknown, plain
mappings, JSON in and out. One unit is nine look-ups in a dict by a 6-tuple. All that
is printed is a ratio within the run; answers are compared before anything is timed.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa
import smoke
import workload

from dutyroute import Router
from dutyroute.cases import load_cases
from dutyroute.diagram.diagram import Diagram
from dutyroute.diagram.places import Leaf, Node
from dutyroute.routing.decision import decided

CASES = Path(__file__).parents[1] / "cases"
COUNT, ROWS = 1_000, 50_000
FACTS = ("community_kind", "has_property_company", "is_public_area", "repeat_count", "reported_at")


def source(router: Router) -> tuple[str, list[Leaf]]:
    """Write a function for each matter that tests fact after fact and returns the number of its leaf."""
    diagram, leaves, lines = router.diagram, list[Leaf](), list[str]()

    def write(place: Any, depth: int) -> Iterator[str]:
        pad = "    " * depth
        if isinstance(place, Leaf):
            leaves.append(place)
            yield f"{pad}return LEAVES[{len(leaves) - 1}]"
            return
        values = list(diagram.classes(place))
        if place.cuts is not None:
            for cut, (_, child) in zip(place.cuts, values, strict=False):
                yield f"{pad}if v[{place.fact!r}] < {_literal(cut)}:"
                yield from write(child, depth + 1)
            yield from write(values[-1][1], depth)
            return
        for kinds, child in values[:-1]:
            yield f"{pad}if v[{place.fact!r}] in {set(kinds)!r}:"
            yield from write(child, depth + 1)
        yield from write(values[-1][1], depth)

    for number, matter in enumerate(router.rulebook.vocabulary.matters):
        lines += [f"def matter_{number}(v):", *write(diagram.root(matter), 1)]
    names = ", ".join(f"{m!r}: matter_{n}" for n, m in enumerate(router.rulebook.vocabulary.matters))
    return "\n".join([*lines, f"BY_MATTER = {{{names}}}"]), leaves


def _literal(cut: Any) -> str:
    return f"date.fromordinal({cut.toordinal()})" if hasattr(cut, "toordinal") else repr(cut)


def bare(router: Router) -> Callable[[Mapping[str, Any]], Leaf]:
    """Compile the source; the function returns the leaf."""
    text, leaves = source(router)
    # Dates are compared as constants: to make them anew in each test would be no rival.
    days = {f"D{n}": each for n, each in enumerate(sorted(_days(router.diagram)))}
    for name, day in days.items():
        text = text.replace(_literal(day), name)
    scope: dict[str, Any] = {"LEAVES": leaves, **days}
    exec(compile(text, "generated", "exec"), scope)
    by_matter = scope["BY_MATTER"]
    return lambda v: by_matter[v["matter"]](v)


def _days(diagram: Diagram) -> set[Any]:
    found: set[Any] = set()
    for matter in diagram.rulebook.vocabulary.matters:
        waiting, seen = [diagram.root(matter)], set[Any]()
        while waiting:
            place = waiting.pop()
            if isinstance(place, Node) and place not in seen:
                seen.add(place)
                found |= {cut for cut in place.cuts or () if hasattr(cut, "toordinal")}
                waiting += [child for _, child in diagram.classes(place)]
    return found


class Dense:
    """A table per matter with a cell for each combination of classes of the five facts."""

    def __init__(self, router: Router) -> None:
        self.cuts: dict[str, list[Any]] = {"repeat_count": list(range(1, 10)), "reported_at": []}
        self.cuts["reported_at"] = sorted(_days(router.diagram))
        lowest = {"repeat_count": 0, "reported_at": smoke.workload.date(2025, 12, 31)}
        values = [
            workload.KINDS,
            (False, True),
            (False, True),
            *([lowest[fact], *self.cuts[fact]] for fact in FACTS[3:]),
        ]
        self.shape = tuple(map(len, values))
        walk = router.diagram.walk
        self.tables = {
            matter: {
                index: walk(
                    matter, dict(zip(FACTS, (v[i] for v, i in zip(values, index, strict=True)), strict=True))
                )
                for index in product(*map(range, self.shape))
            }
            for matter in router.rulebook.vocabulary.matters
        }
        self.kinds = {kind: n for n, kind in enumerate(workload.KINDS)}

    def find(self, v: Mapping[str, Any]) -> Any:
        """Return the leaf of one incident."""
        return self.tables[v["matter"]][
            self.kinds[v["community_kind"]],
            v["has_property_company"],
            v["is_public_area"],
            bisect_right(self.cuts["repeat_count"], v["repeat_count"]),
            bisect_right(self.cuts["reported_at"], v["reported_at"]),
        ]

    def batch(self, router: Router) -> Callable[[pa.Table], Any]:
        """Return a function that finds the leaves of all rows of a table by numpy."""
        import numpy as np  # only where it is installed

        matters = {matter: n for n, matter in enumerate(router.rulebook.vocabulary.matters)}
        numbers: dict[Any, int] = {}
        cells = [
            numbers.setdefault(leaf, len(numbers))
            for table in self.tables.values()
            for leaf in table.values()
        ]
        table = np.array(cells, np.int32).reshape(len(matters), *self.shape)
        counts, days = self.cuts["repeat_count"], np.array(self.cuts["reported_at"], "datetime64[D]")

        def find(rows: pa.Table) -> Any:
            coded = [
                _codes(rows["matter"], matters),
                _codes(rows["community_kind"], self.kinds),
                rows["has_property_company"].to_numpy().astype(np.intp),
                rows["is_public_area"].to_numpy().astype(np.intp),
                np.searchsorted(counts, rows["repeat_count"].to_numpy(), "right"),
                np.searchsorted(days, rows["reported_at"].to_numpy(), "right"),
            ]
            return table[tuple(coded)]

        return find


def _codes(column: pa.ChunkedArray, known: Mapping[str, int]) -> Any:
    import numpy as np

    encoded = column.combine_chunks().dictionary_encode()
    return np.array([known[each] for each in encoded.dictionary.to_pylist()])[encoded.indices.to_numpy()]


def real(router: Router) -> Iterator[tuple[str, Callable[[], object], int]]:
    """Yield the path that real incidents take: what is timed, and how many incidents one pass has."""
    cases = [case.incident for case in load_cases([CASES], router.rulebook)]
    decisions = [router.route(each) for each in cases]
    hot = [router.incident({"matter": matter}) for matter in router.rulebook.vocabulary.matters]
    mappings = [each.to_dict() for each in cases]
    lines = [json.dumps(each, ensure_ascii=False) for each in mappings]
    objects = [json.loads(each.to_json()) for each in decisions]
    route = router.route
    for name, incidents in (("the shipped cases", cases), ("only the matter known", hot)):
        for each in incidents:
            route(each)
        yield name, lambda incidents=incidents: [route(each) for each in incidents], len(incidents)
    yield "the shipped cases, from mappings", lambda: [route(each) for each in mappings], len(cases)
    yield "a decision as JSON", lambda: [each.to_json() for each in decisions], len(cases)
    yield "JSON line to JSON line", lambda: [route(json.loads(each)).to_json() for each in lines], len(cases)
    pairs = list(zip(lines, objects, strict=True))
    yield (
        "json.loads and json.dumps of the same",
        lambda: [(json.loads(a), json.dumps(b)) for a, b in pairs],
        len(cases),
    )


def main() -> None:
    """Compare answers, time everything in turn, print the ratios."""
    router = workload.router(*workload.SIZES[0])
    given = list(workload.incidents(workload.SIZES[0][1], COUNT))
    prepared = [router.incident(each) for each in given]
    generated, dense, stamp = bare(router), Dense(router), router.route(prepared[0]).rulebook
    for mapping, incident in zip(given, prepared, strict=True):
        ruling = router.route(incident).rulings[0]
        if generated(mapping).ruling is not ruling or dense.find(mapping).ruling is not ruling:
            raise SystemExit(f"the rivals answer otherwise: {mapping}")

    def recorded(v: Mapping[str, Any]) -> object:
        return decided(v["id"], (generated(v).ruling,), stamp, ())  # type: ignore[arg-type]

    rows = pa.Table.from_pylist(list(workload.incidents(workload.SIZES[0][1], ROWS)))
    keys = [tuple(v for fact, v in each.items() if fact != "id") for each in given]
    places, nine = {key: n for n, key in enumerate(keys)}, keys[:9]
    timed: dict[str, Callable[[], object]] = {
        "unit": lambda: [[places[key] for key in nine] for _ in range(COUNT)],
        "route": lambda: [router.route(each) for each in prepared],
        "source": lambda: [generated(each) for each in given],
        "source, record": lambda: [recorded(each) for each in given],
        "dense": lambda: [dense.find(each) for each in given],
        "route_table": lambda: router.route_table(rows),
    }
    try:
        by_numpy = dense.batch(router)
        timed["numpy"] = lambda: by_numpy(rows)
    except ImportError:
        print("numpy is not installed: its table is not timed")
    counts = dict.fromkeys(timed, COUNT)
    rivals = [name for name in ("source", "source, record", "dense") if name in timed]
    paths = list(real(Router.shipped()))
    for name, call, count in paths:
        timed[name], counts[name] = call, count
    seconds = smoke.medians(timed)
    per = {name: taken / counts.get(name, 1) for name, taken in seconds.items()}
    unit = per["unit"]
    for name in rivals:
        print(f"route / {name:<45}{per['route'] / per[name]:>8.2f}")
    if "numpy" in seconds:
        print(f"route_table / numpy{'':<34}{seconds['route_table'] / seconds['numpy']:>8.2f}")
    for name, _, _ in paths:
        print(f"{name + ', units':<53}{per[name] / unit:>8.2f}")
    print(
        f"{'JSON line to JSON line / json.loads and json.dumps':<53}"
        f"{per['JSON line to JSON line'] / per['json.loads and json.dumps of the same']:>8.2f}"
    )


if __name__ == "__main__":
    main()
