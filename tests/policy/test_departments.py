"""A city that designates departments where the document names none: the example, taken into use."""

from __future__ import annotations

import shutil

import pytest

from dutyroute import Router
from dutyroute.analysis import check
from dutyroute.rulebook.shipped import shipped

KNOWN = {"respondent": "owner", "has_property_company": True, "channel": "complaint"}


@pytest.fixture(scope="module")
def router(tmp_path_factory: pytest.TempPathFactory) -> Router:
    rules = tmp_path_factory.mktemp("city") / "rules"
    shutil.copytree(shipped("rules"), rules)
    (rules / "duties" / "departments.example.yaml").rename(rules / "duties" / "departments.yaml")
    return Router.load(rules)


@pytest.mark.parametrize(
    "matter,department,clause",
    [
        ("illegal-parking", "public-security", "departments/1"),
        ("street-occupation", "urban-management", "departments/2"),
        ("clutter", "urban-management", "departments/2"),
        ("illegal-renovation", "housing", "departments/3"),
    ],
)
def test_the_department_is_the_citys_with_its_ground(
    router: Router, matter: str, department: str, clause: str
) -> None:
    """It leads and the company reports to it; nothing says any more that it is undetermined."""
    (before,) = Router.shipped().route({"matter": matter, **KNOWN}).rulings
    (ruling,) = router.route({"matter": matter, **KNOWN}).rulings
    (lead,) = (duty for duty in ruling.duties if duty.role == "lead")
    told = [d.to for d in ruling.duties if (d.party, d.role) == ("property-company", "report")]
    assert (lead.party, lead.basis, lead.clauses) == (department, "assumed", (clause,))
    assert set(told[0]) == {department, "street-office", "residents-committee"}
    assert "department-undetermined" in before.flags
    kept = set(before.flags) & {"invite-urban-management", "higher-law-adds"}
    assert set(ruling.flags) == {"designated-locally"} | kept


def test_structural_damage_keeps_the_department_that_the_text_names(router: Router) -> None:
    (ruling,) = router.route({"matter": "structural-damage", **KNOWN}).rulings
    assert ("designated-locally" in ruling.flags, ruling.lead) == (False, ("housing",))


def test_check_finds_no_error(router: Router) -> None:
    assert [each.check for each in check(router.rulebook) if each.severity == "error"] == []
