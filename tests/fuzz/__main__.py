"""
Try files and kills for some minutes.

    python -m fuzz --minutes 20 --seed 1 [--only csv/]
    python -m fuzz --again build/fuzz/1/found/csv-stray-quote-3
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from fuzz.campaign import Campaign, again, totals


def main() -> int:
    """Run a campaign, or try again what was kept; the status tells whether anything is wrong."""
    parser = argparse.ArgumentParser(
        prog="fuzz", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", default="1")
    parser.add_argument(
        "--only", nargs="*", default=(), help="what is tried begins so: csv/, events/yaml:, kill/replay"
    )
    parser.add_argument("--folder", type=Path, default=Path("build/fuzz"))
    parser.add_argument("--again", type=Path)
    asked = parser.parse_args()
    if asked.again is not None:
        wrong = again(asked.again)
        print(wrong or "nothing is wrong any more")
        return bool(wrong)
    # However it is ended, what it has started ends, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    campaign = Campaign.resumed(asked.folder, asked.seed)
    found = campaign.run(asked.minutes, asked.only)
    totals(campaign)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
