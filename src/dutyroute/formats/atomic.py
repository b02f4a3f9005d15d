"""Writing files atomically: a file is written whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def write_whole(path: Path) -> Iterator[BinaryIO]:
    """
    Open a draft to write to, which takes the place of a file when all went well.

    A reader, or a crash at any moment, sees the old file or the new one. A crash
    may leave the draft: a file beside it that ends in `.tmp`.

    Raises:
        OSError: if it cannot be written; the file is as it was, the draft gone.
    """
    # A name that nobody can guess, and no file may have it: in a folder that others can write to,
    # a link under a known name would have us overwrite whatever it points to.
    if not path.name:  # `.` or nothing at all
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    part = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with open(part, "xb") as stream:
            yield stream
            put_in_place(stream, part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextmanager
def write_named(path: Path) -> Iterator[BinaryIO]:
    """
    Open what a person names to write to: a file, whole or not at all, or a pipe or device as it is.

    A link leads to its file. To replace a device by a file would take it from every other program.

    Raises:
        OSError: if it cannot be written.
    """
    # Looked at before the link is followed: that of a pipe, as `/dev/stdout` may be, leads to no path.
    is_stream = path.exists() and not path.is_file() and not path.is_dir()
    with open(path, "wb") if is_stream else write_whole(path.resolve()) as stream:
        yield stream


def drop_drafts(folder: Path) -> None:
    """Delete the drafts that a crash has left in a folder into which nobody else writes now."""
    for draft in folder.glob(f".{'[0-9a-f]' * 16}.tmp"):
        draft.unlink(missing_ok=True)


def put_in_place(stream: BinaryIO, draft: Path, path: Path) -> None:
    """Close a draft that is written to its end, and let it take the place of a file and its mode."""
    stream.flush()
    # Without this, a power failure could leave the new name on an empty file.
    os.fsync(stream.fileno())
    stream.close()
    if path.exists():
        os.chmod(draft, path.stat().st_mode)
    os.replace(draft, path)


def write_whole_text(path: Path, text: str) -> None:
    """Write a text as UTF-8, whole or not at all; half a character is written as an escape."""
    with write_whole(path) as stream:
        stream.write(text.encode("utf-8", "backslashreplace"))
