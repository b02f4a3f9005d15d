"""`dutyroute trace --text`: an auditor's own copy of the document against the clauses."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

TEXT = (
    "一、总则\n（一）巡查。街道每日巡查。\n（二）消防查处。街道查处。\n（三）物业劝阻和报告。\n（四）保修。\n"
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    path = tmp_path / "意见.txt"
    path.write_text(TEXT, "utf-8")
    return path


@pytest.fixture
def digested(tmp_path: Path, rules: str, run: Any, copy: Path) -> str:
    """The rules with the digests of the copy, put in as an editor would."""
    import shutil

    folder = tmp_path / "rules"
    shutil.copytree(rules, folder)
    printed = run("trace", "--rules", str(folder), "--text", str(copy), "--digests")
    assert printed.status == 0
    digests = dict(line.partition("  #")[0].split(": ") for line in printed.out.splitlines())
    page = folder / "instrument.yaml"
    lines = []
    for line in page.read_text("utf-8").splitlines():
        name = line.partition("{id: ")[2].partition(",")[0].strip('"')
        lines.append(f"{line[:-1]}, digest: {digests[name]}}}" if name in digests else line)
    page.write_text("\n".join(lines) + "\n", "utf-8")
    return str(folder)


def test_the_same_text_is_sound(run: Any, digested: str, copy: Path) -> None:
    done = run("trace", "--rules", digested, "--text", str(copy))
    assert (done.status, done.out.splitlines()[0]) == (0, "院落意见：5 条原文未变。")


def test_a_copy_in_gbk_with_other_numbers_is_sound(run: Any, digested: str, copy: Path) -> None:
    copy.write_bytes(TEXT.replace("（四）", "（五）").replace("\n", "\r\n").encode("gb18030"))
    assert run("trace", "--rules", digested, "--text", str(copy)).status == 0


def test_each_change_is_told_with_the_rules_that_rest_on_it(run: Any, digested: str, copy: Path) -> None:
    copy.write_text(TEXT.replace("街道查处", "住建局查处").replace("（四）保修。\n", "二、附则\n"), "utf-8")
    done = run("trace", "--rules", digested, "--text", str(copy), lang="en")
    assert (done.status, done.out.splitlines()[:-1]) == (
        1,
        [
            "院落意见: 3 clauses unchanged, 1 changed, 0 moved, 1 missing, 1 new.",
            "Changed  一（二） Fire enforcement",
            "         rules based on it: fire-leads-car-parks, street-enforces-fire",
            "Missing  一（四） Warranty",
            "         no rule is based on it",
            "New      二: 附则",
        ],
    )
    told = json.loads(run("trace", "--rules", digested, "--text", str(copy), "--format", "json").out)
    assert told["changed"][0] == {
        "clause": "opinion/1.2",
        "rules": ["fire-leads-car-parks", "street-enforces-fire"],
    }


def test_digests_follow_the_words_and_not_the_numbers(run: Any, digested: str, copy: Path) -> None:
    """Put in as printed, they bind no clause to the words of another."""
    before = run("trace", "--rules", digested, "--text", str(copy), "--digests").out
    inserted = TEXT.replace("（三）", "（四）").replace("（四）保", "（五）保")
    copy.write_text(inserted.replace("（四）物", "（三）宣传。\n（四）物"), "utf-8")
    after = run("trace", "--rules", digested, "--text", str(copy), "--digests").out
    assert [line.split("#")[0] for line in after.splitlines()] == [
        line.split("#")[0] for line in before.splitlines()
    ]
    assert after.splitlines()[-1].endswith("# 一（五）")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_pipe_is_refused_and_not_waited_for(run: Any, rules: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert run("trace", "--rules", rules, "--text", str(tmp_path / "pipe")).status == 2


def test_higher_law_is_no_choice_of_documents_and_no_duty(run: Any, digested: str, copy: Path) -> None:
    """The copy is one of the policy, and an article that no rule is held against is no gap."""
    rules = ("--rules", digested)
    before = run("trace", *rules, "--text", str(copy)).out
    law = (
        "instrument:\n  {id: law, title: 法, english: Law, status: repealed, rank: law, version: '2020-01-01',"
        " clauses: [{id: '9', label: 第九条, heading: 处罚, english: Sanctions}]}\n"
    )
    (Path(digested) / "law.yaml").write_text(law, "utf-8")
    done = run("trace", *rules, "--text", str(copy))
    clauses = json.loads(run("trace", *rules, "--format", "json").out)
    assert (done.status, done.out.split("sha256")[0]) == (0, before.split("sha256")[0])
    assert ([each["clause"] for each in clauses["clauses"]][-1], clauses["unmapped"]) == (
        "law/9",
        ["opinion/1.4"],
    )


def test_clauses_without_digests_are_told(run: Any, rules: str, copy: Path) -> None:
    done = run("trace", "--rules", rules, "--text", str(copy))
    assert "还有 5 条没有摘要值，没有核对；加 --digests 可以得到。" in done.out


@pytest.mark.parametrize(
    "arguments,message",
    [
        (("--digests",), "--digests 只能与 --text 一起用"),
        (("--text", "没有.txt"), "没有"),
        (("--text", "COPY", "--unmapped"), "--unmapped 不能与 --text 同用"),
        (("--text", "COPY", "--format", "csv"), "--format csv 不能与 --text 同用"),
        (("--text", "."), "是文件夹"),
        (("--text", "COPY", "--instrument", "law"), "规则库没有文件 law；有 opinion"),
    ],
)
def test_wrong_usage_is_told(
    run: Any, rules: str, copy: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = run("trace", "--rules", rules, *(str(copy) if a == "COPY" else a for a in arguments))
    assert (done.status, message in done.err) == (2, True)


def test_a_file_without_numbers_is_told(run: Any, rules: str, copy: Path) -> None:
    copy.write_bytes(b"\x00\x01 nothing here")
    done = run("trace", "--rules", rules, "--text", str(copy))
    assert (done.status, "没有认出任何编号" in done.err) == (2, True)
