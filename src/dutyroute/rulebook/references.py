"""
Which names the entries of a rulebook use: found by one walk over their models.

A field says by `Ref` what its text names. Checks for unknown names, usage and
JSON Schemas all read it from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from dutyroute.diagnostics import Diagnostic, On, Place, nearest
from dutyroute.rulebook.rules import LEAD
from dutyroute.rulebook.types import Model, Ref

Tables = Mapping[str, Mapping[str, Any]]
"""The entries that a reference may name, by kind and identifier."""


class Reference(NamedTuple):
    """A name that is written in an entry; `at` is its place, `on` tells whether it is a key there."""

    ref: Ref
    name: Any
    at: Place
    on: On = "value"


def references(model: Model, at: Place = ()) -> Iterator[Reference]:
    """Yield every name of another entry in a model, with its place below `at`."""
    for name, key, annotation, ref in _fields(type(model)):
        if value := getattr(model, name):
            yield from _names(value, (*at, key), annotation, ref)


# 10,000 rules are of a dozen models: each type is looked through once.
@cache
def _fields(model: type[Model]) -> tuple[tuple[str, str, Any, Ref | None], ...]:
    """List the fields of a model that may hold names: attribute, key, type and mark."""
    fields: dict[str, Any] = model.model_fields
    found = [(name, f.alias or name, *_bare(f.annotation, tuple(f.metadata))) for name, f in fields.items()]
    return tuple(
        each for each in found if each[3] or get_origin(each[2]) in (tuple, dict) or _is_model(each[2])
    )


def _names(value: Any, at: Place, annotation: Any, ref: Ref | None, on: On = "value") -> Iterator[Reference]:
    """Yield the names in a value of a type; `ref` is the mark on the value as a whole."""
    if ref is not None and ref.under is not None:
        if isinstance(value, Mapping) and set(value) == {ref.under}:
            yield Reference(ref, value[ref.under], (*at, ref.under))
    elif ref is not None:
        if isinstance(value, str):
            yield Reference(ref, value, at, on)
    elif isinstance(value, Model):
        yield from references(value, at)
    elif get_origin(annotation) is tuple:
        element = _bare(get_args(annotation)[0])
        for index, each in enumerate(value):
            yield from _names(each, (*at, index), *element)
    elif get_origin(annotation) is dict:
        key, held = map(_bare, get_args(annotation))
        for name, each in value.items():
            yield from _names(name, (*at, name), *key, on="key")
            yield from _names(each, (*at, name), *held)


def type_at(model: type[Model], place: Place, on: On = "value") -> tuple[Any, Ref | None]:
    """
    Return the type that a model wants at a place, and what it names there.

    Where the place goes on beyond what the model knows, the last type known.
    """
    annotation, ref = _bare(model)
    for depth, part in enumerate(place, 1):
        origin, inner = get_origin(annotation), get_args(annotation)
        if origin is tuple:
            annotation, ref = _bare(inner[0])
        elif origin is dict:
            annotation, ref = _bare(inner[0 if depth == len(place) and on == "key" else 1])
        elif _is_model(annotation):
            fields = {field.alias or name: field for name, field in annotation.model_fields.items()}
            if part not in fields:
                return annotation, None
            annotation, ref = _bare(fields[str(part)].annotation, tuple(fields[str(part)].metadata))
    return annotation, ref


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Model)


@cache
def _bare(annotation: Any, metadata: tuple[Any, ...] = ()) -> tuple[Any, Ref | None]:
    """Take a type out of `Annotated` and `… | None`, with the `Ref` on it."""
    ref = next((each for each in metadata if isinstance(each, Ref)), None)
    if get_origin(annotation) is Annotated:
        inner = get_args(annotation)
        bare, found = _bare(inner[0], inner[1:])
        return bare, ref or found
    if get_origin(annotation) in (Union, UnionType):
        bare, found = _bare(next(each for each in get_args(annotation) if each is not type(None)))
        return bare, ref or found
    return annotation, ref


def unknown_names(model: Model, at: Place, tables: Tables) -> Iterator[Diagnostic]:
    """
    Yield a diagnostic for each name in a model that its table lacks, or that is of the wrong type.

    A kind without a table is not checked: nobody has said what there is of it.
    """
    for reference in references(model, at):
        yield from check(reference, tables)


def check(reference: Reference, tables: Tables) -> Iterator[Diagnostic]:
    """Yield a diagnostic for a name that is unknown, or of the wrong type."""
    ref, name, at, on = reference
    table = tables.get(ref.kind)
    if table is None or not ref.is_checked or name in ref.also:
        return
    if not isinstance(name, str) or name not in table:
        yield unknown(ref.kind, name, tables, at, on)
    elif ref.of is not None and table[name].type != ref.of:
        code = "not-a-date-fact" if ref.kind == "facts" else "setting-of-other-type"
        yield Diagnostic(code, {"word": name, "type": table[name].type}, at, on)


def unknown(kind: str, name: Any, tables: Tables, at: Place, on: On = "value") -> Diagnostic:
    """Describe an unknown name, with the one that was most likely meant."""
    known: Mapping[str, Any] = tables[kind]
    if kind == "parties" and name == LEAD:
        return Diagnostic("lead-not-a-party", {}, at, on)
    if kind == "clauses":
        # A clause is named by instrument and number; the fault is in one or the other.
        instrument, _, number = name.partition("/")
        if instrument not in tables["instruments"]:
            return unknown("instruments", instrument, tables, at, on)
        name, known = number, {clause.id: clause for clause in tables["instruments"][instrument].clauses}
    values = {"word": name, "suggestion": nearest(str(name), known)}
    one = "party" if kind == "parties" else kind.removesuffix("s")
    return Diagnostic(f"unknown-{one}", values, at, on)
