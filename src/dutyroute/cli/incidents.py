"""Incidents as they come in: a file, a stream, one JSON object a line, YAML."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from dutyroute.cli.command import Unusable, unusable
from dutyroute.control import SourceTotal
from dutyroute.diagnostics import Span, draw
from dutyroute.formats.encoding import detect_file
from dutyroute.formats.json import JsonError, decode, parse
from dutyroute.formats.lines import count_text
from dutyroute.messages import Phrasebook
from dutyroute.rulebook import loader
from dutyroute.rulebook.loader.files import name_of, refusal
from dutyroute.rulebook.rulebook import Rulebook

_STDIN = "-"
_ENDINGS = {".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".yaml": "yaml", ".yml": "yaml"}
LONGEST_LINE = 4 * 1024 * 1024
# How large a file may be that is read as a whole; a larger one has to be JSONL.
_LARGEST = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class GivenIncident:
    """
    One incident as it was given, or what is wrong with its text.

    `line` is the line it stands on, where its lines are known; `place` finds
    one of its facts in the file.
    """

    data: Any
    line: int | None = None
    broken: JsonError | None = None
    place: Callable[[str | None], Span | None] = lambda _: None


def incidents_in(file: str, form: str | None, say: Phrasebook) -> Iterator[GivenIncident]:
    """
    Yield the incidents of a file, or of standard input for `-`, as they come.

    Raises:
        Unusable: if nothing can be read, saying why.
    """
    if file == _STDIN and (sys.stdin is None or sys.stdin.closed):
        raise unusable(say, "stdin-closed")
    with nullcontext(sys.stdin.buffer) if file == _STDIN else _open(file, say) as stream:
        form, head = (form, []) if form else _form(file, stream, say)
        source = _Source(file, stream, head, say)
        if form == "jsonl":
            yield from _json_lines(source)
        else:
            yield from _json(source) if form == "json" else _yaml(source)


def file_total(file: str, form: str | None, rulebook: Rulebook) -> SourceTotal | None:
    """
    Return what can be told of a file before it is read; None for a stream, which can be read only once.

    Of JSON lines, those that are not blank are counted.
    """
    path = Path(file)
    if file == _STDIN or not path.is_file():
        return None
    text = count_text(path, is_quoted=False)  # lines are split as bytes
    is_lines = (form or _ENDINGS.get(path.suffix.lower())) == "jsonl"
    return SourceTotal(
        name_of(file),
        rows=0,
        bytes=text.bytes,
        digest=text.digest,
        lines=text.lines,
        counted=text.ends - text.blank if is_lines else None,
        counted_by="lines" if is_lines else None,
        encoding=detect_file(path).label,
        timezone=rulebook.header.timezone,
    )


def id_and_content(given: GivenIncident) -> tuple[bytes | None, bytes | None]:
    """Return fingerprints of the id and the rest of an incident, for `Intake`; texts would fill the memory."""
    if given.broken is not None or not isinstance(given.data, dict):
        return None, None
    rest = {key: value for key, value in given.data.items() if key != "id"}
    name, content = str(given.data.get("id") or ""), json.dumps(rest, sort_keys=True, default=str)
    return _fingerprint(name) if name else None, _fingerprint(content)


def _fingerprint(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


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
        return self.say("stdin") if self.file == _STDIN else name_of(self.file)

    def whole(self) -> bytes:
        """Read to the end, but not without end."""
        raw = b"".join(self.head) + self.stream.read(_LARGEST)
        if len(raw) >= _LARGEST:
            raise unusable(self.say, "input-too-large", file=self.name, limit=_LARGEST // 1024 // 1024)
        return raw

    def lines(self) -> Iterator[bytes]:
        """Yield the lines; of one that is too long no more than shows it."""
        # A line without end would fill the memory: of it only the limit and one byte more is read.
        for line in chain(self.head, iter(lambda: self.stream.readline(LONGEST_LINE + 1), b"")):
            yield line
            while len(line) > LONGEST_LINE and line and not line.endswith(b"\n"):
                line = self.stream.readline(LONGEST_LINE + 1)

    def unusable(self, broken: JsonError) -> Unusable:
        """Make the error that says what is wrong with the whole text."""
        said = self.say("broken", code=broken.code, message=broken.describe(self.say.lang))
        return Unusable(f"{self.name}:{broken.line}:{broken.column}: {said}")


def _open(file: str, say: Phrasebook) -> BinaryIO:
    try:
        return open(file, "rb")
    except IsADirectoryError:
        raise unusable(say, "folder-not-incidents", file=name_of(file)) from None
    except (OSError, ValueError) as error:
        fault = refusal(file, name_of(file), error)
        raise unusable(say, "as-said", message=fault.message(say.lang)) from None


def _form(file: str, stream: BinaryIO, say: Phrasebook) -> tuple[str, list[bytes]]:
    """Tell by the ending how a file is written; by its first line where it has none."""
    ending = Path(file).suffix.lower()
    if file != _STDIN and ending in _ENDINGS:
        return _ENDINGS[ending], []
    if file != _STDIN and ending and stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        raise unusable(say, "unknown-ending", file=name_of(file), known=say.listed(_ENDINGS))
    head = [stream.readline(LONGEST_LINE + 1)]
    while head[-1] and not head[-1].strip():
        head.append(stream.readline(LONGEST_LINE + 1))
    line = head[-1].removeprefix(b"\xef\xbb\xbf").strip()
    if line.startswith(b"{"):
        # A first line that goes on is one object over many lines.
        return "json" if line[-1:] in b"{[,:" else "jsonl", head
    return "json" if line.startswith(b"[") else "yaml", head


def _json_lines(source: _Source) -> Iterator[GivenIncident]:
    for number, raw in enumerate(source.lines(), start=1):
        try:
            if len(raw) > LONGEST_LINE:
                raise JsonError("line-too-long", number, limit=LONGEST_LINE // 1024 // 1024)
            text = decode(raw)
            if text.strip():
                yield GivenIncident(parse(text), number)
        except JsonError as broken:
            yield GivenIncident(None, number, broken)


def _json(source: _Source) -> Iterator[GivenIncident]:
    raw = source.whole()
    try:
        data = parse(decode(raw)) if raw.strip() else None
    except JsonError as broken:
        raise source.unusable(broken) from None
    yield from (GivenIncident(given) for given, _ in _listed(data))


def _yaml(source: _Source) -> Iterator[GivenIncident]:
    # A file goes to the loader by its path, so that its messages can show the line.
    if source.file != _STDIN and not source.head:
        document, faults = loader.read_document(Path(source.file), source.name)
    else:
        try:
            document, faults = loader.read_document(decode(source.whole()), source.name)
        except JsonError as broken:
            raise source.unusable(broken) from None
    if faults:
        raise Unusable("\n\n".join(draw(fault, source.say.lang) for fault in faults))

    def finder(at: tuple[str | int, ...]) -> Callable[[str | None], Span | None]:
        return lambda fact: document.span(at if fact is None else (*at, fact))

    for given, at in _listed(document.data):
        first = document.span(at)
        yield GivenIncident(given, first.line if first else None, place=finder(at))


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
