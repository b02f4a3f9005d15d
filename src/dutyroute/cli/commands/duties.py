"""`dutyroute duties`: every duty of a party, or of all of them, to be checked against the text."""

from __future__ import annotations

import sys
from datetime import date
from functools import partial

from dutyroute.analysis import duties as list_duties
from dutyroute.analysis.duty_list import COLUMNS, DutyWording
from dutyroute.cli.output import Exit, echo, echo_json
from dutyroute.cli.rulebooks import day_in, load_rules
from dutyroute.cli.view.grid import echo_grid
from dutyroute.formats.timestamp import today
from dutyroute.messages import Phrasebook
from dutyroute.routing.router import Router


def duties(
    say: Phrasebook, *, party: str | None, as_of: date | None, rules: str | None, format: str, bom: bool
) -> int:
    """Print the list of duties."""
    rulebook = load_rules(rules, say)
    router = Router(rulebook, today=partial(today, rulebook.header.zone))
    found = list_duties(router, party, as_of=day_in(rulebook, as_of, say))
    wording = DutyWording(rulebook, say.lang)
    if format == "json":
        echo_json(found.to_dict(say.lang))
    elif format == "csv":
        headings = [wording.listing(key) for key in ("party", *COLUMNS)]
        rows = [(wording.party(duty.party), *wording.row(duty)) for duty in found.duties]
        echo_grid(format, headings, rows, has_mark=bom, remarks=())
    elif format == "text":
        # Loaded here, as rich takes longer to load than the CSV takes to write.
        from dutyroute.cli.view.duties import write_duties

        write_duties(found, wording)
    elif format == "html":
        from dutyroute.report.duties import render_duties

        echo(render_duties(found, wording).removesuffix("\n"))
    else:
        from dutyroute.report.duties import duty_workbook

        sys.stdout.flush()
        sys.stdout.buffer.write(duty_workbook(found, wording))
    return Exit.FINE
