"""
Control totals: what was read of each source, and a count of its rows that its reader did not make.

A reader that loses a row says nothing about it. So the rows are counted a second
time, by other means, and both counts stand at the head of every run and report.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from dutyroute.formats.percent import percent
from dutyroute.messages import Lang, Phrasebook, sentence, word
from dutyroute.messages.outside import one_line
from dutyroute.record import JsonRecord

_SHOWN_NAMES: Final = 30
_SHOWN_SOURCES: Final = 5
LOOKED_AT: Final = 250_000
"""How many rows are looked at for repetitions: what was seen has to fit into memory."""
_Item = TypeVar("_Item")
_TOLD: Final = ("note-other-sheets",)
"""Notes that only say what a field of the total says."""
_DELIMITERS: Final[Mapping[str, str]] = {",": "comma", "\t": "tab", ";": "semicolon"}


@dataclass(frozen=True, slots=True)
class RunRecord(JsonRecord):
    """
    The circumstances of a run, as a working paper states them.

    `command` has no passwords. `as_known` and `as_stated` are written as they were given.
    """

    at: datetime
    version: str
    command: str
    as_known: str | None = None
    as_stated: str | None = None


@dataclass(frozen=True, slots=True)
class SourceTotal(JsonRecord):
    """
    What was read of one source; None stands for what a kind of source does not have, or was not counted.

    `rows` is what the reader found, bad rows too; `counted` is what a second count
    by other means found, and `counted_by` names the means. `ids_repeated` are rows
    whose id an earlier row of the run has, `rows_repeated` those that repeat an
    earlier row in everything else; `looked_at` says how many rows were looked at for that.
    `rate` is the rate of agreement among `compared` rows, and `interval` its 95% interval.
    """

    name: str
    rows: int
    bytes: int | None = None
    digest: str | None = None
    lines: int | None = None
    counted: int | None = None
    counted_by: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    sheets_not_read: tuple[str, ...] | None = None
    columns_read: tuple[str, ...] | None = None
    columns_not_read: tuple[str, ...] | None = None
    columns_missing: tuple[str, ...] | None = None
    formulas_without_value: int | None = None
    merged_cells: int | None = None
    error_cells: int | None = None
    ids_repeated: int | None = None
    rows_repeated: int | None = None
    looked_at: int | None = None
    compared: int | None = None
    rate: float | None = None
    interval: tuple[float, float] | None = None
    rate_without_repeated: float | None = None
    timezone: str | None = None
    map: str | None = None
    map_digest: str | None = None
    notes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def matches(self) -> bool:
        """Whether the second count found as many rows as the reader; true where there is none."""
        return self.counted is None or self.counted == self.rows

    def described(self, lang: Lang) -> dict[str, str]:
        """Say what there is to say, each by its label; the rows come first."""
        say = Phrasebook(lang, "control")
        read = {"encoding": self.encoding, "sheet": self.sheet}
        columns = {
            "columns-read": self.columns_read,
            "columns-not-read": self.columns_not_read,
            "columns-missing": self.columns_missing,
        }
        between = word("semicolon", lang)
        parts: dict[str, list[str | None]] = {
            "rows": [self.counts(lang)],
            "file": [*_counted(say, bytes=self.bytes, lines=self.lines), self.digest],
            "read-as": [
                *(word(f"note-{key}", lang, **{key: name}) for key, name in read.items() if name),
                self.delimiter and word(split_by(self.delimiter), lang, mark=self.delimiter),
                *_listed(say, {"sheets-not-read": self.sheets_not_read}),
                say("timezone", name=self.timezone or say("none")),
            ],
            "columns": [*_listed(say, columns)],
            "cells": [
                *_counted(say, formulas=self.formulas_without_value),
                *_counted(say, merged=self.merged_cells, errors=self.error_cells),
            ],
            "repeats": [*self._repeats(say)],
            "map": [self.map, self.map_digest],
            "notes": [word(key, lang, **found) for key, found in self.notes.items() if key not in _TOLD],
        }
        told = {label: between.join(filter(None, texts)) for label, texts in parts.items()}
        return {label: text for label, text in told.items() if text}

    def counts(self, lang: Lang) -> str:
        """Say how many rows were read, and whether the second count found as many."""
        say, rows = Phrasebook(lang, "control"), f"{self.rows:,}"
        if self.counted is None:
            return say("alone", rows=rows)
        means = say(f"by-{self.counted_by}")
        return say("same" if self.matches else "differs", rows=rows, counted=f"{self.counted:,}", means=means)

    def warning(self, lang: Lang) -> str:
        """Say that the counts of the rows do not match, and what may be the reason."""
        return sentence("control-mismatch", {"name": self.name, "counts": self.counts(lang)}, lang)

    def _repeats(self, say: Phrasebook) -> Iterator[str]:
        if self.rows_repeated is None:
            yield say("uncounted")
            return
        yield (
            say("no-ids")
            if self.ids_repeated is None
            else say("ids-repeated", count=f"{self.ids_repeated:,}")
        )
        yield say("rows-repeated", count=f"{self.rows_repeated:,}")
        if self.rate is not None:
            rates = {"rate": self.rate, "without": self.rate_without_repeated}
            low, high = map(percent, self.interval or (None, None))
            written = {name: percent(rate) for name, rate in rates.items()}
            yield say("rates", **written, compared=f"{self.compared:,}", low=low, high=high)
        if self.looked_at is not None and self.looked_at < self.rows:
            yield say("looked-at", rows=f"{self.looked_at:,}")


def split_by(delimiter: str) -> str:
    """Return the code of the note that names a delimiter."""
    return f"note-{_DELIMITERS.get(delimiter, 'mark')}"


def _counted(say: Phrasebook, **counts: int | None) -> list[str]:
    return [say(key, count=f"{count:,}") for key, count in counts.items() if count is not None]


def _listed(say: Phrasebook, names: Mapping[str, Sequence[str] | None]) -> Iterator[str]:
    """Say each list of names under its key; of very many names, the first and how many there are."""
    for key, listed in names.items():
        if listed is not None:
            shown = say.listed(listed[:_SHOWN_NAMES]) or say("none")
            if len(listed) > _SHOWN_NAMES:
                shown = say("more", names=shown, count=f"{len(listed):,}")
            yield say(key, names=shown)


def described(totals: Sequence[SourceTotal], lang: Lang) -> Iterator[str]:
    """Yield the lines at the head of a run; of very many sources only those that do not match."""
    shown = [each for at, each in enumerate(totals) if at < _SHOWN_SOURCES or not each.matches]
    for each in shown:
        yield one_line(each.name)
        for label, text in each.described(lang).items():
            yield f"  {word(f'control-{label}', lang)}{word('colon', lang)}{text}"
    if left := len(totals) - len(shown):
        yield word("control-more-sources", lang, count=f"{left:,}")


class Intake(Generic[_Item]):
    """
    Items of a source, counted while they are taken in.

    `told` gives an item's id and its content without the id, None for what it does not have.
    """

    def __init__(self, items: Iterable[_Item], told: Callable[[_Item], tuple[Hashable, Hashable]]) -> None:
        self._items = items
        self._told = told
        self.rows: int = 0
        self.counts: dict[str, Any] = {"ids_repeated": 0, "rows_repeated": 0, "looked_at": 0}

    def __iter__(self) -> Iterator[_Item]:
        """Yield the items."""
        seen: dict[str, set[Hashable]] = {"ids_repeated": set(), "rows_repeated": set()}
        for item in self._items:
            self.rows += 1
            if self.rows <= LOOKED_AT:
                self.counts["looked_at"] += 1
                for (key, known), value in zip(seen.items(), self._told(item), strict=True):
                    self.counts[key] += value in known
                    known.update(() if value is None else (value,))
            yield item
