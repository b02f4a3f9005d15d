"""The duties of one ruling as a table: the lead, then the chain, phase by phase."""

from __future__ import annotations

from collections.abc import Iterator

from dutyroute.cli.view.names import ScreenNames
from dutyroute.cli.view.terminal import ScreenCell, ScreenColumn
from dutyroute.diagram.ruling import Duty
from dutyroute.messages import Phrasebook
from dutyroute.rulebook.rules import LEAD

__all__ = ["DutyTable"]

_ROOMY = 90
"""From how many cells on those who are told have a column of their own."""
_NARROW = 72
"""Up to how many cells what is only possible is marked beside the role."""


class DutyTable:
    """Lays out duties for a terminal of a given width; duties come in the chain's order."""

    def __init__(self, names: ScreenNames, duties: tuple[Duty, ...], cells: int) -> None:
        self.names = names
        self.say: Phrasebook = names.say
        self.duties = duties
        self.is_narrow: bool = cells <= _NARROW
        self.is_open: bool = any(not duty.certain for duty in duties) and not self.is_narrow
        self.has_told: bool = cells >= _ROOMY and any(duty.to or duty.to_possible for duty in duties)

    def columns(self) -> list[ScreenColumn]:
        """Return the columns that these duties need."""
        found = [ScreenColumn(self.say("phase")), ScreenColumn(self.say("role"), breaks=True)]
        found.append(ScreenColumn(self.say("party"), breaks=True))
        if self.has_told:
            found.append(ScreenColumn(self.say("to"), breaks=True))
        if self.is_open:
            found.append(ScreenColumn(self.say("certainty")))
        return [*found, ScreenColumn(self.say("basis")), ScreenColumn(self.say("clauses"), breaks=True)]

    def rows(self) -> Iterator[list[ScreenCell]]:
        """Yield a row for each duty; a phase or role is named where it begins."""
        phase = role = ""
        for duty in self.duties:
            this_phase, this_role = self._phase(duty.role), self._role(duty)
            yield [
                ScreenCell.of("" if this_phase == phase else this_phase),
                ScreenCell.of("" if this_role == role else this_role, style=_style(duty)),
                *self._cells(duty),
            ]
            phase, role = this_phase, this_role

    def _cells(self, duty: Duty) -> Iterator[ScreenCell]:
        style, comma = _style(duty), self.say("comma")
        told = self.names.told(duty)
        below = [self.say("tells", to=name) for name in told] if not self.has_told else []
        yield ScreenCell.of(self.names.party(duty.party), *below, comma=comma, style=style)
        if self.has_told:
            yield ScreenCell.of(*told or ("",), comma=comma, style=style)
        if self.is_open:
            yield ScreenCell.of(self.say("certain" if duty.certain else "possible"), style=style)
        yield ScreenCell.of(
            self.say(duty.basis) + (self.say("by-default") if duty.default else ""), style=style
        )
        clauses = [self.names.clause(clause) for clause in duty.clauses]
        yield ScreenCell((clauses,), comma, style, keeps_parts=True)

    def _role(self, duty: Duty) -> str:
        limit = duty.within
        within = self.say(f"within-{limit[-1]}", number=limit[:-1]) if limit else ""
        return self.names.marked(self.names.role(duty.role) + within, duty.certain or self.is_open)

    def _phase(self, role: str) -> str:
        phase = self.names.words.roles[role].phase
        return self.say(f"phase-{phase}") if phase else ""


def _style(duty: Duty) -> str:
    if not duty.certain:
        return "dim"
    return "bold" if duty.role == LEAD else ""
