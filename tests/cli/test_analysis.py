"""`diff`, `coverage` and `mutate` as people call them."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from dutyroute.cases import load_cases
from dutyroute.rulebook.loader import load


@pytest.fixture
def old(rules: str, tmp_path: Path) -> Path:
    return Path(shutil.copytree(rules, tmp_path / "old"))


@pytest.fixture
def new(rules: str, tmp_path: Path) -> Path:
    """The rulebook with one rule taken out of force until July."""
    folder = Path(shutil.copytree(rules, tmp_path / "new"))
    file = folder / "rules.yaml"
    first, mark, rest = file.read_text("utf-8").partition("    basis: explicit\n")
    file.write_text(first + mark + "    in_force: {from: 2026-07-01}\n" + rest, "utf-8")
    return folder


@pytest.fixture
def cases() -> str:
    return str(Path(__file__).parent / "input" / "cases.yaml")


# -- diff


def test_diff_of_the_same_says_so_and_is_fine(run, rules) -> None:
    done = run("diff", rules, rules)
    assert (done.status, done.out, done.err) == (0, "任何案件的决定都没有变化。\n", "")


def test_diff_lists_what_changes_and_exits_1(run, old, new) -> None:
    done = run("diff", str(old), str(new))
    assert done.status == 1
    assert done.out.startswith("决定有 ")
    assert "至 2026-06-30" in done.out
    assert "rules.yaml:" in done.out


def test_diff_in_english(run, old, new) -> None:
    done = run("diff", str(old), str(new), lang="en")
    assert "up to 2026-06-30" in done.out


def test_diff_counts_cases_and_names_those_it_cannot_read(run, old, new, tmp_path) -> None:
    file = tmp_path / "past.jsonl"
    file.write_text('{"matter": "nothing"}\nnot json\n[1]\n', "utf-8")
    done = run("diff", str(old), str(new), "--cases", str(file))
    assert done.status == 1
    assert "有 3 件案件两个规则库都读不懂" in done.err
    assert "历史案件：0 件属于此类" in done.out


@pytest.mark.parametrize("name", ["cases.yaml", "incidents.jsonl", "incidents.yaml"])
def test_diff_reads_cases_in_every_form(run, old, new, name) -> None:
    file = Path(__file__).parent / "input" / name
    written = json.loads(run("diff", str(old), str(new), "--cases", str(file), "--format", "json").out)
    assert all(set(region["cases"]) == {"certain", "possible"} for region in written["regions"])


def test_diff_writes_json_markdown_and_a_page(run, old, new, tmp_path) -> None:
    written = json.loads(run("diff", str(old), str(new), "--format", "json").out)
    assert written["old"]["digest"] != written["new"]["digest"]
    assert run("diff", str(old), str(new), "--format", "markdown").out.startswith("## 规则修改的影响\n")
    page = tmp_path / "effect.html"
    done = run("diff", str(old), str(new), "--format", "html", "--out", str(page))
    assert (done.status, done.out) == (1, "")
    assert "Content-Security-Policy" in page.read_text("utf-8")


def test_diff_says_which_side_is_invalid(run, old, new) -> None:
    (new / "bad.yaml").write_text("rules: 1\n", "utf-8")
    after = run("diff", str(old), str(new))
    assert (after.status, after.out) == (3, "")
    assert after.err.startswith("修改后的规则库不能使用（")
    assert "bad.yaml:1:" in after.err
    before = run("diff", str(new), str(old), lang="en")
    assert before.err.startswith("the old rulebook cannot be used (")


def test_diff_of_a_folder_that_is_not_there_is_wrong_usage(run, rules) -> None:
    assert run("diff", rules, "nowhere").status == 2


def test_diff_compares_with_a_revision_in_git(run, old, tmp_path, monkeypatch) -> None:
    _git(tmp_path, "init", "-q")
    _git(tmp_path, "add", "old")
    _git(tmp_path, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "one")
    monkeypatch.chdir(tmp_path)
    assert run("diff", "old@HEAD", "old").status == 0
    file = old / "rules.yaml"
    file.write_text(file.read_text("utf-8").replace("patrol: street", "patrol: housing", 1), "utf-8")
    done = run("diff", "old@HEAD", "old")
    assert done.status == 1
    assert "old@HEAD/rules.yaml:" in done.out


def test_diff_tells_where_a_fault_of_a_revision_stands(run, old, tmp_path, monkeypatch) -> None:
    bad = old / "bad.yaml"
    bad.write_text("rules: 1\n", "utf-8")
    _git(tmp_path, "init", "-q")
    _git(tmp_path, "add", "old")
    _git(tmp_path, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "one")
    bad.unlink()
    monkeypatch.chdir(tmp_path)
    done = run("diff", "old@HEAD", "old")
    assert done.status == 3
    assert "old@HEAD/bad.yaml:1:" in done.err


@pytest.mark.parametrize("revision", ["nothing", "--output=x", "HEAD"])
def test_diff_of_a_revision_that_is_not_there(run, old, revision, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("diff", f"old@{revision}", "old")
    assert done.status == 3
    assert "error[unknown-revision]" in run("diff", f"old@{revision}", "old", lang="en").err
    assert not (tmp_path / "x").exists()


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


# -- coverage


def test_coverage_says_how_much_and_holds_it_against_a_threshold(run, rules, cases) -> None:
    done = run("test", cases, "--coverage", "--rules", rules)
    assert done.status == 0
    assert "条件：正反两面都决定过规则" in done.out
    short = run("test", cases, "--coverage", "--rules", rules, "--fail-under", "100", lang="en")
    assert short.status == 1
    assert "is below the required 100%." in short.err


def test_coverage_writes_cases_that_load_and_pass(run, rules, cases, tmp_path) -> None:
    drafts = tmp_path / "drafts.yaml"
    drafts.write_text(
        run("test", cases, "--coverage", "--rules", rules, "--suggest", "99", "--format", "yaml").out, "utf-8"
    )
    assert load_cases([drafts], load(rules))
    assert run("test", str(drafts), "--rules", rules).status == 0
    assert run("test", cases, "--coverage", str(drafts), "--rules", rules, "--fail-under", "100").status == 0


def test_coverage_as_data_and_as_a_page(run, rules, cases, tmp_path) -> None:
    call = ("test", cases, "--coverage", "--rules", rules, "--format")
    found = json.loads(run(*call, "json").out)
    assert set(found) >= {"rate", "rules", "branches", "leaves", "missing-branches"}
    page = tmp_path / "coverage.html"
    done = run(*call, "html", "--out", str(page), lang="en")
    assert (done.status, done.out, done.err) == (0, "", f"written to {page}\n")
    assert page.read_text("utf-8") == run(*call, "html", lang="en").out
    assert "default-src 'none'" in page.read_text("utf-8")


def test_coverage_and_mistakes_in_one_call(run, rules, cases) -> None:
    call = ("test", cases, "--rules", rules)
    both = run(*call, "--coverage", "--mutants").out
    assert both == run(*call, "--coverage").out + run(*call, "--mutants").out


def test_only_the_coverage_is_written_as_yaml_and_html(run, rules, cases) -> None:
    done = run("test", cases, "--rules", rules, "--mutants", "--format", "json", lang="en")
    assert (done.status, done.out, "--format json cannot be used with --mutants" in done.err) == (2, "", True)


@pytest.mark.parametrize(
    "alone, partner",
    [
        (("--fail-under", "100"), "--coverage or --mutants"),
        (("--suggest", "5"), "--coverage"),
        (("--mutants", "--suggest", "5"), "--coverage"),
        (("--coverage", "--rule", "a"), "--mutants"),
        (("--format", "yaml"), "--coverage"),
        (("--format", "html"), "--coverage"),
    ],
)
def test_an_option_without_its_partner_is_wrong_usage(run, rules, cases, alone, partner) -> None:
    """Ignored, `--fail-under 100` would be a gate that always stands open."""
    done = run("test", cases, "--rules", rules, *alone, lang="en")
    assert (done.status, done.out) == (2, "")
    assert f" can only be used with {partner}\n" in done.err


# -- mutate


def test_mutate_lists_the_mistakes_that_no_case_notices(run, rules, cases) -> None:
    done = run("test", cases, "--mutants", "--rules", rules, "--fail-under", "100")
    assert done.status == 1
    assert "案例没有发现的改动：" in done.out
    assert "because: 草稿" in done.out
    assert "低于要求的 100%" in done.err


def test_mutate_tries_only_the_rules_named(run, rules, cases) -> None:
    name = next(iter(load(rules).rules))
    everything, one = (
        int(run("test", cases, "--mutants", "--rules", rules, *more).out.split(" ")[0])
        for more in ((), ("--rule", name))
    )
    assert 0 < one < everything


def test_mutate_of_a_rule_that_is_not_there_is_wrong_usage(run, rules, cases) -> None:
    done = run("test", cases, "--mutants", "--rules", rules, "--rule", "nothing")
    assert (done.status, done.out) == (2, "")
