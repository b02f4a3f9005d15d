"""`dutyroute route --slip`: a page for each incident, to be printed, signed and returned."""

import json
import re
import shutil
from html import unescape
from pathlib import Path

import pytest

SHIPPED = str(Path(__file__).parents[2] / "rules")
DEMO = str(Path(__file__).parents[2] / "cases" / "demo" / "incidents.yaml")


def slips(page: Path) -> list[str]:
    """Return the slips of a page: the text of each, a line for each cell, entry or heading."""
    found = re.findall(r"<article.*?</article>", page.read_text("utf-8"), re.DOTALL)
    return [told(article) for article in found]


def told(html: str) -> str:
    """Return the text of a page's part, without its layout."""
    broken = re.sub(r"</(?:td|th|li|h2|h3|p|div)>|<(?:br|div.*?)>", "\n", html)
    lines = (
        unescape(re.sub(r"\s+", " ", re.sub("<[^>]*>", "", line))).strip() for line in broken.split("\n")
    )
    return "\n".join(line for line in lines if line)


def test_a_slip_says_what_came_in_and_who_does_what_until_when(run, rules, tmp_path: Path) -> None:
    out = tmp_path / "slip.html"
    facts = ("id=A-7", "reported_at=2026-03-02", "respondent=owner", "text=Two cars since Monday", "cars=2")
    given = [each for fact in facts for each in ("--fact", fact)]
    done = run("route", "--rules", rules, "--matter", "parking", *given, "--slip", str(out), lang="en")
    assert (done.status, done.out, done.err) == (0, "", f"written to {out}\n")
    (slip,) = slips(out)
    assert re.sub("sha256:[0-9a-f]+", "sha256:…", slip) == EXPECTED


EXPECTED = """\
Assignment slip
Number A-7
Managing a yard test-1 (draft, not in force) sha256:…
Received on
2026-03-02
Channel
Place
Reported by, phone
Matter
illegal parking
Words received
Two cars since Monday
Known
respondent is owner; number of cars is 2
assumed: inside the yard
Lead
sub-district office
lead*; patrol: The street office patrols the yard.
1.1
Others to act or be told
property company
If has a company: dissuade*, report (within 24 hours) to housing bureau, sub-district office*: The company dissuades owners and reports.
1.3
* not said by the text in so many words: inferred from the clauses named, or set locally
To be asked first
Is there a company? □yes □no
Left open by the text, for a superior to decide
department undetermined
Decision
Due
property company (report): within 24 hours
set by hand: ____-__-__
Received by
Name, signature
Date
Result
Handled by
Date"""


def test_each_incident_has_a_slip_in_the_order_of_the_file(run, tmp_path: Path) -> None:
    out = tmp_path / "slips.html"
    done = run("route", DEMO, "--rules", SHIPPED, "--slip", str(out))
    assert (done.status, done.out) == (0, "")
    assert [slip.split("\n")[:2] for slip in slips(out)] == [
        ["交办单", f"编号 演示-{n}"] for n in range(1, 7)
    ]
    assert all("征求意见稿，不作生效依据" in slip and "文件没有规定" in slip for slip in slips(out))


@pytest.mark.parametrize(
    "lang,lead,question", [("zh", "主办\n住建局", "□"), ("en", "Lead\nhousing bureau", "□")]
)
def test_what_is_unknown_is_asked_with_boxes_to_tick(run, tmp_path: Path, lang, lead, question) -> None:
    out = tmp_path / "slips.html"
    run("route", DEMO, "--rules", SHIPPED, "--slip", str(out), lang=lang)
    last = slips(out)[-1]
    assert lead in last
    assert last.count(question) == 10


