"""Rulebooks to compare: a folder, or a git revision of one."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from pathlib import Path

from dutyroute.diagnostics import Diagnostic
from dutyroute.errors import RulebookError
from dutyroute.loader import load
from dutyroute.rules import Rulebook

__all__ = ["load_revision"]


def load_revision(written: str) -> Rulebook:
    """
    Load a rulebook given as a folder, or as `folder@revision` in a git work tree.

    A folder whose name holds an `@` is taken as a folder.

    Raises:
        RulebookError: if there is no such folder or revision, or with the faults in it.
    """
    folder, at, revision = written.rpartition("@")
    if not at or Path(written).exists():
        return load(written)
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / f"{Path(folder).name or 'rules'}@{revision.replace('/', '-')}"
        _unpack(_archive(Path(folder), revision, written), target)
        return load(target)


def _archive(folder: Path, revision: str, written: str) -> bytes:
    """Ask git for the folder as it was; nothing is checked out."""
    where = folder if folder.is_dir() else folder.parent
    prefix = "." if folder.is_dir() else f"./{folder.name}"
    command = ["git", "-C", str(where), "archive", "--format=tar", "--end-of-options", f"{revision}:{prefix}"]
    try:
        return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
    except FileNotFoundError:
        reason = "git"
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        said = (error.stderr or b"").decode(errors="replace").strip()
        reason = said.rpartition("\n")[2] or "git"
    raise RulebookError((Diagnostic("unknown-revision", {"word": written, "reason": reason}),))


def _unpack(archive: bytes, target: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(target, filter="data")
