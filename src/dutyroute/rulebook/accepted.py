"""Accepted findings: what a check found, and somebody decided to leave as it is."""

from __future__ import annotations

import datetime
from typing import Annotated

from pydantic import StringConstraints

from dutyroute.rulebook.types import Model, Name, Several, Words

Key = tuple[str, frozenset[str]]
"""What tells one finding from another, wherever it stands: the check, and the names that it is about."""


class Acceptance(Model):
    """A finding that is accepted: which, by whom, when and why."""

    check: Name
    about: Several[Annotated[str, StringConstraints(min_length=1, max_length=300)]]
    author: Words
    date: datetime.date
    note: Words

    @property
    def key(self) -> Key:
        """The finding that is meant."""
        return self.check, frozenset(self.about)

    @property
    def id(self) -> str:
        """The finding that is meant, as one text."""
        return f"{self.check} {', '.join(sorted(self.about))}"