def test_what_the_incident_does_not_say_is_left_to_be_filled_in(run, rules, tmp_path: Path) -> None:
    out = tmp_path / "slip.html"
    run("route", "--rules", rules, "--matter", "fire-violation", "--slip", str(out), lang="en")
    (slip,) = slips(out)
    # The day of today, by which the rules were chosen, is not the day on which anything came in.
    assert slip.split("\n")[3:9] == [
        "Received on",
        "Channel",
        "Place",
        "Reported by, phone",
        "Matter",
        "fire violation",
    ]
    assert out.read_text("utf-8").count('class="blank"') == 5


def test_a_matter_without_a_lead_is_left_to_a_superior(run, rules, tmp_path: Path) -> None:
    out = tmp_path / "slip.html"
    assert run("route", "--rules", rules, "--matter", "complaint", "--slip", str(out), lang="en").status == 1
    assert "No rule names a lead; to be named by a superior: ______________" in slips(out)[0]


def test_what_cannot_be_read_has_no_slip_and_is_listed(run, rules, tmp_path: Path) -> None:
    file, out = tmp_path / "in.jsonl", tmp_path / "slips.html"
    file.write_text('{"id": "a", "matter": "parking"}\n{"id": "b", "matter": "parkng"}\n{nothing}\n', "utf-8")
    done = run("route", str(file), "--rules", rules, "--slip", str(out), lang="en")
    wrong = "`matter` cannot be `parkng`; did you mean parking 违章停车?"
    assert done.status == 1
    assert f"b: {wrong}\n" in done.err
    first, unread = slips(out)
    assert first.split("\n")[1] == "Number a"
    heading, second, third = unread.split("\n")
    assert (heading, second) == ("No slip could be made for these", f"b {wrong}")
    assert third.startswith("line 3")


def test_texts_from_outside_are_shown_and_nothing_more(run, rules, tmp_path: Path) -> None:
    file, out = tmp_path / "in.jsonl", tmp_path / "slips.html"
    bad = {"id": "<i>1</i>", "matter": "parking", "text": "<script>alert(1)</script>\n\u202eabc"}
    file.write_text(json.dumps(bad), "utf-8")
    run("route", str(file), "--rules", rules, "--slip", str(out))
    page = out.read_text("utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\n?abc" in page
    assert "编号 &lt;i&gt;1&lt;/i&gt;" in page
    assert re.findall(r"<script|<i>|https?:|src=|@import|url\(", page) == []
    assert "default-src 'none'" in page


def test_a_matter_that_is_not_known_leaves_no_file(run, rules, tmp_path: Path) -> None:
    out = tmp_path / "slip.html"
    assert run("route", "--rules", rules, "--matter", "parkng", "--slip", str(out)).status == 2
    assert not out.exists()


@pytest.mark.parametrize("other", ["--format json", "--json", "--out x", "--explain", "--why-not company"])
def test_slips_take_the_place_of_the_answers(run, rules, tmp_path: Path, other: str) -> None:
    out = tmp_path / "slip.html"
    done = run(
        *("route", "--rules", rules, "--matter", "parking", "--slip", str(out), *other.split()), lang="en"
    )
    assert (done.status, out.exists()) == (2, False)
    assert "cannot be used with" in done.err


def test_the_day_on_which_a_limit_ends_is_given_where_the_calendar_tells_it(
    run, rules, tmp_path: Path
) -> None:
    folder, out = tmp_path / "rules", tmp_path / "slip.html"
    shutil.copytree(rules, folder)
    file = folder / "rules.yaml"
    file.write_text(file.read_text("utf-8").replace("within: 24h", "within: 2wd"), "utf-8")
    calendar = "calendars:\n  - {year: 2026, source: notice, off: [2026-03-04], working: [2026-03-07]}\n"
    (folder / "calendar.yaml").write_text(calendar, "utf-8")
    facts = ("reported_at=2026-03-03", "respondent=owner", "has_company=true", "cars=1")
    given = [each for fact in facts for each in ("--fact", fact)]
    run("route", "--rules", str(folder), "--matter", "parking", *given, "--slip", str(out), lang="en")
    assert "property company (report): within 2 working days, by 2026-03-06" in slips(out)[0]
