"""A list of duties on a terminal: a table for each party."""

from __future__ import annotations

from dutyroute.analysis.duty_list import COLUMNS, DutyList, DutyWording
from dutyroute.cli.view.terminal import Screen, ScreenCell, ScreenColumn


def write_duties(found: DutyList, wording: DutyWording) -> None:
    """Write the list: what is to be done, in which matters and on which conditions, and by which clause."""
    screen, say = Screen(), wording.listing
    columns = [ScreenColumn(say(key), breaks=True) for key in ("verb", "what", "matter", "ground")]
    for party, duties in found.by_party().items():
        screen.line(say("count", party=wording.party(party), count=len(duties)), "bold")
        rows = []
        for duty in duties:
            cells = dict(zip(COLUMNS, wording.row(duty), strict=True))
            more = {
                key: [say("labelled", label=say(key), text=cells[key])] if cells[key] else []
                for key in ("to", "within", "condition")
            }
            rows.append(
                [
                    ScreenCell.of(cells["verb"]),
                    ScreenCell.of(cells["what"], *more["to"], *more["within"]),
                    ScreenCell.of(cells["matter"], *more["condition"]),
                    ScreenCell.of(*map(wording.clause, duty.rule.cite), cells["basis"]),
                ]
            )
        screen.table(columns, rows)
        screen.line()
    for text in wording.legend(found):
        screen.line(text)
