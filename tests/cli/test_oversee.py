"""`dutyroute oversee` as policy staff use it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from dutyroute.rulebook.shipped import shipped

SAMPLE = shipped("cases") / "oversight"
EVENTS = str(SAMPLE / "events.jsonl")
SETTINGS = str(shipped("rules") / "oversight" / "settings.example.yaml")


def lines(path: Path, *events: dict[str, object] | str) -> str:
    path.write_text("".join(e if isinstance(e, str) else json.dumps(e) + "\n" for e in events), "utf-8")
    return str(path)


def complaint(name: str, **more: object) -> dict[str, object]:
    return {"id": name, "kind": "complaint", "at": "2026-03-01", "community": "A", **more}


def test_the_shipped_settings_propose_nothing(run) -> None:
    done = run("oversee", EVENTS, lang="en")
    assert (done.status, done.err) == (0, "")
    assert "proposed:" not in done.out
    assert "No measures are proposed.\nAs of 2026-07-06: subjects: 10, proposals: 0.\n" in done.out
    assert "sanction-complaints: complaints from which" in done.out
    assert done.out.endswith(
        "To see how it works with example values: --settings rules/oversight/settings.example.yaml\n"
    )


def test_with_settings_it_says_what_is_proposed_and_why(run) -> None:
    done = run("oversee", EVENTS, "--settings", SETTINGS, lang="en")
    assert done.status == 1
    ban = (
        "  proposed: market ban → Housing and Urban-Rural Development Bureau (2026-05-01)\n"
        "    only a candidate: a person decides, on another legal basis\n"
        "    because: city-level complaints in the period: 8 (without those found unfounded), rectification overdue: yes\n"
        "    threshold: city-level complaints in the period at least 4 (within 90 days)\n"
        "    settings: city-level-channels = city-hotline, count-days = 90, sanction-complaints = 4\n"
        "    clauses: 4.3 (inferred)\n"
    )
    assert ban in done.out
    assert "for reference, never a veto in a tender" in done.out


def test_the_example_fills_all_that_a_measure_needs(run) -> None:
    """A city sees every measure at work on its first day; only what counts the unfounded is left to it."""
    done = run("oversee", EVENTS, "--settings", SETTINGS, "--format", "json")
    assert json.loads(done.out)["off"] == {}
    assert "To see how it works" not in run("oversee", EVENTS, "--settings", SETTINGS, lang="en").out


def test_as_of_a_day_before_the_order_ran_out_no_sanction_is_proposed(run) -> None:
    done = run("oversee", EVENTS, "--settings", SETTINGS, "--as-of", "2026-04-30", "--format", "json")
    told = json.loads(done.out)
    assert told["as_of"] == "2026-04-30"
    assert {p["measure"] for p in told["proposals"]} == {"key-supervision"}


def test_json_says_all_that_the_text_says(run) -> None:
    told = json.loads(run("oversee", EVENTS, "--settings", SETTINGS, "--format", "json").out)
    assert {p["measure"] for p in told["proposals"] if p["candidate"]} == {"market-ban"}
    assert {p["decided_by"] for p in told["proposals"]} == {"person"}
    ban = next(p for p in told["proposals"] if p["candidate"])
    assert ban["thresholds"] == [{"counter": "city_complaints", "count": 8, "at_least": 4, "days": 90}]
    assert ban["settings"] == {
        "city-level-channels": ["city-hotline"],
        "count-days": 90,
        "sanction-complaints": 4,
    }
    rating = next(s["rating"] for s in told["subjects"] if s["name"] == "甲物业")
    assert rating == {"points": 90, "stars": 3, "use": "reference"}
    assert told["empty_settings"] == ["unfounded-complaints"]


def test_a_bad_line_is_told_with_its_place_and_the_rest_counts(run, tmp_path: Path) -> None:
    path = lines(
        tmp_path / "e.jsonl",
        complaint("A1"),
        "{broken\n",
        complaint("A2", kind="complain"),
        complaint("A1", at="2026-03-02"),
        complaint("A3", at="3 March"),
        {"id": "A4", "kind": "complaint", "at": "2026-03-01"},
        complaint("A5"),
    )
    done = run("oversee", path, lang="en")
    assert done.status == 1
    places = re.findall(r"e\.jsonl:(\d+): ", done.err)
    assert places == ["2", "3", "4", "5", "6"]
    assert "did you mean complaint?" in done.err
    assert "was recorded before with different content" in done.err
    assert "Events that could not be read: 5" in done.out


@pytest.mark.parametrize("ending", ["csv", "yaml"])
def test_other_forms_say_the_same(run, tmp_path: Path, ending: str) -> None:
    rows = [json.loads(line) for line in Path(EVENTS).read_text("utf-8").splitlines()]
    path = tmp_path / f"events.{ending}"
    if ending == "yaml":
        path.write_text(
            "events:\n" + "".join(f"  - {json.dumps(r, ensure_ascii=False)}\n" for r in rows), "utf-8"
        )
    else:
        keys = sorted({key for row in rows for key in row})
        table = [",".join(keys), *(",".join(str(row.get(k, "")) for k in keys) for row in rows)]
        path.write_text("\n".join(table) + "\n", "utf-8")
    assert proposed(run, EVENTS) == proposed(run, str(path))


def proposed(run, path: str) -> dict[str, object]:
    """Return what is said of a file of events, but not of the file itself and of the run."""
    told = json.loads(run("oversee", path, "--settings", SETTINGS, "--format", "json").out)
    return {key: value for key, value in told.items() if key not in ("inputs", "run")}


def test_a_ledger_keeps_the_events_once(run, tmp_path: Path) -> None:
    ledger = str(tmp_path / "duties.db")
    first = run("oversee", EVENTS, "--settings", SETTINGS, "--ledger", ledger)
    again = run("oversee", EVENTS, "--settings", SETTINGS, "--ledger", ledger)
    assert first == again
    shown = json.loads(run("ledger", "show", ledger, "--format", "json").out)
    assert shown["event"] == shown["size"] == len(Path(EVENTS).read_text("utf-8").splitlines())
    assert run("ledger", "verify", ledger).status == 0
    assert "including 124 oversight events\n" in run("ledger", "show", ledger, lang="en").out
    assert "oversight event" in run("ledger", "show", ledger, "1", lang="en").out


def test_events_too_late_are_listed(run, tmp_path: Path) -> None:
    first = lines(tmp_path / "first.jsonl", complaint("A"))
    second = lines(tmp_path / "second.jsonl", complaint("B", at="2026-01-01"))
    ledger = str(tmp_path / "duties.db")
    assert run("oversee", first, "--ledger", ledger).status == 0
    done = run("oversee", second, "--lateness", "10", "--ledger", ledger, lang="en")
    assert done.status == 1
    assert "Events more than 10 days late, not counted: B" in done.out


def test_settings_that_the_rulebook_has_not_are_refused(run, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("settings:\n  - {id: count-day, value: 3}\n  - {id: count-days, value: many}\n", "utf-8")
    done = run("oversee", EVENTS, "--settings", str(path), lang="en")
    assert done.status == 3
    assert "did you mean count-days" in done.err
    assert re.findall(r"own\.yaml:(\d+):\d+: error\[([a-z-]+)\]", done.err) == [
        ("2", "unknown-setting"),
        ("3", "setting-value"),
    ]


def test_a_file_of_another_kind_is_wrong_usage(run, tmp_path: Path) -> None:
    path = tmp_path / "events.docx"
    path.write_text("", "utf-8")
    assert run("oversee", str(path)).status == 2
    assert run("oversee", str(tmp_path / "nowhere.jsonl")).status == 2


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_loads_nothing_and_obeys_nobody(run, tmp_path: Path, lang: str) -> None:
    hostile = '</title><script src="//x.example/a.js">alert(1)</script>'
    told = {"community": hostile, "outcome": "unsettled", "matter": "complaint", "note": hostile}
    events = [complaint(f"{hostile}{n}", **{**told, "kind": "incident-decided"}) for n in range(4)]
    path = lines(tmp_path / "e.jsonl", *events)
    page = tmp_path / "page.html"
    run("oversee", path, "--settings", SETTINGS, "--format", "html", "--out", str(page), lang=lang)
    text = page.read_text("utf-8")
    assert "<script" not in text
    assert "&lt;script" in text
    tags = re.findall(r"<[^>]*>", text)
    assert [tag for tag in tags if re.search(r"\b(src|href|on[a-z]+)=|url\(", tag)] == []
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text
    assert "<svg" in text


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """One case, which the lead has handled."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "map.yaml").write_text(
        "map: {facts: {matter: 事项, reported_at: 日期}, handler: 单位}\n", "utf-8"
    )
    (tmp_path / "cases.csv").write_text("事项,日期,单位\n治安,2026-03-01,公安机关\n", "utf-8")
    return "cases.csv"


