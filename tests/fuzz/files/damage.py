"""The ways to damage a delimited text: a history, or a file of events."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from fuzz.content import DAYS, HOSTILE, NO_DAYS, NOTHING, SAME, Record
from fuzz.files.delimited import CODECS, Draft, Line, drafted, placed
from fuzz.trial import Made

__all__ = ["DAMAGE", "damaged"]


def damaged(
    records: Sequence[Record], named: dict[str, str], way: str, chance: random.Random
) -> tuple[Made, dict[str, object]]:
    """Make a damaged text, and tell what a map has to say of how it is written; its kind is for the caller to say."""
    draft = drafted(records, named, chance)
    DAMAGE[way](draft, chance)
    content, rows = placed(draft, chance)
    if draft.titles:
        draft.settings["header"] = len(draft.titles) + 1
    made = Made(
        "",
        way,
        f"cases{draft.suffix}",
        content,
        rows,
        may_refuse=draft.may_refuse,
        may_span=draft.may_span,
        is_open=draft.is_open,
        more=tuple(sorted(draft.more)),
    )
    return made, draft.settings


def _sound(draft: Draft, chance: random.Random) -> None:
    if chance.random() < 0.3 and draft.encoding in ("utf-8", "gb18030"):
        draft.settings["encoding"] = draft.encoding
    if chance.random() < 0.3:
        draft.settings["delimiter"] = draft.delimiter


def _stray_quote(draft: Draft, chance: random.Random) -> None:
    line, at = draft.a_line(chance), draft.column(chance.choice(("handler", "note")))
    cells = list(line.cells)
    cells[at] = f'{cells[at] or "甲"}"{chance.choice(("", "乙", " "))}'
    line.text = draft.delimiter.join(cells)
    line.spoil("handler", "community")


def _unclosed_quote(draft: Draft, chance: random.Random) -> None:
    line, at = draft.a_line(chance), chance.randrange(len(draft.headings))
    cells = list(line.cells)
    cells[at] = f'"{cells[at]}'
    line.text = draft.delimiter.join(cells)
    line.spoil()
    draft.may_refuse = draft.may_span = True


def _quote_pair(draft: Draft, chance: random.Random) -> None:
    _unclosed_quote(draft, chance)
    line, at = draft.a_line(chance), chance.randrange(len(draft.headings))
    cells = list(line.cells)
    cells[at] = chance.choice((f'"{cells[at]}', f'{cells[at]}"', f'{cells[at]}"x'))
    line.text = draft.delimiter.join(cells)
    line.spoil()


def _quote_in_headings(draft: Draft, chance: random.Random) -> None:
    at = chance.randrange(len(draft.headings))
    cells = list(draft.headings)
    cells[at] = chance.choice((f'"{cells[at]}', f'{cells[at]}"', f'"{cells[at]}"x'))
    draft.heading_text = draft.delimiter.join(cells)
    draft.may_refuse = draft.may_span = True
    for line in draft.lines:
        line.spoil("id")


def _lines_in_a_cell(draft: Draft, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 2)):
        line = draft.a_line(chance)
        line.cells[draft.column("note")] = draft.end.join("甲乙丙丁"[: chance.randint(2, 4)])


def _blank_lines(draft: Draft, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 4)):
        draft.lines.insert(chance.randrange(len(draft.lines) + 1), Line([], text="", is_row=False))


def _titles(draft: Draft, chance: random.Random) -> None:
    draft.titles = chance.choices(("2024年台账", "", "制表：信访科", "甲 乙"), k=chance.randint(1, 4))


def _formula_text(draft: Draft, chance: random.Random) -> None:
    columns = chance.sample(("id", "date", "handler"), chance.randint(1, 3))
    for line in draft.lines:
        cells = list(line.cells)
        for at in map(draft.column, columns):
            cells[at] = f'="{cells[at]}"'
        # Some programs quote what they write so, others do not.
        line.text = draft.delimiter.join(cells) if chance.random() < 0.5 else draft.written(cells, chance)


def _delimiter_at_end(draft: Draft, chance: random.Random) -> None:
    for line in draft.lines:
        line.cells += [""] * chance.randint(1, 3)


def _extra_blank_cell(draft: Draft, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 3)):
        draft.a_line(chance).cells += chance.choice(([""], ["", " "], ["　"]))


def _extra_cell(draft: Draft, chance: random.Random) -> None:
    line = draft.a_line(chance)
    line.cells.insert(chance.randrange(len(line.cells) + 1), "多余")
    line.spoil()


def _missing_cells(draft: Draft, chance: random.Random) -> None:
    line = draft.a_line(chance)
    del line.cells[chance.randrange(1, len(line.cells)) :]
    line.spoil()
    if line.cells == [""]:
        line.text, line.is_row = "", False  # a blank line


def _other_delimiter(draft: Draft, chance: random.Random) -> None:
    line = draft.a_line(chance)
    line.text = chance.choice([mark for mark in ",\t;|" if mark != draft.delimiter]).join(line.cells)
    line.spoil()


def _column_twice(draft: Draft, chance: random.Random) -> None:
    name = chance.choice(draft.headings)
    draft.headings.append(name)
    for line in draft.lines:
        line.cells.append(chance.choice(("", "另一个", line.cells[draft.headings.index(name)])))


def _column_without_heading(draft: Draft, chance: random.Random) -> None:
    at = chance.randrange(len(draft.headings) + 1)
    draft.headings.insert(at, "")
    for line in draft.lines:
        line.cells.insert(at, chance.choice(("", "附注")))


def _wrong_encoding(draft: Draft, chance: random.Random) -> None:
    names = (
        "ascii",
        "utf-16",
        "gbk",
        "utf-8",
        "latin-1",
        "big5",
        "shift_jis",
        "idna",
        "rot13",
        "hex",
        "utf-7",
    )
    draft.settings["encoding"] = chance.choice(names)
    draft.may_refuse = draft.may_span = True
    # Another encoding can make one line of two, or two of one.
    draft.more = set(range(1, 3 * len(draft.lines) + 9))
    for line in draft.lines:
        line.spoil()
    if draft.encoding.startswith(("utf-16", "utf-32")) or draft.settings["encoding"] in ("utf-16", "utf-7"):
        draft.is_open = True


def _mixed_encodings(draft: Draft, chance: random.Random) -> None:
    draft.encoding = chance.choice(("utf-8", "gb18030"))
    other = {"utf-8": "gb18030", "gb18030": "utf-8"}[draft.encoding]
    # The first line that is not ASCII tells the file's encoding.
    others = draft.lines[1:] if "".join(draft.headings).isascii() and len(draft.lines) > 1 else draft.lines
    for line in chance.sample(others, max(len(others) // 4, 1)):
        line.raw = draft.written(line.cells, chance).encode(other)
        line.spoil()
        if draft.delimiter == "|":  # which may be the second byte of a character
            line.known = {}


def _lost_byte(draft: Draft, chance: random.Random) -> None:
    draft.encoding = chance.choice(("utf-8", "gb18030"))
    line = draft.a_line(chance)
    raw = bytearray(draft.written(line.cells, chance).encode(draft.encoding))
    places = [at for at, byte in enumerate(raw) if byte > 127]
    if places:
        at = chance.choice(places)
        if chance.random() < 0.5:
            del raw[at]
        else:
            raw[at] = 0xFF
    line.raw = bytes(raw)
    line.spoil()


def _cut_off(draft: Draft, chance: random.Random) -> None:
    codec = CODECS.get(draft.encoding, draft.encoding)
    last = draft.lines[-1]
    raw = draft.written(last.cells, chance).encode(codec)
    last.raw = raw[: chance.randrange(1, len(raw))]
    last.spoil()
    draft.ends_whole = False
    draft.may_refuse = draft.quotes != "few"  # it may end within a quoted cell
    if draft.encoding.startswith(("utf-16", "utf-32")) and len(last.raw) < 4:
        last.is_row = False
        draft.more = {len(draft.lines) + 1}


def _rounded_number(draft: Draft, chance: random.Random) -> None:
    line = draft.a_line(chance)
    line.cells[draft.column("id")] = chance.choice(("1.23457E+15", "3.20501E+17", "123456789012345000.0"))
    line.spoil("id")


def _handler_words(draft: Draft, chance: random.Random) -> None:
    for line in draft.lines:
        if chance.random() < 0.5:
            line.cells[draft.column("handler")] = chance.choice(NOTHING)
            if "handler" in line.known:
                line.known["handler"] = ""


def _other_width(draft: Draft, chance: random.Random) -> None:
    for line in draft.lines:
        line.cells = [chance.choice((cell, *SAME.get(cell, ()))) for cell in line.cells]


def _days(draft: Draft, chance: random.Random) -> None:
    at = draft.column("date")
    for line in draft.lines:
        if chance.random() < 0.2:
            line.cells[at] = chance.choice(NO_DAYS)
            line.spoil("date", "at")
            continue
        year, month, day = map(int, line.cells[at].split("-"))
        line.cells[at] = chance.choice(DAYS).format(y=year, m=month, d=day)


def _hostile_text(draft: Draft, chance: random.Random) -> None:
    draft.encoding = chance.choice(("utf-8", "utf-8-sig", "gb18030", "utf-16-le"))
    for line in chance.sample(draft.lines, min(3, len(draft.lines))):
        at = draft.column(chance.choice(("note", "handler", "area")))
        line.cells[at] = chance.choice(HOSTILE)
        line.spoil("handler", "community")


def _zero_bytes(draft: Draft, chance: random.Random) -> None:
    line = draft.a_line(chance)
    at = draft.column(chance.choice(("note", "handler")))
    line.cells[at] = f"a\0{line.cells[at]}"
    line.spoil("handler", "community")


def _lone_line_end(draft: Draft, chance: random.Random) -> None:
    """Break one row in two by a line end of the other kind, outside of quotation marks."""
    draft.quotes, line = "few", draft.a_line(chance)
    cut = chance.randrange(1, len(line.cells))
    place = draft.lines.index(line)
    first = Line(
        line.cells[:cut], end=chance.choice("\r\n"), may_be_bad=True, is_row=line.cells[:cut] != [""]
    )
    if draft.end == "\n" and first.end == "\n":
        first.end = "\r"
    rest = Line(line.cells[cut:], may_be_bad=True, is_row=line.cells[cut:] != [""])
    draft.lines[place : place + 1] = [first, rest]


def _no_line_end(draft: Draft, chance: random.Random) -> None:
    """Put characters into cells that some readers, and no CSV, take for line ends."""
    draft.encoding = chance.choice(("utf-8", "utf-8-sig", "gb18030", "utf-16-be"))
    for line in draft.lines:
        line.cells[draft.column("note")] = "甲" + chance.choice("\u2028\u2029\u0085\x0b\x0c\x1c\x1e") + "乙"
    draft.may_refuse = False


def _long_cell(draft: Draft, chance: random.Random) -> None:
    draft.a_line(chance).cells[draft.column("note")] = chance.choice(("长", "a,b")) * chance.choice(
        (9_999, 300_000)
    )


def _no_rows(draft: Draft, chance: random.Random) -> None:
    draft.lines = [Line([], text=" ", is_row=False)] if chance.random() < 0.3 else []
    draft.more, draft.may_refuse = {1, 2, 3}, True
    if chance.random() < 0.5:
        draft.headings = []


def _no_headings(draft: Draft, chance: random.Random) -> None:
    draft.heading_text = draft.written(draft.lines.pop(0).cells, chance)
    draft.may_refuse = True
    for line in draft.lines:
        line.spoil()
    draft.lines = draft.lines or [Line([], text="", is_row=False)]


def _markup(draft: Draft, chance: random.Random) -> None:
    rows = "".join(f"<tr><td>{'</td><td>'.join(line.cells)}</td></tr>" for line in draft.lines)
    page = chance.choice(("<html><body>", "<!DOCTYPE html>\n<html>", '<?xml version="1.0"?>\n', "  <table>"))
    draft.change = lambda _: f"{page}<table>{rows}</table>".encode()
    draft.suffix = chance.choice((".xls", ".csv", ".xlsx"))
    draft.lines, draft.may_refuse = [], True


def _wrong_ending(draft: Draft, chance: random.Random) -> None:
    draft.suffix = chance.choice((".xls", ".xlsx", ".parquet", ".jsonl", ".db", ".pdf", "", ".CSV"))
    if draft.suffix == ".jsonl":
        draft.end = "\n"
    if draft.suffix not in (".CSV", ".xls", ".xlsx"):
        draft.may_refuse = True
        draft.more = set(range(1, len(draft.lines) + 3))
        for line in draft.lines:
            line.spoil()
    elif draft.suffix != ".CSV":
        draft.may_refuse = draft.encoding.startswith("utf-")


def _repeated(draft: Draft, chance: random.Random) -> None:
    line = draft.a_line(chance)
    for _ in range(chance.randint(1, 3)):
        again = Line(list(line.cells), dict(line.known))
        draft.lines.insert(chance.randrange(len(draft.lines) + 1), again)


def _odd_setting(draft: Draft, chance: random.Random) -> None:
    odd: tuple[tuple[str, tuple[object, ...]], ...] = (
        ("header", (0, -1, 10**9, True, "三", 1.5, 999)),
        ("delimiter", ("", ",,", "；", '"', "\n", 1, "a")),
        ("encoding", ("utf8000", "", 8, "undefined", "unicode_escape", "utf-16")),
        ("sheet", (0, -1, "甲", [], {})),
        ("query", ("select 1", 3)),
        ("heading", (1,)),
    )
    name, values = chance.choice(odd)
    draft.settings[name] = chance.choice(values)
    draft.may_refuse, draft.may_span = True, True
    draft.more = set(range(1, 2 * len(draft.lines) + 9))
    for line in draft.lines:
        line.spoil()
    draft.is_open = name in ("encoding", "header")


def _separator_line(draft: Draft, chance: random.Random) -> None:
    """Begin with `sep=;`, as spreadsheets read it."""
    draft.titles, draft.may_refuse = [f"sep={draft.delimiter}"], True


DAMAGE: dict[str, Callable[[Draft, random.Random], None]] = {
    "sound": _sound,
    "stray-quote": _stray_quote,
    "unclosed-quote": _unclosed_quote,
    "quote-pair": _quote_pair,
    "quote-in-headings": _quote_in_headings,
    "lines-in-a-cell": _lines_in_a_cell,
    "blank-lines": _blank_lines,
    "titles": _titles,
    "formula-text": _formula_text,
    "delimiter-at-end": _delimiter_at_end,
    "extra-blank-cell": _extra_blank_cell,
    "extra-cell": _extra_cell,
    "missing-cells": _missing_cells,
    "other-delimiter": _other_delimiter,
    "column-twice": _column_twice,
    "column-without-heading": _column_without_heading,
    "wrong-encoding": _wrong_encoding,
    "mixed-encodings": _mixed_encodings,
    "lost-byte": _lost_byte,
    "cut-off": _cut_off,
    "rounded-number": _rounded_number,
    "handler-words": _handler_words,
    "other-width": _other_width,
    "days": _days,
    "hostile-text": _hostile_text,
    "zero-bytes": _zero_bytes,
    "lone-line-end": _lone_line_end,
    "no-line-end": _no_line_end,
    "long-cell": _long_cell,
    "no-rows": _no_rows,
    "no-headings": _no_headings,
    "markup": _markup,
    "wrong-ending": _wrong_ending,
    "repeated-rows": _repeated,
    "odd-setting": _odd_setting,
    "separator-line": _separator_line,
}
