"""The command line: composes, prints, exits. No logic."""

from __future__ import annotations

import sys
from importlib.util import find_spec

from dutyroute.cli.output import Exit
from dutyroute.errors import MissingExtraError


def main() -> None:
    """Run the command line, or name the extra that it needs and exit with status 2."""
    # Looked for and not imported: click is loaded below, rich when something is drawn.
    for module in ("click", "rich"):
        if find_spec(module) is None:
            print(MissingExtraError("cli", module).describe(), file=sys.stderr)
            sys.exit(Exit.USAGE)
    from dutyroute.cli.app import run

    sys.exit(run(sys.argv[1:]))
