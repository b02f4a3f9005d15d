"""Instruments: policy documents with their numbered places, and the phrases that say duties."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from dutyroute.messages import chosen
from dutyroute.rulebook.types import Model, Shortened, Titled, Words

ClauseName = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]+([.\-][0-9A-Za-z]+)*$", max_length=40)]
# The first 16 of the 64 digits: enough to see a change, short enough to compare by eye.
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]


LONGEST_PHRASE = 12
"""How many characters a phrase may have: a few words are a quotation, more would copy the text."""


class Phrase(Model):
    """A few words of a clause that say a duty or, with `duty: false`, something else."""

    words: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_PHRASE)]
    duty: bool = True


def as_phrase(value: Any) -> Any:
    """Read words alone as a phrase that says a duty."""
    return {"words": value} if isinstance(value, str) else value


class Clause(Model):
    """One numbered place of an instrument."""

    id: ClauseName
    label: Words
    heading: Words
    english: Words
    summary: Words | None = None
    duty: bool = False
    digest: Digest | None = None
    # No part of the rulebook's digest or of editions: they help to read the text and decide nothing.
    phrases: tuple[Annotated[Phrase, BeforeValidator(as_phrase)], ...] = Field(default=(), exclude=True)

    def called(self, lang: str) -> str:
        """Return the heading in the reader's language."""
        return chosen(lang, self.heading, self.english)


Rank = Literal["law", "administrative-regulation", "local-regulation"]


class Instrument(Titled, Shortened):
    """
    A policy document and its numbered places.

    One with a `rank` stands above the policy: rules tell where it says otherwise,
    and duties rest on the policy. `version` is the day of the text that was read.
    """

    english: Words
    status: Literal["draft", "in-force", "repealed"]
    rank: Rank | None = None
    version: Words | None = None
    number: Words | None = None
    issuer: Words | None = None
    note: Words | None = None
    clauses: tuple[Clause, ...]
