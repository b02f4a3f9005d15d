"""A map.yaml as it is written: every fault of it with its place, and what it says in one form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, tzinfo
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from dutyroute.diagnostics import Diagnostic, Place, nearest
from dutyroute.formats.timestamp import read_zone
from dutyroute.messages import LANGUAGES, both, joined
from dutyroute.replay.mapping.format import FORMAT, is_form, misfit
from dutyroute.replay.mapping.reading import fact_reading
from dutyroute.rulebook import loader
from dutyroute.rulebook.conditions import expected
from dutyroute.rulebook.loader.page import shown
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.search import likely
from dutyroute.rulebook.vocabulary import (
    MATTER,
    UNKNOWN,
    Fact,
    Lookup,
    Term,
    Vocabulary,
    folded,
    spellings,
)
from dutyroute.rulebook.written import written as as_written

_KEYS = ("format", "id", "facts", "handler", "area", "skip", "timezone")
_FACT = ("column", "value", "values", "separator", "otherwise", "dates")
_HANDLER = ("column", "values", "ends_with", "contains", "otherwise")
_OTHERWISE = ("reject", "unknown")
_SUGGESTED = 20
"""With so many faults, no more likely words are looked for: that takes long."""


class MapReader:
    """Checks a map, collects its faults, and returns it in one form."""

    keys: ClassVar[Sequence[str]] = _KEYS
    needed: ClassVar[Sequence[str]] = (MATTER,)
    """The facts that every map names."""

    def __init__(self, path: Path, rulebook: Rulebook) -> None:
        self.words: Vocabulary = rulebook.vocabulary
        self.document: loader.Document
        self.faults: list[Diagnostic]
        self.document, self.faults = loader.read_document(path)
        # The words of a kind, as they are compared: a map may hold thousands of texts.
        self._spelled: dict[str, Lookup[str]] = {}
        data = self.document.data
        self.data: dict[str, Any] = {}
        if not self.faults:
            # Without a key there is nothing to read, so an empty file is reported as one without a map.
            found = self._pairs((), {"map": None} if data is None else data, ("map",))
            self.data = self._pairs(("map",), found.get("map"), self.keys)
        self.zone: tzinfo | None = self._timezone(self.data.get("timezone")) or rulebook.header.zone

    def read(self) -> dict[str, Any]:
        """Return the map in one form: every fact and handler a mapping, columns as tuples."""
        data = self.data
        facts = self._pairs(("map", "facts"), data.get("facts"))
        missing = [name for name in self.needed if facts.get(name) in (None, {})]
        for name in missing if not self.faults else ():
            fact = self.words.facts[name]
            called = {lang: fact.called(lang) for lang in LANGUAGES}
            self._note("map-without-fact", ("map", "facts"), fact=name, called=called)
        skipped = self._pairs(("map", "skip"), data.get("skip"))
        return {
            "format": self._format(data.get("format")),
            "id": self._columns(("map", "id"), data.get("id")),
            "facts": {fact: self._fact(fact, written) for fact, written in facts.items()},
            "handler": self._handler(data.get("handler")),
            "area": self._part(("map", "area"), data.get("area"), ("column",)),
            "skip": {
                column: self._skipped(("map", "skip", column), each) for column, each in skipped.items()
            },
            # A map without one keeps the digest that it always had.
            **({} if data.get("timezone") is None else {"timezone": data["timezone"]}),
        }

    def _timezone(self, written: Any) -> tzinfo | None:
        try:
            return None if written is None else read_zone(written)
        except (TypeError, ValueError):
            self._wrong(("map", "timezone"), written, both("expected-timezone"))
            return None

    def _format(self, written: Any) -> dict[str, Any]:
        at = ("map", "format")
        found = self._pairs(at, written, FORMAT)
        for key, value in found.items():
            wanted = misfit(key, value) if key in FORMAT and value is not None else None
            if wanted is not None:
                self._wrong((*at, key), value, wanted)
        return found

    def _handler(self, written: Any) -> dict[str, Any]:
        at = ("map", "handler")
        part = self._part(at, written, _HANDLER)
        for kind in ("values", "ends_with", "contains"):
            part[kind] = self._translated((*at, kind), part.get(kind), self._party)
            # What is in every name, or ends it, would be every handler.
            if kind != "values" and any(not folded(text) for text in part[kind]):
                self._wrong((*at, kind), "", both("expected-text"))
        return part

    def _party(self, at: Place, value: Any) -> Any:
        return self._word(at, "handler", value, self.words.parties)

    def _fact(self, name: str, written: Any) -> dict[str, Any]:
        at, facts = ("map", "facts", name), self.words.facts
        fact = facts.get(name)
        if fact is None:
            near, known = nearest(name, facts), ", ".join(facts)
            self._note("map-unknown-fact", at, "key", fact=name, suggestion=near, known=known)
            return {}
        # Only an incident's matters can be several, and only days have forms.
        foreign = {key for key, kind in (("separator", "tree"), ("dates", "date")) if fact.type != kind}
        part = self._part(at, written, [key for key in _FACT if key not in foreign])
        if part.get("column") == () and isinstance(written, dict):
            self._wrong((*at, "column"), written["column"], both("expected-text"))
        if "column" in part and part.get("value") is not None:
            self._note("map-value-and-column", (*at, "value"), "key")
        separator = part.get("separator")
        if separator is not None and (not isinstance(separator, str) or not separator):
            self._wrong((*at, "separator"), separator, both("expected-separator"))
        self._forms((*at, "dates"), part.get("dates"))
        if part.get("values") is not None or fact.type in ("tree", "enum"):
            read = partial(self._value, fact)
            part["values"] = self._translated((*at, "values"), part.get("values"), read)
        if isinstance(part.get("value"), tuple):
            self._wrong((*at, "value"), part["value"], expected(fact, self.words))
        elif "value" in part:
            part["value"] = self._value(fact, (*at, "value"), part["value"])
        return part

    def _forms(self, at: Place, written: Any) -> None:
        """Check that days can be read by each form."""
        for place, form in enumerate(several(written)):
            if not isinstance(form, str) or not is_form(form):
                self._wrong((*at, place), form, both("expected-form"))

    def _value(self, fact: Fact, at: Place, value: Any) -> Any:
        """Read what a map gives a fact: a word of the vocabulary, 是 or 否, a number, a day."""
        if value is None or self.words.says_unknown(fact.id, value):
            return None if value is None else UNKNOWN
        if fact.type in ("tree", "enum"):
            words = self.words.entries(fact)
            if fact.type == "tree" and isinstance(value, tuple):
                # A text may mean several matters, none of them unknown.
                listed = ("" if each is None else each for each in value)
                return [self._word((*at, place), fact.id, each, words) for place, each in enumerate(listed)]
            return self._word(at, fact.id, value, words)
        found = fact_reading(fact, self.words, {}, (), self.zone)(value) if isinstance(value, str) else value
        if found is not None and not self.words.takes(fact, found):
            self._wrong(at, value, expected(fact, self.words))
            return None
        return found

    def _translated(self, at: Place, written: Any, read: Callable[[Place, Any], Any]) -> dict[str, Any]:
        """Read what texts mean; two texts that compare as one must mean the same."""
        found: dict[str, Any] = {}
        first: dict[str, str] = {}
        for text, value in self._pairs(at, written).items():
            found[text] = read((*at, text), value)
            earlier = first.setdefault(folded(text), text)
            if found[earlier] != found[text]:
                self._note("map-same-text", (*at, text), "key", text=text, other=earlier)
        return found

    def _part(self, at: Place, written: Any, known: Sequence[str]) -> dict[str, Any]:
        """Read a column by itself as `{column: …}`."""
        if written is None:
            return {}
        if not isinstance(written, dict):
            return {"column": self._columns(at, written)}
        part = self._pairs(at, written, known)
        if part.get("otherwise", "reject") not in _OTHERWISE:
            self._wrong(
                (*at, "otherwise"), part["otherwise"], both("expected-one-of", names=joined(_OTHERWISE))
            )
        if "column" in part:
            part["column"] = self._columns((*at, "column"), part["column"])
        elif "value" not in part and all(key in known for key in part):
            self._note("map-without-column", at, "key", key=at[-1])
        return part

    def _columns(self, at: Place, written: Any) -> tuple[str, ...]:
        """Read one column or several, each named by a text."""
        return self._texts(at, written, str)

    def _skipped(self, at: Place, written: Any) -> tuple[Any, ...]:
        return self._texts(at, written, str | bool | int | date)

    def _texts(self, at: Place, written: Any, kinds: Any) -> tuple[Any, ...]:
        """Read one value or several, each of some kinds."""
        listed = several(written)
        for place, each in enumerate(listed):
            if not isinstance(each, kinds):
                is_plain = isinstance(each, bool | int | date)
                wanted = (
                    both("expected-quotes", written=as_written(each)) if is_plain else both("expected-text")
                )
                self._wrong((*at, place), each, wanted)
        return listed

    def _word(self, at: Place, name: str, value: Any, known: Mapping[str, Term]) -> Any:
        """Find the id of a word; an author writes null for a word that means nothing known."""
        if value is None:
            return None
        if isinstance(value, dict | tuple):
            self._wrong(at, value, both("expected-text"))
            return None
        if name not in self._spelled:
            self._spelled[name] = spellings(known.values())
        found = self._spelled[name][str(value)]
        if found is None:
            # Likeness takes long, and nobody reads the hundredth suggestion.
            fact = self.words.facts.get(name)
            near = None
            if len(self.faults) < _SUGGESTED:
                near = likely(value, fact, self.words) if fact else nearest(value, known)
            self._note("map-unknown-word", at, value=shown(str(value)), fact=name, suggestion=near)
        return found

    def _pairs(self, at: Place, written: Any, known: Sequence[str] | None = None) -> dict[str, Any]:
        """Return a mapping, as a copy that may be changed; its keys are to be `known` ones."""
        if written is not None and not isinstance(written, dict):
            self._wrong(at, written, both("expected-pairs"))
            return {}
        found = dict(written or {})
        for key in found:
            if known is not None and key not in known:
                values = {"key": shown(key), "suggestion": nearest(key, known), "known": ", ".join(known)}
                self._note("map-unknown-key", (*at, key), "key", **values)
        return found

    def _wrong(self, at: Place, value: object, wanted: Mapping[str, str]) -> None:
        key = next((part for part in reversed(at) if isinstance(part, str)), "map")
        said = shown(as_written(value, most=3, depth=2))
        self._note("map-wrong-value", at, key=key, value=said, expected=wanted)

    def _note(self, code: str, at: Place, on: Any = "value", **values: object) -> None:
        # An empty file has no places but its beginning.
        span = self.document.span(at, on) or self.document.page.span(0, 0)
        self.faults.append(Diagnostic(code, values, at=at, on=on, span=span))


def several(value: Any) -> tuple[Any, ...]:
    """Read one or several as several."""
    return value if isinstance(value, tuple) else () if value is None else (value,)
