"""Maps of any content: each is read, or every fault of it is told with its place."""

from __future__ import annotations

import json
import random
from pathlib import Path
from time import monotonic

import pytest

from dutyroute.errors import ReplayError, RulebookError
from dutyroute.messages import LANGUAGES
from dutyroute.replay import load_map, open_source
from fuzz.content import clerk
from fuzz.files.maps import ROWS, WAYS, make


@pytest.fixture
def history(tmp_path: Path) -> Path:
    path = tmp_path / "cases.csv"
    path.write_text(ROWS, "utf-8")
    return path


def tried(text: str, history: Path) -> bool:
    """Read a history by a map; tell whether it could be read."""
    path = history.with_name("map.yaml")
    path.write_text(text, "utf-8", "surrogatepass")
    try:
        mapping = load_map(path, clerk().rulebook)
        source = open_source(str(history), **mapping.format)
        mapping.fit(source.name, source.columns)
        for batch in source.batches():
            mapping.apply(batch)
    except RulebookError as error:
        told = [
            fault.span is not None and str(fault.span).startswith(str(path)) for fault in error.diagnostics
        ]
        said = [fault.message(lang) for fault in error.diagnostics for lang in LANGUAGES]
    except ReplayError as error:
        told, said = [True], [error.describe(lang) for lang in LANGUAGES]
    else:
        return True
    assert all(told)
    assert all(said)
    return False


@pytest.mark.parametrize("seed", range(4))
def test_an_odd_map_is_read_or_told(seed: int, history: Path) -> None:
    """1,200 maps: no traceback, and none takes longer than it should."""
    chance = random.Random(seed)
    read = 0
    for number in range(300):
        begun = monotonic()
        read += tried(make(WAYS[number % len(WAYS)], chance, 12).map, history)
        assert monotonic() - begun < 5
    # A generator of maps that are all refused, or all taken, would show nothing.
    assert 3 < read < 290


def test_thousands_of_unknown_words_are_told_in_time(history: Path) -> None:
    words = {f"词{number}": f"没有这个词{number}" for number in range(5_000)}
    made = {"facts": {"matter": {"column": "事项", "values": words}}}
    begun = monotonic()
    assert not tried(json.dumps({"map": made}, ensure_ascii=False), history)
    assert monotonic() - begun < 20
