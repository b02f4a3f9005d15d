"""The guard of the speed: which ratios it calls a regression."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"
SECONDS = {
    "lookup": 1.0,
    "pydantic": 4.0,
    "nine": 1.0,
    "unknown": 3.0,
    "lines": 2.0,
    "json": 8.0,
    "prepared": 8.0,
    "mapping": 10.0,
    "large": 12.0,
    "batch": 6.0,
    "floor": 2.0,
}


@pytest.fixture
def smoke(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module of the guard, imported as `make bench-smoke` does."""
    pytest.importorskip("pyarrow")
    monkeypatch.syspath_prepend(str(FOLDER))
    import smoke

    return smoke


def test_every_ratio_has_a_committed_baseline(smoke: Any) -> None:
    """Nothing is measured that is held to nothing, and no baseline is left over."""
    committed = json.loads((FOLDER / "smoke.json").read_text("utf-8"))
    assert list(smoke.ratios(SECONDS)) == list(committed)


def test_a_ratio_up_to_half_as_much_again_passes(smoke: Any) -> None:
    """A noisy run is no regression."""
    baselines = smoke.ratios(SECONDS)
    assert smoke.regressions({name: 1.5 * ratio for name, ratio in baselines.items()}, baselines) == []


@pytest.mark.parametrize(
    "slower, named",
    [
        ("mapping", "route, from a mapping / pydantic validation"),
        ("unknown", "route, only the matter known / 9 dict lookups"),
        ("lines", "JSON line to JSON line / json.loads, json.dumps"),
        ("large", "route at 10,000 rules / at 60 rules"),
        ("batch", "route_table / a set of the rows as tuples"),
    ],
)
def test_what_got_slower_is_named(smoke: Any, slower: str, named: str) -> None:
    """One figure 1.6 times as high is one regression, and its line says so."""
    baselines = smoke.ratios(SECONDS)
    measured = smoke.ratios({**SECONDS, slower: 1.6 * SECONDS[slower]})
    assert smoke.regressions(measured, baselines) == [named]
    marked = [line for line in smoke.table(measured, baselines).splitlines() if line.endswith("WORSE")]
    assert [line.startswith(named) for line in marked] == [True]


@pytest.mark.parametrize("slower, code", [(1.4, 0), (1.6, 1)])
def test_the_exit_code_tells_a_regression(
    smoke: Any, slower: float, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With times that are given and not measured: a busy machine would slow some parts more."""
    kept = tmp_path / "smoke.json"
    kept.write_text(json.dumps(smoke.ratios(SECONDS)), "utf-8")
    monkeypatch.setattr(smoke, "passes", dict)
    monkeypatch.setattr(smoke, "medians", lambda _: {**SECONDS, "large": slower * SECONDS["large"]})
    assert smoke.main(["--against", str(kept)]) == code


def test_all_that_the_ratios_need_is_really_timed(smoke: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a few incidents: how long they take is the matter of `make bench-smoke`."""
    monkeypatch.setattr(smoke, "COUNT", 20)
    monkeypatch.setattr(smoke, "ROWS", 20)
    taken = smoke.medians(smoke.passes(), rounds=1)
    assert list(taken) == list(SECONDS)
    assert min(taken.values()) > 0


def test_the_median_of_the_rounds_counts(smoke: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the first call, which warms up, nor one slow round changes what is measured."""
    now = [0.0]
    durations = {"a": iter([90.0, 1.0, 70.0, 2.0]), "b": iter([90.0, 5.0, 4.0, 6.0])}

    def call(name: str) -> None:
        now[0] += next(durations[name])

    monkeypatch.setattr(smoke, "time", SimpleNamespace(perf_counter=lambda: now[0]))
    timed = {name: partial(call, name) for name in durations}
    assert smoke.medians(timed, rounds=3) == {"a": 2.0, "b": 5.0}


def test_a_ratio_without_a_baseline_is_refused(smoke: Any) -> None:
    """A ratio that is new or gone is told, never passed over."""
    baselines = smoke.ratios(SECONDS)
    with pytest.raises(ValueError, match=r"differ: new; write them anew with --accept"):
        smoke.regressions({**baselines, "new": 1.0}, baselines)
