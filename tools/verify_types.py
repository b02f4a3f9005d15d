"""
Check that the public API is completely typed, as pyright sees it.

    python tools/verify_types.py

Runs `pyright --verifytypes` with the Python that runs this file, which must have
dutyroute's dependencies. Pyright is a program for Node; it comes from the npm registry
into build/ once. Where there is no Node, that is printed and nothing is checked.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PYRIGHT = "1.1.414"
LEAST = 0.99
"""The share of public symbols, those of all modules, whose types must be known."""


def pyright() -> Path | None:
    """Return the pinned pyright, installed first if need be; None without Node."""
    place = ROOT / "build" / f"pyright-{PYRIGHT}"
    program = place / "node_modules" / ".bin" / "pyright"
    if not (shutil.which("node") and shutil.which("npm")):
        return None
    if not program.exists():
        place.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(place)]
        subprocess.run([*command, f"pyright@{PYRIGHT}"], cwd=place, check=True)
    return program


def verify(program: Path) -> dict[str, Any]:
    """Return pyright's report on the completeness of types."""
    # Not from the root: pyright would take src for a project of its own, without py.typed.
    command = [str(program), "--pythonpath", sys.executable, "--verifytypes", "dutyroute"]
    done = subprocess.run(
        [*command, "--ignoreexternal", "--outputjson"],
        cwd=program.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        encoding="utf-8",
    )
    report: dict[str, Any] = json.loads(done.stdout)["typeCompleteness"]
    return report


def main() -> int:
    """Run the command and return its exit code."""
    program = pyright()
    if program is None:
        print("left out: the completeness of types needs Node and npm")
        return 0
    report = verify(program)
    for symbol in report["symbols"]:
        for fault in symbol["diagnostics"]:
            print(f"{symbol['name']}: {fault['message'].splitlines()[0]}")
    score = report["completenessScore"]
    print(f"{100 * score:.2f} % of the public symbols have known types; at least {100 * LEAST:g} % must")
    return 0 if score >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
