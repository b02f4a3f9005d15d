"""A matter that a city adds: naming its department in one rule is enough."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dutyroute import Router
from dutyroute.analysis import check
from dutyroute.rulebook.shipped import shipped

MATTER = """matters:
  - id: drone-flying
    name: 无人机扰民
    english: drone flying
    parent: violation
"""
RULE = """rules:
  - id: police-on-drones
    title: 公安机关查处无人机扰民
    when: {{matter: drone-flying}}
    assign: {assign}
    cite: opinion/3.1.4
    basis: assumed
"""
KNOWN = {"respondent": "owner", "has_property_company": True, "in_community": True, "channel": "patrol"}


def book(folder: Path, assign: str) -> Path:
    """Copy the shipped rules and add a matter with one rule."""
    rules = folder / "rules"
    shutil.copytree(shipped("rules"), rules)
    (rules / "local.yaml").write_text(MATTER + RULE.format(assign=assign), encoding="utf-8")
    return rules


def chain(router: Router, matter: str, **facts: object) -> set[tuple[str, str, tuple[str, ...]]]:
    """Tell who has which role towards whom."""
    duties = router.route({"matter": matter, **KNOWN, **facts}).duties
    return {(duty.party, duty.role, duty.to) for duty in duties}


@pytest.fixture(scope="module")
def led(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return book(tmp_path_factory.mktemp("led"), "{enforce: public-security, lead: public-security}")


@pytest.fixture(scope="module")
def headless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return book(tmp_path_factory.mktemp("headless"), "{enforce: public-security}")


@pytest.mark.parametrize("in_community", [True, False])
def test_a_matter_with_a_named_department_is_handled_like_noise(led: Path, in_community: bool) -> None:
    """The street office reports and assists, and nothing says that the department is undetermined."""
    router = Router.load(led)
    noise = chain(router, "residential-noise", in_community=in_community)
    drones = chain(router, "drone-flying", in_community=in_community)
    inspects = {("public-security", "inspect", ())}
    assert drones - {("public-security", "enforce", ())} == noise - inspects
    decision = router.route({"matter": "drone-flying", **KNOWN, "in_community": in_community})
    assert (decision.status, decision.lead, decision.flags) == ("routed", ("public-security",), ())


def test_an_enforcer_without_a_lead_is_no_answer(headless: Path) -> None:
    decision = Router.load(headless).route({"matter": "drone-flying", **KNOWN})
    breaches = [(breach.obligation, breach.kind) for each in decision.rulings for breach in each.breaches]
    assert (decision.status, decision.lead, breaches) == ("unrouted", (), [("one-lead", "gap")])


def test_check_says_what_to_add(headless: Path, led: Path) -> None:
    """At the rule, with the party that it already names."""
    found = [each for each in check(Router.load(headless).rulebook).findings if each.severity == "error"]
    (told,) = (each for each in found if each.check == "enforcer-without-lead")
    assert told.rules == ("police-on-drones",)
    assert told.span is not None
    assert Path(told.span.path).name == "local.yaml"
    assert "`lead: public-security`" in (told.help("en") or "")
    assert [
        each.check for each in check(Router.load(led).rulebook).findings if each.severity == "error"
    ] == []
