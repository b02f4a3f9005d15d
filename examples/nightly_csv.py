"""
Add who leads, and what is still to be asked, to yesterday's CSV export.

python nightly_csv.py cases.csv decided.csv   # columns: facts of the rulebook, by id or Chinese name
"""

import csv
import sys
from pathlib import Path

from dutyroute import IncidentError, Router
from dutyroute.formats.spreadsheet import BOM, csv_text

router = Router.shipped()


def decided(names: list[str], row: list[str]) -> list[str]:
    """Return the decision's cells: status, lead, what to ask, and why a row cannot be read."""
    if len(row) != len(names):
        return ["error", "", "", f"{len(names)} 列，这一行有 {len(row)} 格"]
    facts = {name: cell for name, cell in zip(names, row, strict=True) if cell}  # an empty cell is unknown
    try:
        decision = router.route(facts)
    except IncidentError as error:
        return ["error", "", "", error.describe("zh")]
    return [decision.status, ";".join(decision.lead), ";".join(decision.ask), ""]


def main(source: str, target: str) -> int:
    """Decide a file; return 1 if a row could not be read, so that cron reports it."""
    with open(source, encoding="utf-8-sig", newline="") as file:
        names, *rows = [row for row in csv.reader(file) if row] or [[]]
    answers = [decided(names, row) for row in rows]
    # Citizens wrote some of the cells: what looks like a formula must not be one when a clerk opens the file.
    cells = [["status", "lead", "ask", "error", *names], *map(list.__add__, answers, rows)]
    Path(target).write_text(BOM + csv_text(cells), "utf-8", newline="")
    return int(any(answer[0] == "error" for answer in answers))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
