"""
A program that appends until it is ended, and says of each entry that it is durable.

Called with the ledger, a name for its incidents, and how many to write at most.
"""

import os
import sys

from dutyroute.ledger import Draft, Ledger
from scribe import DECISION, EDITION, START


def main(path: str, name: str, most: int) -> None:
    with Ledger.open(path) as ledger:
        for number in range(most):
            incident = {"id": f"{name}-{number}", "matter": "clutter", "text": "走道堆物" * (number % 300)}
            drafts = [Draft(incident, DECISION, EDITION, START)] * (1 + number % 3)
            last = ledger.append_many(drafts)[-1]
            os.write(1, f"{last.number} {last.digest}\n".encode())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
