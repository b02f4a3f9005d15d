"""JSON lines: histories, events and incidents, one object a line, and the ways to damage them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from fuzz.content import HOSTILE, SAME, Record, history
from fuzz.files.histories import map_text
from fuzz.trial import Made, Row

__all__ = ["DAMAGE", "WAYS", "damaged", "make"]

ODD_LINES = (
    *("[]", "null", "3", '"x"', "{", "}", '{"a": 1}}', '{"a": NaN}', '{"a": Infinity}', "{'a': 1}", "{a: 1}"),
    *('{"a": 1} {"b": 2}', '{"a": 1},', "[1, 2", '{"a": ' + "9" * 5_000 + "}", "[" * 3_000, '{"a":' * 2_000),
    *('{"a": "\x01"}', '{"a": tru}', "#", "//", '{"a": 01}', '{"a": "\\x"}', '{"a": "\\u12"}', '{"a"; 1}'),
)
"""Lines that hold no JSON object, or one that two readers may read in two ways."""

ODD_VALUES: tuple[Any, ...] = (
    *([], {}, [[]], ["甲"], [None], {"a": {"b": 1}}, True, False, 0, -1, 1.5, 1e300, 10**400, 2**63, "", " "),
    *("昨天", "x" * 2_000, 20240301, 45352, 1.0, ["clutter", "complaint"]),
)


@dataclass(slots=True)
class Draft:
    """Lines of JSON before they are written."""

    lines: list[str]
    rows: list[Record | None]
    """For each line what must be read there; None where a line holds no row."""
    matter: str
    bad: set[int] = field(default_factory=set)
    raws: dict[int, bytes] = field(default_factory=dict)
    encoding: str = "utf-8"
    mark: bytes = b""
    end: str = "\n"
    ends_whole: bool = True
    may_refuse: bool = False

    def a_line(self, chance: random.Random) -> int:
        """Choose a line that holds a row."""
        return chance.choice([at for at, row in enumerate(self.rows) if row is not None])

    def spoil(self, at: int, *lost: str) -> None:
        """Note that a row may be told as bad, and that all of it, or some, is not as it was."""
        row = self.rows[at]
        assert row is not None
        known = {key: value for key, value in row.known.items() if lost and key not in lost}
        self.rows[at] = Record(row.cells, known)
        self.bad.add(at)

    def insert(self, at: int, line: str, *, is_row: bool) -> None:
        """Put another line before a line."""
        self.lines.insert(at, line)
        self.rows.insert(at, Record({}, {}) if is_row else None)
        self.bad = {each + (each >= at) for each in self.bad}
        if is_row:
            self.bad.add(at)


def damaged(records: Sequence[Record], matter: str, way: str, chance: random.Random) -> Made:
    """Make a damaged file; the kind is for the caller to say, as is the key that holds a matter."""
    is_escaped = chance.random() < 0.3
    lines = [json.dumps(dict(each.cells), ensure_ascii=is_escaped) for each in records]
    draft = Draft(lines, list(records), matter, end=chance.choice(("\n", "\n", "\r\n")))
    draft.ends_whole = chance.random() < 0.8
    DAMAGE[way](draft, chance)
    content, rows = draft.mark, []
    for at, (line, record) in enumerate(zip(draft.lines, draft.rows, strict=True)):
        is_last = at == len(draft.lines) - 1 and not draft.ends_whole
        end = "" if is_last else draft.end
        raw = draft.raws.get(at)
        content += (line + end).encode(draft.encoding) if raw is None else raw + end.encode(draft.encoding)
        if record is not None:
            rows.append(Row(at + 1, record.known, at in draft.bad))
    return Made("", way, "cases.jsonl", content, tuple(rows), may_refuse=draft.may_refuse)


def _sound(draft: Draft, chance: random.Random) -> None:
    if chance.random() < 0.2:
        draft.mark = b"\xef\xbb\xbf"


def _key_twice(draft: Draft, chance: random.Random) -> None:
    at = draft.a_line(chance)
    key = chance.choice(list(json.loads(draft.lines[at])))
    draft.lines[at] = draft.lines[at][:-1] + f', {json.dumps(key, ensure_ascii=False)}: "另一个"}}'
    draft.spoil(at)
    draft.rows[at] = Record({}, {"id": "told as bad"})  # whichever of the two is taken, one is lost


def _half_character(draft: Draft, chance: random.Random) -> None:
    at = draft.a_line(chance)
    told = json.loads(draft.lines[at])
    key = chance.choice(list(told))
    told[key] = "甲" + chance.choice("\ud800\udfff\udc00")
    draft.lines[at] = json.dumps(told)
    draft.spoil(at)


def _late_key(draft: Draft, chance: random.Random) -> None:
    """Put a key that the map names into late rows alone."""
    count = chance.choice((998, 1_001, 1_200))
    early = json.dumps({"编号": "早", draft.matter: "clutter", "街道": "东街"}, ensure_ascii=False)
    for _ in range(count):
        draft.insert(0, early, is_row=True)
    draft.bad -= set(range(count))


def _odd_line(draft: Draft, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 2)):
        draft.insert(chance.randrange(len(draft.lines) + 1), chance.choice(ODD_LINES), is_row=True)


def _odd_value(draft: Draft, chance: random.Random) -> None:
    at = draft.a_line(chance)
    told = json.loads(draft.lines[at])
    key = chance.choice(list(told))
    told[key] = chance.choice(ODD_VALUES)
    draft.lines[at] = json.dumps(told, ensure_ascii=False)
    draft.spoil(at)


def _missing_key(draft: Draft, chance: random.Random) -> None:
    at = draft.a_line(chance)
    told = json.loads(draft.lines[at])
    del told[chance.choice(list(told))]
    draft.lines[at] = json.dumps(told, ensure_ascii=False)
    draft.spoil(at)
    draft.may_refuse = len(draft.lines) == 1


def _blank_lines(draft: Draft, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 4)):
        draft.insert(chance.randrange(len(draft.lines) + 1), chance.choice(("", " ", "\t")), is_row=False)


def _over_lines(draft: Draft, chance: random.Random) -> None:
    at = draft.a_line(chance)
    written = json.dumps(json.loads(draft.lines[at]), ensure_ascii=False, indent=1).splitlines()
    draft.lines[at] = written[0]
    draft.spoil(at)
    for line in reversed(written[1:]):
        draft.insert(at + 1, line, is_row=True)
    draft.may_refuse = True  # one object alone reads as a file of one object


def _wrong_encoding(draft: Draft, chance: random.Random) -> None:
    draft.encoding, draft.mark = chance.choice(
        (
            ("gb18030", b""),
            ("utf-16-le", b"\xff\xfe"),
            ("utf-16-be", b"\xfe\xff"),
            ("utf-16-le", b""),
            ("big5", b""),
        )
    )
    draft.lines = [line.encode(draft.encoding, "ignore").decode(draft.encoding) for line in draft.lines]
    draft.may_refuse = True
    for at in range(len(draft.lines)):
        draft.spoil(at, *(() if draft.encoding == "big5" else ("nothing",)))


def _mixed_encodings(draft: Draft, chance: random.Random) -> None:
    # The first line that is not ASCII tells the file's encoding.
    draft.lines = [json.dumps(json.loads(line), ensure_ascii=False) for line in draft.lines]
    at = chance.randrange(1, len(draft.lines)) if len(draft.lines) > 1 else 0
    draft.raws[at] = draft.lines[at].encode("gb18030")
    draft.spoil(at)
    draft.may_refuse = len(draft.lines) == 1


def _lost_byte(draft: Draft, chance: random.Random) -> None:
    at = draft.a_line(chance)
    raw = bytearray(json.dumps(json.loads(draft.lines[at]), ensure_ascii=False).encode())
    raw[chance.randrange(len(raw))] = 0xFF
    draft.raws[at] = bytes(raw)
    draft.spoil(at)


def _cut_off(draft: Draft, chance: random.Random) -> None:
    draft.lines[-1] = draft.lines[-1][: chance.randrange(1, len(draft.lines[-1]))]
    draft.spoil(len(draft.lines) - 1)
    draft.ends_whole, draft.may_refuse = False, len(draft.lines) == 1


def _hostile_text(draft: Draft, chance: random.Random) -> None:
    for at in chance.sample(range(len(draft.lines)), min(3, len(draft.lines))):
        told = json.loads(draft.lines[at])
        key = chance.choice([key for key in told if key not in ("编号", "id")])
        told[key] = chance.choice(HOSTILE)
        draft.lines[at] = json.dumps(told, ensure_ascii=chance.random() < 0.5)
        draft.spoil(at)


def _other_width(draft: Draft, chance: random.Random) -> None:
    for at, line in enumerate(draft.lines):
        told = {key: chance.choice((value, *SAME.get(value, ()))) for key, value in json.loads(line).items()}
        draft.lines[at] = json.dumps(told, ensure_ascii=False)


def _lone_line_end(draft: Draft, chance: random.Random) -> None:
    r"""Put a lone \r between keys, where JSON allows it, or end lines with it."""
    at = draft.a_line(chance)
    draft.lines[at] = draft.lines[at].replace(", ", ",\r", 1)
    draft.spoil(at, "nothing")


def _no_line_end(draft: Draft, chance: random.Random) -> None:
    for at, line in enumerate(draft.lines):
        told = json.loads(line)
        told["备注" if "备注" in told else "text" if "text" in told else "note"] = (
            "甲" + chance.choice("\u2028\u2029\x85") + "乙"
        )
        draft.lines[at] = json.dumps(told, ensure_ascii=False)


def _no_rows(draft: Draft, chance: random.Random) -> None:
    draft.lines = chance.choice(([], ["", " "], [""]))
    draft.rows = [None] * len(draft.lines)
    draft.mark = chance.choice((b"", b"\xef\xbb\xbf"))
    draft.may_refuse = True


def _repeated(draft: Draft, chance: random.Random) -> None:
    at, to = draft.a_line(chance), chance.randrange(len(draft.lines) + 1)
    line, row = draft.lines[at], draft.rows[at]
    draft.insert(to, line, is_row=True)
    draft.rows[to] = row
    draft.bad.discard(to)


DAMAGE: dict[str, Callable[[Draft, random.Random], None]] = {
    "sound": _sound,
    "key-twice": _key_twice,
    "half-character": _half_character,
    "late-key": _late_key,
    "odd-line": _odd_line,
    "odd-value": _odd_value,
    "missing-key": _missing_key,
    "blank-lines": _blank_lines,
    "over-lines": _over_lines,
    "wrong-encoding": _wrong_encoding,
    "mixed-encodings": _mixed_encodings,
    "lost-byte": _lost_byte,
    "cut-off": _cut_off,
    "hostile-text": _hostile_text,
    "other-width": _other_width,
    "lone-line-end": _lone_line_end,
    "no-line-end": _no_line_end,
    "no-rows": _no_rows,
    "repeated-rows": _repeated,
}
WAYS = tuple(DAMAGE)


def make(way: str, chance: random.Random, size: int) -> Made:
    """Make a history as JSON lines."""
    made = damaged(history(chance, size), "事项", way, chance)
    how = "command" if chance.random() < 0.1 else ""
    return Made(
        "jsonl", way, made.name, made.content, made.rows, map=map_text(), may_refuse=made.may_refuse, how=how
    )
