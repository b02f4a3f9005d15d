"""`matters`: what a word or a text may be about, for people, for programs, and line by line."""

import json

from dutyroute import Router

GENERAL = ["unlisted-violation", "complaint"]


def test_without_a_word_all_matters_are_listed(run) -> None:
    done = run("matters", "--format", "json")
    listed = [each["matter"] for each in json.loads(done.out)["candidates"]]
    assert (done.status, listed) == (0, list(Router.shipped().rulebook.vocabulary.matters))


def test_a_name_is_its_matter_and_nothing_is_asked(run) -> None:
    done = run("matters", "违停")
    assert done.status == 0
    assert done.out.splitlines()[0] == "  illegal-parking  违章停车  （主办：街道办事处、镇人民政府）"


def test_route_asks_which_matter_is_meant(run) -> None:
    done = run("route", "--matter", "漏水", lang="en")
    assert (done.status, done.out) == (2, "")
    lines = done.err.splitlines()
    assert lines[0] == "no matter is called `漏水`. It may be:"
    assert [line.split()[0] for line in lines if line.startswith("  ") and line[2] != " "] == [
        *("service-maintenance", "quality-warranty", "property-dispute"),
        *GENERAL,
    ]
    asked = run("route", "--matter", "漏水", "--json")
    assert (asked.status, asked.err.count("漏水")) == (2, 1)
    found = json.loads(asked.out)
    assert found["question"] == "matter"
    assert found == json.loads(run("matters", "漏水", "--json").out)
    assert set(found["candidates"][0]) == {"matter", "name", "why", "lead"}


def test_a_word_that_leads_nowhere_ends_with_the_general_matters(run) -> None:
    done = run("matters", "太空旅行")
    assert done.status == 1
    assert done.out.splitlines()[:2] == ["没有“太空旅行”这一事项。", "以上都不是："]


def test_a_text_is_answered_with_its_words_and_facts(run) -> None:
    done = run("matters", "租户在楼道堆放杂物，物业不管")
    assert (done.status, done.out) == (
        0,
        "可能的事项，请确认：\n"
        "  clutter  乱堆乱放  “楼道堆放杂物”\n"
        "  fire-violation  消防违法违规行为  “楼道堆放杂物”\n"
        "  service-quality  物业服务质量  “物业不管”\n"
        "文中写明：行为人或被投诉人：租户\n",
    )
    assert run("matters", "今天天气很好，适合出门。").status == 1


LINES = """{"id": 1, "text": "小区垃圾没人清"}

{"id": "b"}
xx
{"id": 4, "text": 5}
["text"]
{"id": [4], "text": "x"}
{"text": "今天天气很好"}
"""


def test_lines_are_answered_one_by_one_and_bad_ones_do_not_stop_the_others(run) -> None:
    done = run("matters", "--json", "-", input=LINES, lang="en")
    first, *bad, last = map(json.loads, done.out.splitlines())
    assert (done.status, done.err) == (1, "")
    assert first == {
        "id": 1,
        "answered": True,
        "suggestions": [{"matter": "service-cleaning", "spans": [[2, 7]]}],
        "facts": {},
    }
    assert [(each["id"], each["error"]["code"], each["error"]["line"]) for each in bad] == [
        ("b", "text-missing", 3),
        (None, "json-syntax", 4),
        (4, "text-missing", 5),
        (None, "text-missing", 6),
        (None, "text-id", 7),
    ]
    assert last == {"id": None, "answered": False, "suggestions": [], "facts": {}}


def test_a_line_without_fault_is_no_failure_though_nothing_was_found(run) -> None:
    done = run("matters", "-", "--format", "json", input='{"id": "a", "text": "今天天气很好"}\n')
    assert (done.status, json.loads(done.out)["answered"]) == (0, False)


def test_lines_are_answered_for_people_too(run) -> None:
    """An answer is found again by its id, and by its line where it has none."""
    text = '{"id": 7, "text": "小区垃圾没人清"}\n{"text": "小区垃圾没人清"}\n{}\n'
    done = run("matters", "-", input=text)
    answer = ["可能的事项，请确认：", "  service-cleaning  卫生保洁  “垃圾没人清”", ""]
    lines = done.out.splitlines()
    assert (done.status, lines[:-1]) == (1, ["案件 7", *answer, "第 2 行", *answer])
    assert lines[-1].startswith("第 3 行：这一行没有写 text")


def test_a_blank_word_and_two_formats_are_wrong_usage(run) -> None:
    assert run("matters", " ").err == "错误：没有写词：请写一个词、一段话，或者 -（标准输入）\n"
    assert run("matters", "漏水", "--json", "--format", "text").status == 2