@pytest.mark.parametrize("lang, title", [("zh", "监督：建议的措施"), ("en", "Oversight: proposed measures")])
def test_the_report_of_a_replay_has_a_section_of_it(run, history: str, lang: str, title: str) -> None:
    """The same panels as on the page of its own, in one file that loads nothing."""
    run("oversee", EVENTS, "--settings", SETTINGS, "--format", "html", "--out", "page.html", lang=lang)
    done = run("replay", history, "--oversee", EVENTS, "--settings", SETTINGS, "--out", "out", lang=lang)
    page, report = (Path(name).read_text("utf-8") for name in ("page.html", "out/report.html"))
    assert (done.status, report.count(f"<h2>{title}</h2>")) == (0, 1)
    panels = re.findall(r'<div class="proposal">.*?</div>|<p class="near">.*?</p>', page, re.DOTALL)
    assert len(panels) > 8
    assert [panel for panel in panels if panel not in report] == []
    assert report.count("<details><summary>") >= page.count("<details><summary>")


def test_without_events_the_report_of_a_replay_says_nothing_of_oversight(run, history: str) -> None:
    assert run("replay", history, "--out", "out", lang="en").status == 0
    assert "Oversight" not in Path("out/report.html").read_text("utf-8")


def test_events_that_do_not_count_are_told_after_a_replay(run, history: str, tmp_path: Path) -> None:
    path = lines(tmp_path / "e.jsonl", complaint("A1"), complaint("A2", kind="complain"))
    done = run("replay", history, "--oversee", path, "--out", "out", lang="en")
    assert done.status == 1
    assert f"{path}:2: " in done.err
    report = Path("out/report.html").read_text("utf-8")
    assert "Events that could not be read: 1" in report


