"""`dutyroute check --watch`: check again at each save, and show what the save changed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from dutyroute.cli import exits
from dutyroute.cli.output import echo, harmless
from dutyroute.diagnostics import draw
from dutyroute.errors import needs
from dutyroute.messages import Phrasebook
from dutyroute.rulebook.loader.files import name_of

if TYPE_CHECKING:
    from dutyroute.analysis import Look

__all__ = ["watch"]

_SUFFIXES = (".yaml", ".yml")
_PAUSE = 50
"""Milliseconds of quiet after which the files of one save are taken to be written."""

_PATIENCE = 200
"""Milliseconds after which nothing is told to have changed."""


def watch(path: Path, say: Phrasebook) -> int:
    """
    Show what a check finds, then at each save what is new; until Ctrl-C.

    Raises:
        MissingExtraError: if watchfiles is not installed.
        KeyboardInterrupt: at Ctrl-C, which is how it ends.
    """
    from dutyroute.analysis import Watcher

    with needs("watch"):
        import watchfiles
    watcher, is_waiting = Watcher(path), False
    folder = path if path.is_dir() else path.parent
    for changes in watchfiles.watch(
        folder,
        watch_filter=_Rules(path),
        recursive=path.is_dir(),
        step=_PAUSE,
        rust_timeout=_PATIENCE,
        yield_on_timeout=True,
    ):
        if is_waiting and changes:
            echo("\n" + say("watch-saved", files=_named((name for _, name in changes), folder, say)) + "\n")
            _show(watcher.look(), say)
        if not is_waiting:  # only now is the folder watched: no save from here on is missed
            _show(watcher.look(), say)
            echo("\n" + say("watch-waiting", path=name_of(str(path))))
            is_waiting = True
    return exits.FINE


class _Rules:
    """Tells whether a change is about a file that the rulebook is read from, or a folder of such."""

    def __init__(self, path: Path) -> None:
        self.only = None if path.is_dir() else path.name

    def __call__(self, _: object, path: str) -> bool:
        name = os.path.basename(path)
        if self.only:
            return name == self.only
        return "." not in name or (name.endswith(_SUFFIXES) and not name.startswith("."))


def _named(paths: Iterable[str], folder: Path, say: Phrasebook) -> str:
    root = folder.resolve()
    return say.listed(harmless(os.path.relpath(path, root)) for path in sorted(set(paths)))


def _show(look: Look, say: Phrasebook) -> None:
    """Print what a look shows: what is new in full, what is gone in a line."""
    if look.findings is None:
        echo("\n\n".join(draw(each, say.lang) for each in look.faults))
        echo("\n" + say("watch-unusable", count=len(look.faults)))
        return
    from dutyroute.cli.commands.check import counted

    for finding in look.appeared:
        echo(finding.to_text(say.lang) + "\n")
    for finding in look.gone:
        echo(say("watch-gone", finding=f"[{finding.check}] {finding.message(say.lang)}"))
    echo(counted(look.findings, say))
    if look.comparison is not None:
        echo(look.comparison.to_text(say.lang))
