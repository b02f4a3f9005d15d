"""Where the rulebook and the cases that come with dutyroute lie."""

from __future__ import annotations

from pathlib import Path

__all__ = ["shipped"]

_PACKAGE = Path(__file__).parent.parent


def shipped(what: str) -> Path:
    """
    Return the folder of what is shipped: `rules` or `cases`.

    In a source tree that is the live folder beside `src`, never a stale copy.
    """
    live = _PACKAGE.parent.parent / what
    source_tree = (_PACKAGE.parent.parent / "pyproject.toml").is_file() and live.is_dir()
    return live if source_tree else _PACKAGE / "_shipped" / what
