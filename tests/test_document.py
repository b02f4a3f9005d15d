"""A copy of the text: what changed is told, whatever its numbers, and nothing else is."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from books import linked, rule, written
from dutyroute import Rulebook
from dutyroute.analysis import Passage, TextTrace, passages, trace_text
from dutyroute.analysis.document import digest, normal
from dutyroute.rulebook.loader import load
from dutyroute.rulebook.shipped import shipped

POLICY = (Path(__file__).parent / "documents" / "policy.txt").read_text("utf-8")
OPINION = Path(__file__).parent.parent.parent / "shared" / "policy" / "opinion.txt"
LEVELS = ("一二三四五六七八九", "一二三四五六七八九", "123456789", "123456789")
FRESH = ("设立值班电话，全天有人接听。", "每年公布一次收支，接受查询。", "新进人员上岗前应当培训。")


def rulebook_of(text: str) -> Rulebook:
    """One clause for each place of a document, and one rule that rests on it."""
    found = passages(text)
    clauses = tuple(
        {"id": f"c{i}", "label": p.label, "heading": "条", "english": "clause", "digest": p.digest}
        for i, p in enumerate(found)
    )
    instrument = {"id": "policy", "title": "办法", "english": "Policy", "status": "draft", "clauses": clauses}
    rules = [rule(f"rule-{i}", {}, {"report": "housing"}, cite=f"policy/c{i}") for i in range(len(found))]
    return linked(written(*rules) | {"instruments": (instrument,)})


# -- finding places


def test_places_are_found_by_their_numbers() -> None:
    text = (
        "某某办法\n（草案）\n为了治理，制定本办法。\n一、总则\n引言一句。\n（一）目的\n"
        "1．甲事。\n接着说。\n（1）乙事\n（2）丙事\n2、丁事\n二、附则\n"
    )
    assert passages(text) == (
        Passage("序", "为了治理，制定本办法。"),
        Passage("一", "总则"),
        Passage("一·引", "引言一句。"),
        Passage("一（一）", "目的"),
        Passage("一（一）1", "甲事。"),
        Passage("一（一）1·引", "接着说。"),
        Passage("一（一）1（1）", "乙事"),
        Passage("一（一）1（2）", "丙事"),
        Passage("一（一）2", "丁事"),
        Passage("二", "附则"),
    )


def test_places_with_one_number_are_told_apart() -> None:
    labels = [p.label for p in passages("一、总则\n1.甲\n（1）子\n2.乙\n2.丙\n（1）丑\n")]
    assert labels == ["一", "一1", "一1（1）", "一2甲", "一2乙", "一2乙（1）"]


@pytest.mark.parametrize(
    "other",
    [
        "（一）“两会”制度，每月１次。",
        '(一)"两会" 制度,\n每月1次。',
        "（一）　「两会」制度，每月1次。",
        "[bookmark: OLE_LINK1]（一）“两会”制度，每月1次。",
    ],
)
def test_only_the_words_count(other: str) -> None:
    assert normal(other) == normal("（一）“两会”制度，每月1次。")
    assert digest(other) == digest("（一）“两会”制度，每月1次。")


@pytest.mark.parametrize(
    "other", ["“两会”制度，每月2次。", "“两会”的制度，每月1次。", "“两会”制度。每月1次。"]
)
def test_other_words_are_other_words(other: str) -> None:
    assert digest(other) != digest("“两会”制度，每月1次。")


# -- what became of the clauses


def test_a_copy_of_the_same_text_is_sound() -> None:
    rulebook = rulebook_of(POLICY)
    reading = trace_text(rulebook, "policy", POLICY)
    assert (reading.is_sound, len(reading.sound)) == (
        True,
        len(rulebook.vocabulary.instruments["policy"].clauses),
    )


def test_clauses_without_a_digest_are_told_and_not_compared() -> None:
    data = written(rule("a", {}, {"report": "housing"}, cite="policy/1"))
    clause = {"id": "1", "label": "一", "heading": "条", "english": "clause"}
    instrument = {
        "id": "policy",
        "title": "办法",
        "english": "Policy",
        "status": "draft",
        "clauses": (clause,),
    }
    reading = trace_text(linked(data | {"instruments": (instrument,)}), "policy", "一、甲\n二、乙\n")
    assert (reading.undigested, reading.sound, reading.changed) == (("policy/1",), (), ())
    assert reading.added == (Passage("二", "乙"),)


@pytest.mark.parametrize("width", [15, 20, 27, 35, 60])
def test_lines_may_be_broken_at_any_width(width: int) -> None:
    lines = POLICY.splitlines()
    parts = [line[at : at + width] for line in lines for at in range(0, max(len(line), 1), width)]
    assert trace_text(rulebook_of(POLICY), "policy", "\n".join(parts)).is_sound


@pytest.mark.parametrize(
    "closing",
    [
        "某某市人民政府\n2027年1月1日\n",
        "\n某某市人民政府办公室\n　　2027年1月1日印发\n（此件公开发布）\n",
        "附件：1.投诉受理表\n2.考核表\n",
        "某某市人民政府\n附件1\n一、投诉受理表\n（一）姓名。\n",
    ],
)
def test_a_signature_and_annexes_belong_to_no_clause(closing: str) -> None:
    """The final text has them and the draft has not."""
    assert trace_text(rulebook_of(POLICY), "policy", f"{POLICY.rstrip()}\n{closing}").is_sound


def test_an_annex_that_is_only_mentioned_ends_nothing() -> None:
    text = "一、总则\n（一）投诉人填写投诉受理表，由社区登记编号后存档，格式见\n附件1，每月汇总。\n（二）公示。\n"
    assert [p.label for p in passages(text)] == ["一", "一（一）", "一（一）·引", "一（二）"]


def test_a_clause_keeps_its_place_when_another_takes_its_number() -> None:
    old, new = "一、总则\n（一）甲。\n（二）乙。\n", "一、总则\n（一）甲。\n（二）丙。\n（三）乙。\n"
    places = trace_text(rulebook_of(old), "policy", new).places
    assert {clause: (p.label, p.text) for clause, p in places.items()} == {
        "policy/c0": ("一", "总则"),
        "policy/c1": ("一（一）", "甲。"),
        "policy/c2": ("一（三）", "乙。"),
    }


def test_a_clause_below_an_unnumbered_lead_can_move_past_it() -> None:
    """The lead stays, though it is one place and so is the clause."""
    old = "一、总则\n1.街道：\n（1）甲。\n（2）乙。\n2.社区：\n（1）丙。\n（2）丁。\n"
    new = "一、总则\n1.街道：\n（1）甲。\n2.社区：\n（1）乙。\n（2）丙。\n（3）丁。\n"
    reading = trace_text(rulebook_of(old), "policy", new)
    assert [(moved.clause, moved.label) for moved in reading.moved] == [("policy/c3", "一2（1）")]
    assert len(reading.sound) == 6


def test_a_quote_that_no_clause_says_any_more_is_told() -> None:
    book = rulebook_of("一、住建局负责查处\n二、街道受理\n")
    quoted = {
        name: r.model_copy(update={"quote": ("查处",)}) for name, r in book.rules.items() if name == "rule-0"
    }
    book = replace(book, rules={**book.rules, **quoted})
    assert trace_text(book, "policy", "一、住建局负责查处\n二、街道受理\n").unquoted == ()
    assert trace_text(book, "policy", "一、住建局负责管理\n二、街道受理\n").unquoted == (("rule-0", "查处"),)


@dataclass(frozen=True, slots=True)
class Item:
    """A place of a document: which it was, how deep, its words."""

    was: int | None
    level: int
    text: str


class Editor:
    """Edits a document at random places that are apart from each other, and knows what it did."""

    def __init__(self, seed: int) -> None:
        self.pick = random.Random(seed)
        self.items = [Item(i, _level(p.label), p.text) for i, p in enumerate(passages(POLICY))]
        self.changed: set[str] = set()
        self.vanished: set[str] = set()
        self.moved: set[str] = set()
        self.added = 0
        self.used: list[int] = []
        self.gaps = False

    def leaf(self) -> int | None:
        """Choose a place without places below it, apart from all that were edited."""
        free = [
            i
            for i in range(1, len(self.items) - 1)
            if self.items[i].level >= 2
            and self.items[i + 1].level <= self.items[i].level
            and all(abs(i - other) > 3 for other in self.used)
        ]
        return self.pick.choice(free) if free else None

    def edit(self) -> None:
        at = self.leaf()
        if at is not None:
            self.pick.choice((self.change, self.delete, self.insert, self.move, self.skip_numbers))(at)

    def change(self, at: int) -> None:
        item = self.items[at]
        cut = self.pick.randrange(1, len(item.text))
        self.items[at] = replace(
            item, text=item.text[:cut] + self.pick.choice("甲乙丙丁") + item.text[cut + 1 :]
        )
        if normal(self.items[at].text) != normal(item.text):
            self.changed.add(f"policy/c{item.was}")
        self.used.append(at)

    def delete(self, at: int) -> None:
        item = self.items.pop(at)
        self.vanished.add(f"policy/c{item.was}")
        self.used = [other - (other > at) for other in self.used] + [at]

    def insert(self, at: int) -> None:
        self.items.insert(
            at, Item(None, self.items[at].level, f"{self.pick.choice(FRESH)}这是增补的第{self.added}条。")
        )
        self.added += 1
        self.used = [other + (other >= at) for other in self.used] + [at]

    def move(self, at: int) -> None:
        item = self.items[at]
        level = item.level
        places = [
            i
            for i in range(1, len(self.items) - 1)
            if abs(i - at) > 6 and self.items[i].level == level and all(abs(i - o) > 3 for o in self.used)
        ]
        if places and item.was is not None:
            to = self.pick.choice(places)
            del self.items[at]
            self.items.insert(to, item)
            self.moved.add(f"policy/c{item.was}")
            self.used = [i for i in range(len(self.items)) if i in (at, to) or i in self.used]

    def skip_numbers(self, _: int) -> None:
        """Number the places otherwise; that alone says nothing."""
        self.gaps = True

    def written(self) -> str:
        """Number the places anew, and write them as another word processor would."""
        counts = [0, 0, 0, 0]
        lines = []
        for item in self.items:
            if item.was == 0:
                lines.append(item.text)
                continue
            counts[item.level] += 2 if self.gaps and counts[item.level] == 2 else 1
            counts[item.level + 1 :] = [0] * (3 - item.level)
            lines.append(self.numbered(item.level, counts[item.level]) + self.noisy(item.text))
        return self.pick.choice(("\n", "\r\n", "\n\n")).join(lines) + "\n"

    def numbered(self, level: int, number: int) -> str:
        sign = LEVELS[level][number - 1]
        forms = (("{}、",), ("（{}）", "({})"), ("{}.", "{}．", "{}、"), ("（{}）", "({})"))
        space = self.pick.choice(("", "", " ", "　"))
        return self.pick.choice(("", "", "  ", "　　")) + self.pick.choice(forms[level]).format(sign) + space

    def noisy(self, text: str) -> str:
        """Set it otherwise: spaces, widths, line ends, a bookmark."""
        if self.pick.random() < 0.3:
            text = text.replace("，", ",").replace("；", ";")
        if self.pick.random() < 0.2 and len(text) > 8:
            cut = self.pick.randrange(4, len(text) - 2)
            text = text[:cut] + self.pick.choice((" ", "　", "\n")) + text[cut:]
        return ("[bookmark: OLE_LINK1]" if self.pick.random() < 0.05 else "") + text


def _level(label: str) -> int:
    if label == "序":
        return 0
    return (
        3
        if label[-1] == "）" and label[-2] in "123456789"
        else 2
        if label[-1] in "123456789"
        else int("（" in label)
    )


def edited(seeds: range) -> Iterator[tuple[Editor, TextTrace]]:
    rulebook = rulebook_of(POLICY)
    for seed in seeds:
        editor = Editor(seed)
        for _ in range(editor.pick.randrange(0, 4)):
            editor.edit()
        yield editor, trace_text(rulebook, "policy", editor.written())


@pytest.mark.parametrize("block", range(5))
def test_of_500_edited_copies_every_edit_is_told_and_nothing_else(block: int) -> None:
    told = 0
    for seed, (editor, reading) in enumerate(edited(range(block * 100, block * 100 + 100))):
        found = (
            set(reading.changed),
            set(reading.vanished),
            {m.clause for m in reading.moved},
            len(reading.added),
        )
        assert found == (editor.changed, editor.vanished, editor.moved, editor.added), block * 100 + seed
        kept = {f"policy/c{item.was}" for item in editor.items} - editor.changed - editor.moved
        assert set(reading.sound) == kept - {"policy/cNone"}
        told += not reading.is_sound
    assert told > 50


def test_other_numbers_alone_say_nothing() -> None:
    for seed in range(60):
        editor = Editor(seed)
        editor.gaps = seed % 2 == 0
        assert trace_text(rulebook_of(POLICY), "policy", editor.written()).is_sound, seed


# -- the real document


def test_the_shipped_clauses_quotes_and_phrases_stand_in_the_document_and_cover_it() -> None:
    if not OPINION.exists():
        pytest.skip("the document is not here")
    reading = trace_text(load(shipped("rules")), "opinion", OPINION.read_text("utf-8"))
    assert (reading.is_sound, len(reading.sound), reading.undigested) == (True, 61, ())
