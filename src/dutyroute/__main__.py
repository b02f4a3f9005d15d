"""`python -m dutyroute` is the command `dutyroute`."""

from __future__ import annotations

from dutyroute.cli import main

if __name__ == "__main__":
    main()
