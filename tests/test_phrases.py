"""Phrases of clauses: each duty that a text names is carried by a rule, or trace tells that it is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from books import WORDS, Data, linked, rule, written
from dutyroute import Rulebook
from dutyroute.analysis import trace, trace_text
from dutyroute.analysis.document import digest
from dutyroute.ledger import Ledger
from dutyroute.rulebook.editions import order_of, restore
from dutyroute.rulebook.instrument import LONGEST_PHRASE
from dutyroute.rulebook.loader import load
from dutyroute.rulebook.shipped import shipped

POLICY = "一、总则\n（一）街道巡查小区，及时报告；依法、从严查处违章停车。\n（二）附则\n"
PARKING = "街道巡查小区，及时报告；依法、从严查处违章停车。"
PHRASES = ("巡查小区", "及时报告", "查处违章停车", {"words": "依法、从严", "duty": False})
PATROL = rule("patrols", {"matter": "clutter"}, {"inspect": "street-office"}, quote=("巡查小区", "及时报告"))
ENFORCE = rule("enforces", {"matter": "violation"}, {"enforce": "street-office"}, quote="从严查处违章停车")


def book(*rules: Data, phrases: Any = PHRASES) -> Rulebook:
    """A rulebook whose first clause has phrases, and a digest of the text above."""
    (opinion,) = WORDS["instruments"]
    first, *others = opinion["clauses"]
    parking = {"label": "一（一）", "duty": True, "phrases": phrases, "digest": digest(PARKING)}
    clauses = ({**first, **parking}, *({**each, "label": f"九{each['id']}"} for each in others))
    return linked(written(*rules) | {"instruments": ({**opinion, "clauses": clauses},)})


def carried(rulebook: Rulebook) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Tell which phrases of the first clause its rules carry, and which none does."""
    first = trace(rulebook)[0]
    return {each.rule: each.phrases for each in first.rules}, first.uncarried


def test_a_rule_carries_the_phrases_that_its_quotes_hold() -> None:
    assert carried(book(PATROL, ENFORCE)) == (
        {"patrols": ("巡查小区", "及时报告"), "enforces": ("查处违章停车",)},
        (),
    )


def test_a_duty_without_a_rule_is_told_though_the_clause_has_others() -> None:
    assert carried(book(PATROL)) == ({"patrols": ("巡查小区", "及时报告")}, ("查处违章停车",))


NEVER = {"matter": "clutter", "not": {"matter": "violation"}}


@pytest.mark.parametrize(
    "changed",
    [{"draft": True}, {"cite": "opinion/1.2"}, {"when": NEVER}],
    ids=["a draft", "of another clause", "that never counts"],
)
def test_a_rule_without_effect_carries_nothing(changed: Data) -> None:
    assert carried(book(PATROL, {**ENFORCE, **changed}))[1] == ("查处违章停车",)


def test_phrases_are_no_part_of_the_digest_and_quotes_are() -> None:
    """One quote is the same in a list or alone: rulebooks of earlier days keep their digest."""
    plain = book(PATROL, ENFORCE, phrases=())
    assert book(PATROL, ENFORCE).digest == plain.digest
    assert book(PATROL, {**ENFORCE, "quote": ("从严查处违章停车",)}).digest == plain.digest
    assert book(PATROL, {**ENFORCE, "quote": "查处违章停车"}).digest != plain.digest
    assert '"quote":"从严查处违章停车"' in plain.canonical()


def test_an_edition_comes_back_without_phrases_and_with_its_quotes(tmp_path: Path) -> None:
    rulebook = book(PATROL, ENFORCE)
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        content = rulebook.canonical().encode()
        restored = restore(ledger.publish(content, digest=rulebook.digest, order=order_of(rulebook)))
    assert restored == rulebook
    assert [each.quote for each in restored.rules.values()] == [
        ("从严查处违章停车",),
        ("巡查小区", "及时报告"),
    ]
    clause = restored.vocabulary.clause("opinion/1.1")
    assert clause is not None
    assert clause.phrases == ()


# -- a copy of the text


def test_phrases_cover_each_part_that_they_touch() -> None:
    """Parts lie between punctuation marks; blanks and kinds of marks make no difference."""
    other = POLICY.replace("，", ",").replace("巡查", "巡 查")
    for copy in (POLICY, other):
        found = trace_text(book(PATROL, ENFORCE), "opinion", copy)
        assert (found.unsaid, found.uncovered, found.unquoted) == ((), {}, ())


def test_text_that_no_phrase_covers_is_told() -> None:
    copy = POLICY.replace("及时报告；", "及时报告，每季度公布结果；由专人负责、")
    found = trace_text(book(PATROL, ENFORCE), "opinion", copy)
    assert found.uncovered == {"opinion/1.1": ("每季度公布结果", "由专人负责")}
    assert (found.changed, found.is_sound) == (("opinion/1.1",), False)


def test_a_phrase_that_the_clause_does_not_say_any_more_is_told() -> None:
    found = trace_text(book(PATROL, ENFORCE), "opinion", POLICY.replace("查处违章停车", "劝阻违章停车"))
    assert found.unsaid == (("opinion/1.1", "查处违章停车"),)
    assert found.unquoted == (("enforces", "从严查处违章停车"),)
    # 从严 is covered by the phrase that is no duty, and it is one part with what follows.
    assert found.uncovered == {}


def test_an_instrument_without_phrases_is_compared_as_before() -> None:
    found = trace_text(book(PATROL, ENFORCE, phrases=()), "opinion", POLICY)
    assert (found.unsaid, found.uncovered) == ((), {})


def test_a_clause_with_duties_and_no_phrases_is_uncovered_beside_one_with_phrases() -> None:
    (opinion,) = WORDS["instruments"]
    first, second, *_ = opinion["clauses"]
    listed = {
        **first,
        "label": "一（一）",
        "duty": True,
        "phrases": ("巡查小区",),
        "digest": digest("巡查小区。"),
    }
    bare = {**second, "label": "一（二）", "duty": True, "digest": digest("公布结果。")}
    patrol = {**PATROL, "quote": "巡查小区"}
    rulebook = linked(written(patrol) | {"instruments": ({**opinion, "clauses": (listed, bare)},)})
    found = trace_text(rulebook, "opinion", "一、总则\n（一）巡查小区。\n（二）公布结果。\n")
    assert found.uncovered == {"opinion/1.2": ("公布结果",)}


# -- the shipped rulebook


SHIPPED = load(shipped("rules"))


def test_every_duty_that_the_shipped_clauses_name_is_carried_by_a_rule() -> None:
    traced = trace(SHIPPED)
    clauses = [clause for _, clause in SHIPPED.vocabulary.clauses()]
    assert [each.clause for each in traced if each.uncarried] == []
    assert [clause.id for clause in clauses if clause.duty and not clause.phrases] == []


def test_the_shipped_rules_quote_a_few_words_only() -> None:
    """The text itself is no part of the project."""
    quotes = [quote for each in SHIPPED.rules.values() for quote in each.quote]
    assert max(map(len, quotes)) <= LONGEST_PHRASE


def test_a_phrase_is_missed_when_the_only_rule_that_carries_it_goes() -> None:
    """Of a clause with a dozen rules: what a mark on the clause alone would not show."""
    name = "developer-warrants-construction"
    without = {key: value for key, value in SHIPPED.rules.items() if key != name}
    found = trace(replace(SHIPPED, rules=without))
    assert {each.clause: each.uncarried for each in found if each.uncarried} == {
        "opinion/3.1.1": ("质量保修责任",)
    }
    assert [each.clause for each in found if each.is_unmapped] == []
