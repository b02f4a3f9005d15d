"""Cases are read strictly, and tell every difference."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from shutil import copytree

import pytest

from dutyroute import Router, RulebookError
from dutyroute.cases import Case, load_cases, run
from dutyroute.rulebook.shipped import shipped

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def router() -> Router:
    return Router.shipped()


def written(folder: Path, text: str, name: str = "cases.yaml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def case(
    folder: Path,
    router: Router,
    expect: str,
    incident: str = "{matter: fire-lane-blocking, respondent: owner, has_property_company: true, channel: patrol}",
) -> Case:
    text = f"cases:\n  - id: a-case\n    title: 一案\n    incident: {incident}\n    expect: {expect}\n    because: 理由\n"
    (found,) = load_cases([written(folder, text)], router.rulebook)
    return found


def said(found: Case, router: Router) -> list[str]:
    return [each.message("en") for each in run(found, router).mismatches]


def test_the_shipped_cases_all_pass(router: Router) -> None:
    """Two independent readings of the policy agree: the rules and the cases."""
    cases = load_cases([ROOT / "cases"], router.rulebook)
    differing = {c.id: said(c, router) for c in cases if not run(c, router).passed}
    assert (differing, len(cases) >= 60) == ({}, True)


def test_the_shipped_cases_pass_once_the_policy_is_in_force(tmp_path: Path) -> None:
    """Nearly all of them give no day: then it is any day on which the rules are in force."""
    copytree(shipped("rules"), tmp_path / "rules")
    page = tmp_path / "rules" / "rulebook.yaml"
    text, dated = page.read_text("utf-8"), "  date: reported_at\n"
    page.write_text(text.replace(dated, f"{dated}  in_force: {{from: 2026-01-01}}\n"), "utf-8")
    router = Router.load(tmp_path / "rules")
    assert router.rulebook.days == (date(2026, 1, 1), date.max)
    cases = load_cases([ROOT / "cases"], router.rulebook)
    assert {c.id: said(c, router) for c in cases if not run(c, router).passed} == {}


EXPECTATIONS = {
    "{lead: housing}": [
        "the lead should be Housing and Urban-Rural Development Bureau, but is sub-district office or town government"
    ],
    "{lead: []}": ["the lead should be —, but is sub-district office or town government"],
    "{status: conflict}": ["the status should be conflict, but is routed"],
    "{ask: [respondent]}": ["the facts to ask should be respondent, but are —"],
    "{never: {inspect: fire-rescue}}": ["fire and rescue service should not hold inspect, but does"],
    "{never: {enforce: anyone}}": [
        "sub-district office or town government should not hold enforce, but does"
    ],
    "{recused: {mediate: housing}}": [
        "Housing and Urban-Rural Development Bureau should be recused from mediate, but is not"
    ],
    "{duties: {enforce: street-office}}": [],
    "{duties: {report: {party: property-company, to: [residents-committee, street-office]}}}": [],
    "{duties: {enforce: {party: street-office, within: 24h}}}": [
        "sub-district office or town government's enforce should be due within 24h, but is due —"
    ],
    "{duties: {report: {party: property-company, to: lead}}}": [
        "property service company's report should go to sub-district office or town government, but goes to "
        "sub-district office or town government, residents' (villagers') committee"
    ],
}


@pytest.mark.parametrize("expect", EXPECTATIONS)
def test_a_case_tells_every_difference(expect: str, tmp_path: Path, router: Router) -> None:
    """The message names the party, the role and what stands there instead."""
    found = said(case(tmp_path, router, expect), router)
    assert [message.partition("; rules")[0] for message in found] == EXPECTATIONS[expect]


def test_a_missing_duty_names_the_rules_that_could_give_it(tmp_path: Path, router: Router) -> None:
    """A clerk is told where to look, or that nothing could give the duty."""
    incident = "{matter: clutter, respondent: tenant, has_property_company: true}"
    found = case(tmp_path, router, "{duties: {dissuade: property-company, enforce: housing}}", incident)
    assert said(found, router) == [
        "property service company should hold dissuade and stop, but does not; rules that could assign it: "
        "company-stops-and-reports-kindred, company-stops-and-reports-owner",
        "Housing and Urban-Rural Development Bureau should hold enforce, but does not; no rule assigns it",
    ]


def test_a_possible_duty_is_neither_certain_nor_missing(tmp_path: Path, router: Router) -> None:
    """What hangs on an unknown fact is expected under `possible` only."""
    incident = "{matter: clutter, has_property_company: true}"
    both = "{duties: {dissuade: property-company}, possible: {dissuade: property-company, patrol: street-office}}"
    assert [m.partition("; rules")[0] for m in said(case(tmp_path, router, both, incident), router)] == [
        "property service company's dissuade and stop should be certain, but depends on unknown facts",
        "sub-district office or town government's patrol should depend on unknown facts, but is certain",
    ]


FAULTS = {
    "{lead: street-ofice}": "unknown-party",
    "{duties: {enforc: housing}}": "unknown-role",
    "{never: {enforce: [nobody]}}": "unknown-party",
    "{flags: [no-such-flag]}": "unknown-flag",
    "{ask: [no_such_fact]}": "unknown-fact",
    "{matter: clutter, lead: housing}": "case-other-matter",
    "{}": "case-expects-nothing",
    "{leed: housing}": "unknown-key",
    "{status: fine}": "unknown-choice",
}


@pytest.mark.parametrize("expect", FAULTS)
def test_a_misspelt_expectation_is_refused_with_its_place(
    expect: str, tmp_path: Path, router: Router
) -> None:
    """A mistyped identifier must never make a case pass in silence."""
    with pytest.raises(RulebookError) as caught:
        case(tmp_path, router, expect)
    (fault,) = caught.value.diagnostics
    assert fault.span is not None
    assert (fault.code, fault.span.line) == (FAULTS[expect], 5)


def test_an_incident_that_cannot_be_read_is_told_at_its_fact(tmp_path: Path, router: Router) -> None:
    """The fault stands at the fact, worded as for any incident."""
    with pytest.raises(RulebookError) as caught:
        case(tmp_path, router, "{lead: housing}", "{matter: clutter, respondent: owwner}")
    (fault,) = caught.value.diagnostics
    assert (str(fault.span).rpartition("/")[2], fault.message("en")) == (
        "cases.yaml:4:45",
        "the incident of the case cannot be read: `respondent` cannot be `owwner`; did you mean owner 业主?",
    )


def test_an_id_used_in_two_files_shows_both_places(tmp_path: Path, router: Router) -> None:
    """Cases are told apart by id, over all files."""
    text = "cases:\n  - {id: same, title: 一, incident: {matter: clutter}, expect: {lead: street-office}, because: 理由}\n"
    paths = [written(tmp_path, text, name) for name in ("a.yaml", "b.yaml")]
    with pytest.raises(RulebookError) as caught:
        load_cases(paths, router.rulebook)
    shown = re.sub(re.escape(str(tmp_path)) + "/", "", caught.value.describe("en"))
    assert shown.splitlines()[0] == "b.yaml:2:10: error[duplicate-id]: duplicate identifier `same`"
    assert shown.splitlines()[4] == "   = first here: a.yaml:2:10"


@pytest.mark.parametrize("text", ["", "rules: []\n", "[]\n"])
def test_a_file_without_cases_is_refused_when_named(text: str, tmp_path: Path, router: Router) -> None:
    """Whoever names a file wants its cases."""
    with pytest.raises(RulebookError):
        load_cases([written(tmp_path, text)], router.rulebook)


def test_files_without_cases_are_passed_over_in_a_folder(tmp_path: Path, router: Router) -> None:
    """A folder may hold other YAML beside the cases."""
    written(tmp_path, "incidents: []\n", "other.yaml")
    text = "cases:\n  - {id: one, title: 一, incident: {matter: clutter}, expect: {lead: street-office}, because: 理由}\n"
    written(tmp_path, text)
    assert [found.id for found in load_cases([tmp_path], router.rulebook)] == ["one"]


@pytest.mark.parametrize(
    "text, code",
    [('cases:\n  - {id: a, title: "\\ud800"}\n', "bad-escape"), ("cases:\n  - {id: a\n", "unclosed-bracket")],
)
def test_a_file_that_cannot_be_read_is_not_said_to_have_no_cases(
    text: str, code: str, tmp_path: Path, router: Router
) -> None:
    with pytest.raises(RulebookError) as caught:
        load_cases([written(tmp_path, text)], router.rulebook)
    assert [each.code for each in caught.value.diagnostics] == [code]


@pytest.mark.parametrize("name", ["b.yml", "本地.yaml.txt"])
def test_cases_in_a_file_with_another_ending_are_told(name: str, tmp_path: Path, router: Router) -> None:
    text = "cases:\n  - {id: one, title: 一, incident: {matter: clutter}, expect: {lead: street-office}, because: 理由}\n"
    written(tmp_path, text)
    written(tmp_path, text.replace("one", "two"), name)
    written(tmp_path, "services: []\n", "compose.yml")
    with pytest.raises(RulebookError) as caught:
        load_cases([tmp_path], router.rulebook)
    assert [each.values["path"] for each in caught.value.diagnostics] == [str(tmp_path / name)]
