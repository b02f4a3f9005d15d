"""
A program that observes events until it is ended, and says of each that it is durable.

Called with the ledger. After a kill it is started again from the first event.
"""

import os
import sys

from dutyroute import Ledger, LedgerStore, Overseer
from watching import LATENESS, event, watched


def main(path: str) -> None:
    with Ledger.open(path) as ledger:
        overseer = Overseer(watched(), LedgerStore(ledger), lateness=LATENESS)
        for number in range(10**6):
            kind = "rectification-ordered" if number % 7 == 0 else "complaint"
            overseer.observe(event(f"E{number:05}", kind, number // 3))
            os.write(1, f"E{number:05}\n".encode())


if __name__ == "__main__":
    main(sys.argv[1])
