"""
Write `odd.db` and `postgresql.sql` with the version of commit f5edd7f, and never with a newer one.

Run in this folder with the URL of an empty database; `pg_dump` has to be on the path.
`odd.db` holds an edition of rules that files may not hold any more. `postgresql.sql` is
the ledger `ledger.db`, written to the server entry by entry.
"""

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dutyroute.edition import order_of
from dutyroute.ledger.redaction import Salt

from dutyroute import Ledger, Router, load
from dutyroute.ledger.postgresql import PostgresqlStorage
from dutyroute.ledger.storage import Batch

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
INCIDENTS = (
    {"id": "O-1", "matter": "noise", "reported_at": "2025-05-01", "loud": True},
    {"id": "O-2", "matter": "噪 音", "reported_at": "2026-05-01"},
    {"id": "O-3", "matter": "噪音"},
    {"id": "O-4", "matter": "wide", "loud": True, "reported_at": "2026-02-01"},
)


def write_odd(path):
    Path(path).unlink(missing_ok=True)
    book = load("odd.yaml")
    with Ledger.open(path) as ledger:
        content, order = book.canonical().encode(), order_of(book)
        ledger.publish(content, digest=book.digest, author="法规处", note="试行", at=AT, order=order)
        router = Router(book)
        for second, incident in enumerate(INCIDENTS, 1):
            decision = router.route(incident).as_dict()
            ledger.append(incident, decision, edition=book.digest, at=AT + timedelta(seconds=second))


def write_dump(url, path):
    with Ledger.open("ledger.db", create=False) as ledger:
        entries = list(ledger.entries())
        salt = ledger._storage.salt(2, "text")
    storage = PostgresqlStorage(url)
    for entry in entries:
        salts = (Salt(2, "text", salt),) if entry.number == 2 else ()
        storage.append(lambda number, previous, entry=entry, salts=salts: Batch((entry,), salts))
    storage.close()
    plain = url.replace("+pg8000", "")
    dump = subprocess.run(
        ["pg_dump", "--inserts", "--no-owner", "--no-privileges", plain], check=True, stdout=subprocess.PIPE
    ).stdout.decode()
    # Only what every version of the server takes.
    kept = [line for line in dump.splitlines() if not re.match(r"--|SET |SELECT pg_catalog|\\", line)]
    Path(path).write_text(re.sub(r"\n{2,}", "\n\n", "\n".join(kept).strip()) + "\n", "utf-8")


if __name__ == "__main__":
    write_odd("odd.db")
    write_dump(sys.argv[1], "postgresql.sql")
