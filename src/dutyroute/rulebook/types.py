"""Field types that the models of vocabulary, rules, oversight and cases share."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

__all__ = [
    "Basis",
    "ClauseName",
    "Digest",
    "FactName",
    "Grade",
    "Model",
    "Name",
    "Names",
    "Reference",
    "References",
    "SomeNames",
    "SomeReferences",
    "Titled",
    "When",
    "Within",
    "Words",
    "listed",
]


def listed(value: Any) -> Any:
    """Read a scalar as a list of one: authors may leave the brackets out."""
    return value if isinstance(value, tuple) else (value,)


Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=80)]
Names = Annotated[tuple[Name, ...], BeforeValidator(listed), Field(min_length=1)]
SomeNames = Annotated[tuple[Name, ...], BeforeValidator(listed)]
FactName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=80)]
ClauseName = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]+([.\-][0-9A-Za-z]+)*$", max_length=40)]
Reference = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*/[0-9A-Za-z.\-]+$", max_length=120)]
References = Annotated[tuple[Reference, ...], BeforeValidator(listed), Field(min_length=1)]
SomeReferences = Annotated[tuple[Reference, ...], BeforeValidator(listed)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
Within = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,4}[hdw]$")]
Basis = Literal["explicit", "inferred", "assumed"]
Grade = Literal["error", "warning", "note", "off"]
When = dict[str, Any]
"""A condition as it was written; `conditions.read` turns it into tests."""


class Model(BaseModel):
    """What an author wrote: strict and immutable, and unknown keys are refused."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Titled(Model):
    """What has an identifier, and a title in Chinese and perhaps in English."""

    id: Name = Field(title="标识", description="英文小写标识。")
    title: Words = Field(title="标题", description="中文标题。")
    english: Words | None = Field(default=None, title="英文标题", description="英文标题。")

    def called(self, lang: str) -> str:
        """Return the title in the reader's language, the Chinese one failing that."""
        return self.title if lang == "zh" else self.english or self.title
