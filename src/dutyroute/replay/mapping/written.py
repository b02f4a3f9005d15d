"""A map.yaml as its author wrote it, every fault with its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dutyroute.diagnostics import Diagnostic, Place, nearest
from dutyroute.messages import both, joined
from dutyroute.replay.mapping.reading import plain, spellings
from dutyroute.rulebook import loader
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER, Term, Vocabulary

__all__ = ["MapReader"]

_KEYS = ("format", "id", "facts", "handler", "area", "skip")
_FORMAT = ("encoding", "delimiter", "sheet", "header", "query")
_FACT = ("column", "value", "values", "separator", "otherwise", "dates")
_HANDLER = ("column", "values", "ends_with", "contains", "otherwise")
_OTHERWISE = ("reject", "unknown")


def _several(value: Any) -> tuple[Any, ...]:
    """Read one or several as several."""
    return value if isinstance(value, tuple) else () if value is None else (value,)


class MapReader:
    """Checks a map, collects its faults, and returns it in one form."""

    def __init__(self, path: Path, rulebook: Rulebook) -> None:
        self.words: Vocabulary = rulebook.vocabulary
        self.document: loader.Document
        self.faults: list[Diagnostic]
        self.document, self.faults = loader.read_document(path)
        data = self.document.data
        self.data: dict[str, Any] = {}
        if not self.faults:
            self._keys((), data, ("map",))
            found = data.get("map") if isinstance(data, dict) else None
            self.data = dict(found) if isinstance(found, dict) else {}
            if found is not None and not isinstance(found, dict):
                self._wrong(("map",), "map", found, both("expected-pairs"))

    def read(self) -> dict[str, Any]:
        """Return the map in one form: every fact and handler a mapping, columns as tuples."""
        data, facts = self.data, self.data.get("facts") or {}
        self._keys(("map",), data, _KEYS)
        self._keys(("map", "format"), data.get("format") or {}, _FORMAT)
        if not self.faults and (not isinstance(facts, dict) or MATTER not in facts):
            self._note("map-without-matter", ("map", "facts"))
        handler = self._part(("map", "handler"), data.get("handler"), _HANDLER)
        for kind in ("values", "ends_with", "contains"):
            handler[kind] = {
                text: self._word(("map", "handler", kind, text), "handler", party, self.words.parties)
                for text, party in (handler.get(kind) or {}).items()
            }
        listed_facts = facts.items() if isinstance(facts, dict) else ()
        return {
            "format": dict(data.get("format") or {}),
            "id": _several(data.get("id")),
            "facts": {fact: self._fact(fact, written) for fact, written in listed_facts},
            "handler": handler,
            "area": self._part(("map", "area"), data.get("area"), ("column",)),
            "skip": {column: _several(values) for column, values in (data.get("skip") or {}).items()},
        }

    def _fact(self, name: str, written: Any) -> dict[str, Any]:
        at, facts = ("map", "facts", name), self.words.facts
        fact = facts.get(name)
        if fact is None:
            near, known = nearest(name, facts), ", ".join(facts)
            self._note("map-unknown-fact", at, "key", fact=name, suggestion=near, known=known)
            return {}
        part = self._part(at, written, _FACT)
        if fact.type in ("tree", "enum"):
            # Only these have words of the vocabulary for values.
            words: Mapping[str, Term] = self.words.matters
            if fact.type == "enum":
                words = {each.id: each for each in fact.values}
            part["values"] = {
                text: self._word((*at, "values", text), name, value, words)
                for text, value in (part.get("values") or {}).items()
            }
            if isinstance(part.get("value"), str):
                part["value"] = self._word((*at, "value"), name, part["value"], words)
        return part

    def _part(self, at: Place, written: Any, known: tuple[str, ...]) -> dict[str, Any]:
        """Read a column by itself as `{column: …}`."""
        if written is None:
            return {}
        if not isinstance(written, dict):
            return {"column": _several(written)}
        self._keys(at, written, known)
        if written.get("otherwise", "reject") not in _OTHERWISE:
            expected = both("expected-one-of", names=joined(_OTHERWISE))
            self._wrong((*at, "otherwise"), "otherwise", written["otherwise"], expected)
        return {**written, **({"column": _several(written["column"])} if "column" in written else {})}

    def _word(self, at: Place, name: str, value: Any, known: Mapping[str, Term]) -> Any:
        """Find the id of a word; an author writes null for a word that means nothing known."""
        if value is None:
            return None
        if isinstance(value, tuple):
            return [self._word((*at, place), name, each, known) for place, each in enumerate(value)]
        found = spellings(known.values()).get(plain(str(value)))
        if found is None:
            self._note("map-unknown-word", at, value=value, fact=name, suggestion=nearest(value, known))
        return found

    def _keys(self, at: Place, written: Any, known: Sequence[str]) -> None:
        if not isinstance(written, dict):
            self._wrong(at, str(at[-1]) if at else "map", written, both("expected-pairs"))
            return
        for key in written:
            if key not in known:
                values = {"key": key, "suggestion": nearest(key, known), "known": ", ".join(known)}
                self._note("map-unknown-key", (*at, key), "key", **values)

    def _wrong(self, at: Place, key: str, value: object, expected: Mapping[str, str]) -> None:
        self._note("map-wrong-value", at, key=key, value=value, expected=expected)

    def _note(self, code: str, at: Place, on: Any = "value", **values: object) -> None:
        self.faults.append(Diagnostic(code, values, at=at, on=on, span=self.document.span(at, on)))
