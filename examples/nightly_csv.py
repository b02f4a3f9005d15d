"""
Add who leads, and what is still to be asked, to yesterday's CSV export.

python nightly_csv.py cases.csv decided.csv   # columns: facts of the rulebook, by id or Chinese name
"""

import csv
import sys

from dutyroute import IncidentError, Router

router = Router.shipped()


def decided(row: dict[str, str]) -> dict[str, str]:
    """Return the row with the decision's columns; an unreadable row keeps its place and says why."""
    facts = {name: value for name, value in row.items() if value}  # an empty cell is an unknown fact
    try:
        decision = router.route(facts)
    except IncidentError as error:
        return {**row, "status": "error", "lead": "", "ask": "", "error": error.describe("zh")}
    lead, ask = ";".join(decision.lead), ";".join(decision.ask)
    return {**row, "status": decision.status, "lead": lead, "ask": ask, "error": ""}


def main(source: str, target: str) -> int:
    """Decide a file; return 1 if a row could not be read, so that cron reports it."""
    with open(source, encoding="utf-8-sig", newline="") as file:
        rows = [decided(row) for row in csv.DictReader(file)]
    with open(target, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]) if rows else [])
        writer.writeheader()
        writer.writerows(rows)
    return int(any(row["error"] for row in rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
