"""A Python process of its own, for libraries that may crash or hang."""

from __future__ import annotations

import os
import sys


def python(*words: str) -> tuple[list[str], dict[str, str]]:
    """Return the command that runs Python with these words, and its environment."""
    # It finds what this process finds, and nothing else changes how it runs.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    found = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUTF8": "1"}
    return [sys.executable, "-P", "-W", "ignore", *words], {**kept, **found}