@pytest.mark.parametrize(
    "arguments, said",
    [
        (("--settings", SETTINGS), "--settings can only be used with --oversee"),
        (("--oversee", "nowhere.jsonl"), "nowhere.jsonl"),
        (("--oversee", EVENTS, "--spark", "local[1]"), "--oversee"),
    ],
)
def test_what_a_replay_cannot_oversee_is_said_before_it_begins(
    run, history: str, arguments, said: str
) -> None:
    done = run("replay", history, *arguments, "--out", "out", lang="en")
    assert (done.status, said in done.err, Path("out").exists()) == (2, True, False)


def test_the_chart_shows_quiet_months_and_no_more_than_three_years(run, tmp_path: Path) -> None:
    days = ("2019-12-31", "2023-11-05", "2023-12-05", *(f"2024-02-{day:02}" for day in range(1, 5)))
    unsettled = {"kind": "incident-decided", "outcome": "unsettled", "matter": "complaint"}
    events = [complaint(f"E{at}", at=at, **unsettled) for at in days]
    page = tmp_path / "page.html"
    run(
        "oversee",
        lines(tmp_path / "e.jsonl", *events),
        "--settings",
        SETTINGS,
        "--lateness",
        "9999",
        "--format",
        "html",
        "--out",
        str(page),
    )
    told = re.findall(
        r"<rect [^>]*height=\"([0-9.]+)\"><title>([0-9-]+): (\d+)</title>", page.read_text("utf-8")
    )
    assert len(told) == 36
    assert told[0][1:] == ("2021-03", "0")
    assert told[-4:] == [
        ("25.0", "2023-11", "1"),
        ("25.0", "2023-12", "1"),
        ("0.0", "2024-01", "0"),
        ("100.0", "2024-02", "4"),
    ]


def test_a_file_may_be_sorted_as_it_likes(run, tmp_path: Path) -> None:
    """Newest first, as systems export them: the same answer, and nothing is late."""
    told = Path(EVENTS).read_text("utf-8").splitlines(keepends=True)
    path = lines(tmp_path / "newest-first.jsonl", *reversed(told))
    assert proposed(run, EVENTS) == proposed(run, path)


def test_words_of_the_rulebook_will_do_and_others_are_told(run, tmp_path: Path) -> None:
    """A word that nobody knows would otherwise be missing from the count without a trace."""
    named = {"channel": "市级渠道", "matter": "物业服务质量", "outcome": "查实"}
    path = lines(
        tmp_path / "e.jsonl",
        *(complaint(f"A{number}", **named) for number in range(4)),
        complaint("B1", channel="hotlin"),
        complaint("B2", matter="noize"),
        complaint("B3", outcome="confirm"),
        complaint("B4", kind="measure-taken", measure="market-bam"),
    )
    done = run("oversee", path, "--settings", SETTINGS, "--format", "json", lang="zh")
    (subject,) = json.loads(done.out)["subjects"]
    assert subject["counts"]["city_complaints"] == 4
    assert re.findall(r":(\d+): 规则库里没有这个 `(\w+)`：`([\w-]+)`", done.err) == [
        ("5", "channel", "hotlin"),
        ("6", "matter", "noize"),
        ("7", "outcome", "confirm"),
        ("8", "measure", "market-bam"),
    ]


