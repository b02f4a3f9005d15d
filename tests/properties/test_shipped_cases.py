"""The shipped cases against every small mistake in the shipped rules."""

from __future__ import annotations

import pytest

from dutyroute.analysis import mutate
from dutyroute.cases import load_cases
from dutyroute.rulebook.loader import load
from dutyroute.rulebook.shipped import shipped


@pytest.mark.fuzz
def test_the_shipped_cases_notice_every_mistake_that_changes_a_decision() -> None:
    rulebook = load(shipped("rules"))
    found = mutate(rulebook, load_cases([shipped("cases")], rulebook))
    assert [(each.mutant.rule.id, each.mutant.said["en"]) for each in found.survivors] == []
