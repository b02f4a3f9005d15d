"""
A trial: a file of known content, what its reader says of it, and whether each row is accounted for.

Whoever makes a file knows of each row where it is and what must be read there. A
row that was damaged may instead be told as bad, at its place; a file may be
refused only where the damage allows that.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from dutyroute.errors import DutyrouteError
from dutyroute.messages import LANGUAGES

__all__ = ["HIDDEN", "Made", "Refused", "Row", "Seen", "Wrong", "account", "refusal", "small"]

HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
"""What must not reach a person: what a terminal obeys, what turns text around, what nobody sees."""


class Wrong(AssertionError):
    """The program broke what it promises; the text says how."""


@dataclass(frozen=True, slots=True)
class Row:
    """
    A row as its author knows it: its place, and what must be read there.

    A row that `may_be_bad` may be told as bad instead.
    """

    place: int
    known: Mapping[str, str]
    may_be_bad: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """
    A file that was made for one trial.

    `more` are places that may be told as bad although no row of the author's is there, such as
    the second half of a torn line. `may_span`: rows within a cell of several lines are accounted for
    where the run reports that cell. Of a file that `is_open` nobody can say which rows it has: it is only
    required that the program says something. `secret` must not be shown to anybody.
    """

    kind: str
    way: str
    name: str
    content: bytes
    rows: tuple[Row, ...] = ()
    map: str = ""
    may_refuse: bool = False
    may_span: bool = False
    is_open: bool = False
    more: tuple[int, ...] = ()
    secret: str = ""
    how: str = ""
    """By which interface it is read, where a kind has several."""

    def save(self, folder: Path) -> Path:
        """Write the file, its map and what is known of it into a folder; return the file's path."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / self.name
        path.write_bytes(self.content)
        if self.map:
            (folder / "map.yaml").write_text(self.map, "utf-8", "surrogatepass")
        return path

    def keep(self, folder: Path, **more: Any) -> None:
        """Write down everything that is needed to try it again."""
        self.save(folder)
        about = asdict(self)
        del about["content"]
        (folder / "trial.json").write_text(json.dumps({**about, **more}, indent=1), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> Made:
        """Read what `keep` wrote."""
        about = json.loads((folder / "trial.json").read_text("utf-8"))
        rows = tuple(Row(**each) for each in about.pop("rows"))
        known = {name: about[name] for name in cls.__slots__ if name in about and name != "more"}
        content = (folder / about["name"]).read_bytes()
        return cls(**{**known, "rows": rows, "content": content, "more": tuple(about["more"])})


@dataclass(slots=True)
class Seen:
    """What the program said of a file: the rows that it read, by place, and the places of bad ones."""

    read: list[tuple[int, Mapping[str, Any]]] = field(default_factory=list)
    bad: list[int] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    """The lines, first and last, of cells that go over several."""
    counted: int | None = None
    """How many rows the program says that there are, where it says so."""


class Refused(Exception):
    """The program refuses the file as a whole, and says why."""


def refusal(error: DutyrouteError, made: Made) -> Refused:
    """Check that an error says in both languages, fit to be shown, what is wrong."""
    for lang in LANGUAGES:
        said = error.describe(lang)
        if len(said) < 10:
            raise Wrong(f"the message says nothing: {said!r}")
        left = re.search(r"\{\w+\}", said)
        if left and left[0] not in made.map:  # or its author wrote it
            raise Wrong(f"a placeholder is left in the message: {said!r}")
        if made.secret and made.secret in said:
            raise Wrong(f"the message shows the password: {said!r}")
        if found := HIDDEN.search(said):
            raise Wrong(f"the message holds {found[0]!r}: {said!r}")
    if made.secret and made.secret in repr(error):
        raise Wrong(f"the error holds the password: {error!r}")
    return Refused(error.describe("en"))


def account(made: Made, seen: Seen) -> None:
    """
    Hold what the program said against what is known.

    Raises:
        Wrong: with the first row that is not accounted for exactly once at its place.
    """
    if made.is_open:
        return
    places = Counter(place for place, _ in seen.read)
    bad = set(seen.bad)
    twice = [place for place, times in places.items() if times > 1 or place in bad]
    if twice:
        raise Wrong(f"row {twice[0]} is accounted for twice")
    if seen.counted is not None and seen.counted != len(places) + len(bad):
        raise Wrong(f"{seen.counted} rows are counted, {len(places)} listed as read and {len(bad)} as bad")
    found = dict(seen.read)
    for row in made.rows:
        if row.place in found:
            _compare(row, found[row.place])
        elif row.place in bad:
            if not row.may_be_bad:
                raise Wrong(
                    f"row {row.place} is told as bad, and nothing is wrong with it: {dict(row.known)}"
                )
        elif not (made.may_span and any(first <= row.place <= last for first, last in seen.spans)):
            raise Wrong(f"row {row.place} is lost: {dict(row.known)}")
    wanted = {row.place for row in made.rows}
    strange = sorted((set(places) - wanted) | (bad - wanted - set(made.more)))
    if strange:
        raise Wrong(f"there is no row {strange[0]}, and one is told there: {found.get(strange[0])}")


def _compare(row: Row, found: Mapping[str, Any]) -> None:
    for key, value in row.known.items():
        # Not every interface tells everything.
        if key in found and found[key] != value:
            raise Wrong(f"row {row.place}: {key} is {value!r} in the file and {found[key]!r} as read")


def small(text: str) -> str:
    """Shorten a text for a list of failures."""
    return text if len(text) <= 300 else f"{text[:300]}…"
