"""The sheet: what a street office reads when all it knows is what the matter is."""

from __future__ import annotations

from typing import Any

import pytest

from dutyroute import Router
from dutyroute.messages import LANGUAGES, Lang
from dutyroute.report.sheet import Section, sheet
from dutyroute.rulebook.shipped import shipped

MATTERS = (
    *("service-quality", "service-cleaning", "service-maintenance", "illegal-parking", "price-violation"),
    *("property-dispute", "special-equipment-safety", "clutter", "fire-violation", "fire-lane-blocking"),
    *("illegal-construction", "illegal-renovation", "residential-noise", "safety-hazard"),
    *("vegetable-planting", "street-occupation", "fee-arrears", "committee-formation", "quality-warranty"),
    "company-exit",
)
"""What residents report most, by kind of matter."""

RULES = str(shipped("rules"))


def lines(run: Any, matter: str, columns: int, lang: Lang = "zh") -> list[str]:
    done = run("route", "--rules", RULES, "--matter", matter, columns=columns, lang=lang)
    assert (done.status, done.err) == (0, "")
    return [line for line in done.out.splitlines() if line.strip()]


def sections(lang: Lang, **facts: Any) -> dict[str, Section]:
    router = Router.shipped()
    incident = router.incident(facts)
    return {section.key: section for section in sheet(router.route(incident), incident, router, lang)}


@pytest.mark.parametrize("columns,mean,most", [(100, 18, 26), (80, 22, 26)])
def test_an_answer_for_a_matter_alone_fits_a_screen(run: Any, columns: int, mean: int, most: int) -> None:
    lengths = {matter: len(lines(run, matter, columns)) for matter in MATTERS}
    assert sum(lengths.values()) <= mean * len(MATTERS), lengths
    assert max(lengths.values()) <= most, lengths


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("matter", MATTERS)
def test_everybody_on_a_sheet_has_something_to_do(matter: str, lang: Lang) -> None:
    found = sections(lang, matter=matter)
    for line in (*found["now"].lines, *found["others"].lines):
        assert line.party
        assert all(act.objects and act.role and act.clauses for act in line.acts)
        assert any(each in line.text for act in line.acts for each in act.objects)
    parties = [line.party for key in ("now", "others") for line in found[key].lines]
    assert len(parties) == len(set(parties))
