"""Incidents as they come in: a file, a stream, one JSON object a line, YAML."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from dutyroute.cli.command import Unusable, unusable
from dutyroute.diagnostics import Diagnostic, Span, draw
from dutyroute.formats.json import JsonError, decode, parse
from dutyroute.messages import Phrasebook
from dutyroute.rulebook import loader
from dutyroute.rulebook.loader.files import name_of, refusal

__all__ = ["FORMS", "Entry", "entries"]

STDIN = "-"
_ENDINGS = {".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".yaml": "yaml", ".yml": "yaml"}
LONGEST_LINE = 4 * 1024 * 1024
LARGEST = 64 * 1024 * 1024


def _nowhere(_: str | None) -> Span | None:
    return None


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One incident as it was given, or what is wrong with its text.

    `line` is the line it stands on, where its lines are known; `place` finds
    one of its facts in the file.
    """

    given: Any
    line: int | None = None
    broken: JsonError | None = None
    place: Callable[[str | None], Span | None] = _nowhere


def entries(file: str, form: str | None, say: Phrasebook) -> Iterator[Entry]:
    """
    Yield the incidents of a file, or of standard input for `-`, as they come.

    Raises:
        Unusable: if nothing can be read, saying why.
    """
    with _opened(file, say) as stream:
        form, head = (form, []) if form else _form(file, stream, say)
        yield from FORMS[form](_Source(file, stream, head, say))


@dataclass(frozen=True, slots=True)
class _Source:
    """An open file, with the lines that were looked at to tell its form."""

    file: str
    stream: BinaryIO
    head: list[bytes]
    say: Phrasebook

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.say("stdin") if self.file == STDIN else name_of(self.file)

    def whole(self) -> bytes:
        """Read to the end, but not without end."""
        raw = b"".join(self.head) + self.stream.read(LARGEST)
        if len(raw) >= LARGEST:
            raise unusable(self.say, "input-too-large", file=self.name, limit=LARGEST // 1024 // 1024)
        return raw

    def lines(self) -> Iterator[bytes]:
        """Yield the lines; of one that is too long no more than shows it."""
        for line in chain(self.head, iter(lambda: self.stream.readline(LONGEST_LINE + 1), b"")):
            yield line
            while len(line) > LONGEST_LINE and line and not line.endswith(b"\n"):
                line = self.stream.readline(LONGEST_LINE + 1)


def _opened(file: str, say: Phrasebook) -> AbstractContextManager[BinaryIO]:
    if file != STDIN:
        return _file(file, say)
    if sys.stdin is None or sys.stdin.closed:
        raise unusable(say, "stdin-closed")
    return nullcontext(sys.stdin.buffer)


@contextmanager
def _file(file: str, say: Phrasebook) -> Iterator[BinaryIO]:
    try:
        stream = open(file, "rb")  # noqa: SIM115
    except IsADirectoryError:
        raise unusable(say, "folder-not-incidents", file=name_of(file)) from None
    except (OSError, ValueError) as error:
        fault = refusal(file, name_of(file), error)
        raise unusable(say, "as-said", message=fault.message(say.lang)) from None
    with stream:
        yield stream


def _form(file: str, stream: BinaryIO, say: Phrasebook) -> tuple[str, list[bytes]]:
    """Tell by the ending how a file is written; by its first line where it has none."""
    ending = Path(file).suffix.lower()
    if file != STDIN and ending in _ENDINGS:
        return _ENDINGS[ending], []
    if file != STDIN and ending and stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        raise unusable(say, "unknown-ending", file=name_of(file), known=say.listed(_ENDINGS))
    head = [stream.readline(LONGEST_LINE + 1)]
    while head[-1] and not head[-1].strip():
        head.append(stream.readline(LONGEST_LINE + 1))
    return _told_by(head[-1].removeprefix(b"\xef\xbb\xbf").strip()), head


def _told_by(line: bytes) -> str:
    """Tell the form by the first line that is not blank."""
    if line.startswith(b"{"):
        return "json" if line[-1:] in b"{[,:" else "jsonl"
    return "json" if line.startswith(b"[") else "yaml"


def _json_lines(source: _Source) -> Iterator[Entry]:
    for number, raw in enumerate(source.lines(), start=1):
        if len(raw) > LONGEST_LINE:
            limit = LONGEST_LINE // 1024 // 1024
            yield Entry(None, number, JsonError("line-too-long", number, limit=limit))
        elif raw.strip():
            yield _json_line(number, raw)


def _json_line(number: int, raw: bytes) -> Entry:
    try:
        return Entry(parse(decode(raw)), number)
    except JsonError as broken:
        return Entry(None, number, broken)


def _json(source: _Source) -> Iterator[Entry]:
    raw = source.whole()
    if raw.strip():
        try:
            data = parse(decode(raw))
        except JsonError as broken:
            raise Unusable(_drawn(source, broken)) from None
        yield from (Entry(given) for given, _ in _listed(data))


def _drawn(source: _Source, broken: JsonError) -> str:
    said = source.say("broken", code=broken.code, message=broken.describe(source.say.lang))
    return f"{source.name}:{broken.line}:{broken.column}: {said}"


def _yaml(source: _Source) -> Iterator[Entry]:
    document, faults = _document(source)
    if faults:
        raise Unusable("\n\n".join(draw(fault, source.say.lang) for fault in faults))
    for given, at in _listed(document.data):
        first = document.span(at)
        yield Entry(given, first.line if first else None, place=_finder(document, at))


def _document(source: _Source) -> tuple[loader.Document, list[Diagnostic]]:
    """Read YAML: a file by its path, a stream by its text."""
    if source.file != STDIN and not source.head:
        return loader.read_document(Path(source.file), source.name)
    try:
        return loader.read_document(decode(source.whole()), source.name)
    except JsonError as broken:
        raise Unusable(_drawn(source, broken)) from None


def _finder(document: loader.Document, at: tuple[str | int, ...]) -> Callable[[str | None], Span | None]:
    return lambda fact: document.span(at if fact is None else (*at, fact))


def _listed(data: Any) -> Iterable[tuple[Any, tuple[str | int, ...]]]:
    """List the incidents of a document, each with its place in it."""
    if data is None:
        return []
    if isinstance(data, dict) and set(data) == {"incidents"}:
        return [(given, ("incidents", *at)) for given, at in _listed(data["incidents"] or ())]
    if isinstance(data, dict) and set(data) == {"cases"}:
        return [(_of_case(case), ("cases", *at, "incident")) for case, at in _listed(data["cases"] or ())]
    if isinstance(data, list | tuple):
        return [(given, (index,)) for index, given in enumerate(data)]
    return [(data, ())]


def _of_case(case: Any) -> Any:
    """Take the incident out of a written case, and the case's own name with it."""
    incident = case.get("incident") if isinstance(case, dict) else None
    return {"id": case.get("id"), **incident} if isinstance(incident, dict) else incident


FORMS: dict[str, Callable[[_Source], Iterator[Entry]]] = {"json": _json, "jsonl": _json_lines, "yaml": _yaml}
"""How a file of incidents may be written."""
