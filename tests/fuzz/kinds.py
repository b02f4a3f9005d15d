"""The eight kinds of files, each with the ways to damage it, and how it is tried."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fuzz.files import addresses, events, histories, incidents, jsonl, maps, parquet, workbook
from fuzz.reader import overseen, replayed, routed
from fuzz.trial import Made, Refused, Seen, Wrong, account

__all__ = ["KINDS", "Kind", "hold", "trial"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: `make` builds one of at most some rows, damaged in a way, and `read` is what the program says."""

    ways: tuple[str, ...]
    make: Callable[[str, random.Random, int], Made]
    read: Callable[[Made, Path, random.Random], Seen]


KINDS: Final[Mapping[str, Kind]] = {
    "csv": Kind(histories.WAYS, histories.make, replayed),
    "xlsx": Kind(workbook.WAYS, workbook.make, replayed),
    "parquet": Kind(parquet.WAYS, parquet.make, replayed),
    "jsonl": Kind(jsonl.WAYS, jsonl.make, replayed),
    "maps": Kind(maps.WAYS, maps.make, replayed),
    "events": Kind(events.WAYS, events.make, overseen),
    "addresses": Kind(addresses.WAYS, addresses.make, addresses.read),
    "incidents": Kind(incidents.WAYS, incidents.make, routed),
}

_MOST: Final = 12
"""Rows of a file at most: enough for every fault, and small enough to be read by a person."""


def trial(kind: str, way: str, seed: str, most: int = _MOST) -> Made:
    """Make the file of a trial; the same seed makes the same file."""
    chance = random.Random(f"{seed}/{kind}/{way}")
    return KINDS[kind].make(way, chance, chance.randint(1, _MOST) if most == _MOST else most)


def hold(made: Made, folder: Path) -> str:
    """
    Have the program read a file, and hold what it says against what is known.

    Returns whether the file was `read` or `refused`.

    Raises:
        Wrong: if a row is not accounted for, or anything but a message of the program comes out.
    """
    path = made.save(folder)
    chance = random.Random(made.content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a user would see them
            account(made, KINDS[made.kind].read(made, path, chance))
    except Refused as refused:
        if not made.may_refuse:
            raise Wrong(f"refused, although every row of it can be read: {refused}") from None
        return "refused"
    except Wrong:
        raise
    except Exception as error:
        raise Wrong(f"{type(error).__name__} instead of a message: {error}") from error
    return "read"
