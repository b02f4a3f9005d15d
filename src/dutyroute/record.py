"""JsonRecord: a frozen dataclass as plain data and as JSON, and back again."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from dutyroute.formats.json import decode, parse

if TYPE_CHECKING:
    from pydantic import TypeAdapter


class JsonRecord:
    """
    Reads, writes and describes a dataclass by the types of its fields.

    To be inherited by frozen, slotted dataclasses; the fields may be such
    dataclasses themselves. Tuples are written as lists, days as `2026-01-31`.
    """

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the record as plain data: what `json.dumps` can write."""
        written: dict[str, Any] = self._adapter().dump_python(self, mode="json", fallback=repr)
        return written

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the record as one JSON text, on one line unless an `indent` is given."""
        return self._adapter().dump_json(self, indent=indent, fallback=repr).decode()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """
        Read what `to_dict` wrote.

        Raises:
            ValueError: if a field is missing or is of another type.
        """
        read: Self = cls._adapter().validate_python(data)
        return read

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """
        Read what `to_json` wrote.

        Raises:
            ValueError: if it is no JSON, names a key twice, or a field is missing
                or is of another type.
        """
        # The strict reader comes first: pydantic's own silently takes the last of two equal keys.
        return cls.from_dict(parse(decode(text) if isinstance(text, bytes) else text))

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """Return the JSON Schema of what `to_json` writes."""
        return cls._adapter().json_schema(mode="serialization")

    @classmethod
    @cache
    def _adapter(cls) -> TypeAdapter[Any]:
        """Make what reads and writes the class, when it is first needed."""
        # Imported here: errors are records, and a command that only prints its help loads them, too.
        from pydantic import TypeAdapter

        return TypeAdapter(cls)
