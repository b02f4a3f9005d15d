"""Field types that the models of vocabulary, rules, oversight and cases share."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints
from pydantic_core import core_schema

from dutyroute.messages import chosen, codes


def listed(value: Any) -> Any:
    """Read a scalar as a list of one: authors may leave the brackets out. From JSON come lists."""
    return tuple(value) if isinstance(value, tuple | list) else (value,)


@dataclass(frozen=True, slots=True)
class Ref:
    """
    Marks a field, an element or a key as the name of an entry of the rulebook.

    `kind` is a list of the rulebook: `parties`, `roles`, `clauses` … `also` lists
    words that may stand there besides. `of` is the type that the fact or setting
    must have. `under` says that the name stands behind this key of a mapping, and
    anything else is no reference. `is_checked` is False where another check tells
    of an unknown name.
    """

    kind: str
    also: tuple[str, ...] = ()
    of: str | None = None
    under: str | None = None
    is_checked: bool = True

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        """Mark the field in a JSON Schema; `authoring.schema` puts the names there."""
        marks = {"x-ref": self.kind, "x-also": list(self.also), "x-of": self.of}
        return {**handler(schema), **{key: mark for key, mark in marks.items() if mark}}


T = TypeVar("T")
Some = Annotated[tuple[T, ...], BeforeValidator(listed)]
# The length comes last: before it, one bad element of one would be reported as an empty list, too.
Several = Annotated[tuple[T, ...], BeforeValidator(listed), Field(min_length=1)]
"""One or more; an author may write a single one without brackets."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=80)]
FactName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=80)]
LONGEST = 2_000
"""How many characters a text of a rulebook may have."""
Words = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]
Basis = Literal["explicit", "inferred", "assumed"]
Grade = Literal["error", "warning", "note", "off"]
When = Annotated[dict[str, Any], Ref("conditions")]
"""A condition as it was written; `conditions.read` turns it into tests."""

PartyId = Annotated[Name, Ref("parties")]
RoleId = Annotated[Name, Ref("roles")]
MatterId = Annotated[Name, Ref("matters")]
FactId = Annotated[FactName, Ref("facts")]
FlagId = Annotated[Name, Ref("flags")]
ClauseId = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*/[0-9A-Za-z.\-]+$", max_length=120), Ref("clauses")
]


def _code(*names: str) -> str:
    """
    Return the code of a model's or a key's text.

    >>> _code("WrittenCase", "in_force")
    'schema-written-case-in-force'
    """
    parts = (re.sub("(?<=[a-z])(?=[A-Z])|_", "-", name.strip("_")).lower() for name in names)
    return "-".join(("schema", *parts))


class Model(BaseModel):
    """What an author wrote: strict and immutable, and unknown keys are refused."""

    model_config: ClassVar[ConfigDict] = ConfigDict(strict=True, frozen=True, extra="forbid")

    def written(self) -> dict[str, Any]:
        """Return the model as plain data, as an author writes it: without what is left out by default."""
        return self.model_dump(by_alias=True, exclude_defaults=True)

    @classmethod
    def text_code(cls, key: str = "") -> str:
        """
        Return the code of the text that explains the model, or one of its keys.

        The text is that of the model that defines the key, or the one for all
        keys of this name.
        """
        if not key:
            return _code(cls.__name__)
        known = codes()
        owners = [_code(owner.__name__, key) for owner in cls.__mro__ if issubclass(owner, Model)]
        return next((code for code in owners if code in known), _code("field", key))


class Titled(Model):
    """What has an identifier, and a title in Chinese and perhaps in English."""

    id: Name
    title: Words
    english: Words | None = None

    def called(self, lang: str) -> str:
        """Return the title in the reader's language, the Chinese one failing that."""
        return chosen(lang, self.title, self.english or self.title)

    def spellings(self) -> tuple[str, ...]:
        """List all that it is called; the identifier comes last and wins over other entries' titles."""
        return (self.english or self.title, self.title, self.id)


class Shortened(Model, ABC):
    """What may have a short name, for columns and lists."""

    short: Words | None = None
    short_english: Words | None = None

    @abstractmethod
    def called(self, lang: str) -> str:
        """Return the whole name in the reader's language."""

    def shortened(self, lang: str) -> str:
        """Return the short name in the reader's language, the whole one failing that."""
        return chosen(lang, self.short, self.short_english) or self.called(lang)


class Named:
    """Marks a tuple of texts that JSON writes as an object with these names."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(
            lambda given: tuple(given[name] for name in self.names) if isinstance(given, Mapping) else given,
            handler(source),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda values: dict(zip(self.names, values, strict=True)),
                return_schema=core_schema.dict_schema(core_schema.str_schema(), core_schema.str_schema()),
            ),
        )


Pairs = Annotated[
    tuple[tuple[str, Any], ...],
    PlainSerializer(dict, return_type=dict[str, Any]),
    BeforeValidator(lambda given: tuple(dict(given).items())),
]
"""Names with their values, which JSON writes as a mapping."""
