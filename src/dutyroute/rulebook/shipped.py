"""Where rulebooks lie: the one beside some cases, and what comes with dutyroute, its data too."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

from dutyroute.diagnostics import Diagnostic
from dutyroute.errors import RulebookError
from dutyroute.messages import joined


def shipped(what: str) -> Path:
    """
    Return the folder of what is shipped: `rules` or `cases`.

    An installation has its own copy; in the source tree it is the folder beside `src`.

    Raises:
        RulebookError: if this installation has none.
    """
    inside = packaged("_shipped", what)
    if inside.is_dir():
        return inside
    source = Path(__file__).parents[2]
    # A program that bundles the package may have a folder `rules` there that is its own.
    if source.name == "src" and _is_ours(source.parent / "pyproject.toml"):
        return source.parent / what
    raise RulebookError((Diagnostic("not-shipped", {"path": str(inside)}),))


def hook_dirs() -> list[str]:
    """Tell PyInstaller where the hook is that bundles messages and shipped rules."""
    return [str(packaged("_shipped", "packaging"))]


def rules_beside(path: Path) -> Path | None:
    """
    Find the rules for cases: inside their folder, else next to it; None where there are none.

    The folder named `rules` goes before one with another name that has a `rulebook.yaml`.

    Raises:
        RulebookError: where several folders may be meant.
    """
    own = path if path.is_dir() else path.parent
    for folder in (own, own.parent if own.name not in ("", "..") else own.resolve().parent):
        # Rules among which the cases lie are no rulebook, and their loader says so.
        for found in (folder / "rules", folder):
            if os.path.isdir(found) and (found.name == "rules" or os.path.isfile(found / "rulebook.yaml")):
                return found
        with suppress(OSError):  # a folder that may not be listed
            several = sorted(each.parent for each in folder.glob("*/rulebook.yaml"))
            if len(several) > 1:
                raise ambiguous_rules(several)
            if several:
                return several[0]
    return None


def ambiguous_rules(several: Iterable[Path]) -> RulebookError:
    """Make the error that says that one of several folders has to be named."""
    return RulebookError(
        (Diagnostic("several-rulebooks", {"known": joined([str(each) for each in several])}),)
    )


def packaged(*parts: str) -> Path:
    """Return the path of a file or folder of the package, by its parts."""
    return _package().joinpath(*parts)


@cache
def _package() -> Path:
    """Return the folder of the package; from a zip, its data is unpacked until this process ends."""
    here = Path(__file__).parents[1]
    archive = getattr(__spec__.loader, "archive", None)
    if archive is None:
        return here
    import atexit  # all of this is only needed here, and slow to import
    import tempfile
    from zipfile import ZipFile

    inside = here.relative_to(archive)
    unpacked = tempfile.mkdtemp(prefix="dutyroute-")
    atexit.register(_remove, unpacked, os.getpid())
    with ZipFile(archive) as file:
        names = [name for name in file.namelist() if name.startswith(f"{inside.as_posix()}/")]
        file.extractall(unpacked, [name for name in names if not name.endswith((".py", ".pyc"))])
    return Path(unpacked, inside)


def _remove(folder: str, owner: int) -> None:
    """Remove the unpacked files, unless this is a fork of the process that unpacked them."""
    import shutil

    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)


def _is_ours(project: Path) -> bool:
    """Whether a pyproject.toml is that of dutyroute."""
    return project.is_file() and 'name = "dutyroute"\n' in project.read_text("utf-8")
