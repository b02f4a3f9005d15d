"""Phrases of clauses at the command line: what no rule carries, and what no phrase covers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from books import WORDS, rule, text, written
from dutyroute.analysis.document import digest

POLICY = "一、总则\n（一）街道巡查小区，及时报告；依法、从严查处违章停车。\n（二）附则\n"
PARKING = "街道巡查小区，及时报告；依法、从严查处违章停车。"
PHRASES = ("巡查小区", "及时报告", "查处违章停车", {"words": "依法、从严", "duty": False})
PATROL = rule("patrols", {"matter": "clutter"}, {"inspect": "street-office"}, quote=("巡查小区", "及时报告"))


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """The rules as files, the enforcement left out."""
    (opinion,) = WORDS["instruments"]
    first, *_ = opinion["clauses"]
    clause = {**first, "label": "一（一）", "duty": True, "phrases": PHRASES, "digest": digest(PARKING)}
    data = written(PATROL)
    del data["instruments"]
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "all.yaml").write_text(text(data), encoding="utf-8")
    one = {"instrument": {**opinion, "clauses": (clause,)}}
    (rules / "opinion.yaml").write_text(text(one), encoding="utf-8")
    (tmp_path / "copy.txt").write_text(POLICY.replace("及时报告", "及时上报，公布结果"), encoding="utf-8")
    return str(rules)


def test_trace_names_the_phrases_without_a_rule(run: Any, folder: str) -> None:
    shown = run("trace", "--rules", folder, "--unmapped", lang="zh").out.splitlines()
    assert "一（一）没有规则的短语：“查处违章停车”" in shown
    assert "Without a rule in 1.1: “查处违章停车”" in run("trace", "--rules", folder, lang="en").out
    found = json.loads(run("trace", "--rules", folder, "--format", "json").out)
    assert (found["uncarried"], found["unmapped"]) == (["opinion/1.1"], [])
    (first,) = found["clauses"]
    assert first["uncarried"] == ["查处违章停车"]
    assert [(each["rule"], each["phrases"]) for each in first["rules"]] == [
        ("patrols", ["巡查小区", "及时报告"])
    ]


@pytest.mark.parametrize(
    "lang,told",
    [
        ("zh", ["短语　一（一） 列出的“及时报告”，该条里找不到", "未列　一（一） 里没有列入短语的：“及时上报”、“公布结果”"]),
        (
            "en",
            [
                "Phrase   一（一） lists “及时报告”, which is not in the clause",
                "Unlisted 一（一） has text that no phrase covers: “及时上报”, “公布结果”",
            ],
        ),
    ],
)  # fmt: skip
def test_a_copy_with_other_words_shows_what_no_phrase_covers(
    run: Any, folder: str, tmp_path: Path, lang: str, told: list[str]
) -> None:
    call = ("trace", "--rules", folder, "--text", str(tmp_path / "copy.txt"))
    done = run(*call, lang=lang)
    assert done.status == 1
    assert set(told) <= set(done.out.splitlines())
    found = json.loads(run(*call, "--format", "json").out)
    assert found["unsaid"] == [{"clause": "opinion/1.1", "phrase": "及时报告", "rules": ["patrols"]}]
    assert found["uncovered"] == [
        {"clause": "opinion/1.1", "text": ["及时上报", "公布结果"], "rules": ["patrols"]}
    ]
