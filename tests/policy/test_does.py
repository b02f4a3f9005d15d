"""What is done: each duty of the shipped rules names its object, in both languages."""

from dutyroute import load
from dutyroute.analysis import check
from dutyroute.rulebook.rules import LEAD
from dutyroute.rulebook.shipped import shipped

BOOK = load(shipped("rules"))


def test_every_rule_that_gives_a_duty_says_what_is_done() -> None:
    giving = [rule for rule in BOOK.rules.values() if set(rule.assign) - {LEAD}]
    assert [rule.id for rule in giving if not (rule.does and rule.does_english)] == []


def test_no_duty_is_without_an_object() -> None:
    assert BOOK.vocabulary.roles["assist"].bare
    assert [finding.rules for finding in check(BOOK) if finding.check == "duty-without-object"] == []
