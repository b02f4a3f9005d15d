"""The rulebook that a command works with."""

from __future__ import annotations

from pathlib import Path

from dutyroute.cli.phrasebook import Phrasebook
from dutyroute.cli.usage import unusable
from dutyroute.loader.file import name_of
from dutyroute.router import Router

__all__ = ["folder", "opened"]


def opened(rules: str | None, say: Phrasebook) -> Router:
    """
    Load the rulebook of a folder, or the shipped one.

    Raises:
        RulebookError: with every fault found in the files.
        Unusable: if there is no such folder.
    """
    return Router.shipped() if rules is None else Router.load(folder(rules, say))


def folder(rules: str, say: Phrasebook) -> Path:
    """Return the path of rules; a name that stands for nothing is wrong usage."""
    try:
        exists = Path(rules).exists()
    except (OSError, ValueError):
        exists = False
    if not exists:
        raise unusable(say, "no-such-path", path=name_of(rules))
    return Path(rules)