def test_a_setting_names_channels_as_the_rulebook_does(run, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("settings:\n  - {id: city-level-channels, value: [city-hotlin]}\n", "utf-8")
    done = run("oversee", EVENTS, "--settings", str(own), lang="en")
    assert done.status == 3
    assert "own.yaml:2:39: error[unknown-channel]: unknown channel `city-hotlin`" in done.err
    assert "did you mean city-hotline" in done.err


HEADER = b"id,kind,at,community,note\n"


@pytest.mark.parametrize(
    "written, faults, counted",
    [
        (b"A,complaint,2026-03-01,x,\nB,complaint,2026-03-01,x,\xff\nC,complaint,2026-03-01,x,\n", ["3"], 2),
        (b"A,complaint,2026-03-01,x," + b"n" * 200_000 + b"\nC,complaint,2026-03-01,x,\n", ["2"], 1),
        (b"A,complaint,2026-03-01\nC,complaint,2026-03-01,x,\n", ["2"], 1),
    ],
)
def test_a_row_that_is_no_csv_hides_no_other(
    run, tmp_path: Path, written: bytes, faults: list[str], counted: int
) -> None:
    path = tmp_path / "events.csv"
    path.write_bytes(HEADER + written)
    done = run("oversee", str(path), "--settings", SETTINGS, "--format", "json", lang="en")
    told = json.loads(done.out)
    assert (done.status, re.findall(r"events\.csv:(\d+): ", done.err)) == (1, faults)
    assert [(bad["line"], bool(bad["reason"])) for bad in told["bad"]] == [
        (int(line), True) for line in faults
    ]
    assert len(Path(path).read_bytes().splitlines()) - 1 >= counted + len(faults)
    assert len(told["subjects"]) == 1


@pytest.mark.parametrize(
    "name, written, status, said",
    [
        ("e.csv", "id,kind,at,community,community\n", 2, "the header contains `community` twice"),
        ("e.csv", "id,kind,at,community,小区\n", 2, "the header contains `community / 小区` twice"),
        ("e.csv", "id,kind,at,comunity\n", 2, "did you mean community? a map (--map)"),
        ("e.csv", 'id,kind,at,community\nA,complaint,2026-01-01,"x\n', 2, "opened on line 2 is not closed"),
        ("e.yaml", "events: []\nevent: []\n", 1, "unknown key `event` of an event"),
        (
            "e.jsonl",
            '{"id": "A", "id": "B"}\n',
            1,
            "e.jsonl:1: the row cannot be read: `id` is given twice",
        ),
        (
            "e.jsonl",
            '{"id": "A", "kind": "complaint", "at": "2926-01-01", "community": "x"}\n',
            1,
            "is in the future",
        ),
        (
            "e.jsonl",
            '{"id": "A", "kind": "complaint", "at": "2026-01-01", "community": "\\ud800"}\n',
            1,
            "cannot be",
        ),
    ],
)
def test_what_would_be_lost_in_silence_is_told(
    run, tmp_path: Path, name: str, written: str, status: int, said: str
) -> None:
    (tmp_path / name).write_text(written, "utf-8")
    done = run("oversee", str(tmp_path / name), lang="en")
    assert (done.status, said in done.err) == (status, True)


def test_a_device_is_not_read(run, tmp_path: Path) -> None:
    (tmp_path / "zero.jsonl").symlink_to("/dev/zero")
    done = run("oversee", str(tmp_path / "zero.jsonl"), lang="en")
    assert (done.status, "is not a regular file" in done.err) == (2, True)


def test_a_long_value_is_told_in_short(run, tmp_path: Path) -> None:
    done = run("oversee", lines(tmp_path / "e.jsonl", complaint("A", kind="x" * 1_000_000)), lang="en")
    assert (done.status, len(done.err) < 500) == (1, True)


def test_unfounded_complaints_lead_to_no_ban_and_the_answer_says_so(run, tmp_path: Path) -> None:
    rows = "".join(
        f"K{n},complaint,2026-05-0{n},city-hotline,甲物业,service-quality,unfounded,\n" for n in range(1, 5)
    )
    (tmp_path / "events.csv").write_text(
        f"id,kind,at,channel,property_company,matter,outcome,due\n{rows}"
        "O1,rectification-ordered,2026-05-05,,甲物业,,,2026-05-10\n",
        "utf-8",
    )
    settings = "settings:\n  - {id: count-days, value: 90}\n  - {id: sanction-complaints, value: 4}\n"
    paths = str(tmp_path / "events.csv"), str(tmp_path / "set.yaml")
    called = ("oversee", paths[0], "--as-of", "2026-06-01", "--settings", paths[1])
    (tmp_path / "set.yaml").write_text(settings, "utf-8")
    done = run(*called)
    assert "市场禁入 →" not in done.out
    assert "unfounded-complaints" in done.out
    (tmp_path / "set.yaml").write_text(f"{settings}  - {{id: unfounded-complaints, value: 1}}\n", "utf-8")
    assert "期间内的市级投诉 4（不属实的也计）" in run(*called).out
