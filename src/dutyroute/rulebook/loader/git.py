"""Rulebooks to compare: a folder, or a git revision of one."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from dataclasses import replace
from pathlib import Path

from dutyroute.diagnostics import Diagnostic, Related, Span
from dutyroute.errors import RulebookError
from dutyroute.messages.reason import reason
from dutyroute.rulebook.loader import load
from dutyroute.rulebook.rulebook import Rulebook


def load_revision(written: str) -> Rulebook:
    """
    Load a rulebook given as a folder, or as `folder@revision` in a git work tree.

    A folder whose name holds an `@` is taken as a folder. Places in a revision
    are told as `folder@revision/file`.

    Raises:
        RulebookError: if there is no such folder or revision, or with the faults in it.
    """
    folder, at, revision = written.rpartition("@")
    if not at or Path(written).exists():
        return load(written)
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "rules"
        with tarfile.open(fileobj=io.BytesIO(_archive(Path(folder), revision, written))) as tar:
            # The filter refuses links and paths that lead out of the folder.
            tar.extractall(target, filter="data")
        try:
            book = load(target)
        except RulebookError as error:
            raise RulebookError(tuple(_renamed(d, str(target), written) for d in error.diagnostics)) from None
    remarks = tuple(_renamed(each, str(target), written) for each in book.remarks)
    spans = {key: _moved(span, str(target), written) for key, span in book.spans.items()}
    return replace(book, spans=spans, remarks=remarks)


def _archive(folder: Path, revision: str, written: str) -> bytes:
    """Ask git for the folder as it was; nothing is checked out."""
    where, inner = (folder, "./") if folder.is_dir() else (folder.parent, f"./{folder.name}")
    try:
        # A tree, not a commit: `git archive` then puts the folder itself at the top.
        top = _git(where, "rev-parse", "--show-toplevel").decode().strip()
        tree = _git(where, "rev-parse", "--verify", "--end-of-options", f"{revision}:{inner}").decode()
        return _git(Path(top), "archive", "--format=tar", tree.strip())
    except OSError as error:  # git is not there
        why = reason(str(error))
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        said = (error.stderr or b"").decode(errors="replace").strip()
        why = reason(said.rpartition("\n")[2] or error)
    raise RulebookError((Diagnostic("unknown-revision", {"word": written, "reason": why}),))


def _git(where: Path, *arguments: str) -> bytes:
    command = ["git", "-C", str(where), *arguments]
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout


def _renamed(fault: Diagnostic, folder: str, name: str) -> Diagnostic:
    related = tuple(Related(r.word, r.at, r.span and _moved(r.span, folder, name)) for r in fault.related)
    values = {k: v.replace(folder, name) if isinstance(v, str) else v for k, v in fault.values.items()}
    span = fault.span and _moved(fault.span, folder, name)
    return replace(fault, values=values, span=span, related=related)


def _moved(span: Span, folder: str, name: str) -> Span:
    return replace(span, path=span.path.replace(folder, name, 1))
