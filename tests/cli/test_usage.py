"""Wrong calls and help, in the reader's language."""

import click
import pytest

from dutyroute.cli.app import spoken
from dutyroute.cli.command import Command, worded
from dutyroute.cli.options import COMBINATIONS, COMMANDS
from dutyroute.messages import LANGUAGES, Phrasebook


@pytest.mark.parametrize("command", ["", "ledger", *COMMANDS])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_command_has_help_in_both_languages(run, command: str, lang: str) -> None:
    done = run(*command.split(), "--help", lang=lang)
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("用法：dutyroute " if lang == "zh" else "Usage: dutyroute ")
    assert any("\u4e00" <= char <= "\u9fff" for char in done.out) is (lang == "zh")


@pytest.mark.parametrize(
    "arguments,zh,en",
    [
        (["rout"], "没有 rout 这个命令；是否指 route？", "unknown command rout; did you mean route?"),
        (["zzz"], "没有 zzz 这个命令", "unknown command zzz"),
        (
            ["route", "--explian"],
            "没有 --explian 这个选项；是否指 --explain？\n",
            "unknown option --explian; did you mean --explain?\n",
        ),
        (["--nothing"], "没有 --nothing 这个选项\n", "unknown option --nothing\n"),
        (["route", "--hepl"], "是否指 --help？\n", "did you mean --help?\n"),
        (["route", "--whatif"], "是否指 --what-if？\n", "did you mean --what-if?\n"),
        (["route", "--matter"], "选项 --matter 后面要写一个值", "option --matter needs a value"),
        (["route", "--explain=1"], "选项 --explain 不带值", "option --explain takes no value"),
        (["route", "a", "b"], "多出了参数：b", "unexpected arguments: b"),
        (["schema"], "缺少选项 --out", "missing option --out"),
        (
            ["route", "--fact", "x"],
            "'--fact' 的值不对：“x”应当写成 事实=值",
            "invalid value for '--fact': `x` must",
        ),
        (
            ["route", "--input", "xml", "-"],
            "'--input' 不能是“xml”，只能是 'json', 'jsonl', 'yaml' 之一",
            "'--input' cannot be `xml`",
        ),
        (["route"], "没有给案件：请写文件名", "no incident: give a FILE"),
        (
            ["route", "x", "--matter", "y"],
            "--matter 不能与 参数“文件|-” 同用",
            "--matter cannot be used with FILE|-",
        ),
        (
            ["matrix", "--format", "jsno"],
            "'--format' 不能是“jsno”；是否指 json？可以写 'text', 'markdown', 'csv', 'json'",
            "'--format' cannot be `jsno`; did you mean json? It can be 'text', ",
        ),
        (
            ["oversee", "x", "--lateness", "-1"],
            "'--lateness' 的值不对：“-1”应当是不小于 0 的整数",
            "invalid value for '--lateness': `-1` is not a whole number of 0 or more",
        ),
        (
            ["test", "--coverage", "--fail-under", "101"],
            "“101”应当是 0 到 100 的数",
            "`101` is not a number from 0 to 100",
        ),
        (["test", "--coverage", "--fail-under", "nan"], "“nan”应当是", "`nan` is not a number"),
        (["ledger", "show", "x", "many"], "“many”应当是不小于 0 的整数", "`many` is not a whole number"),
        (
            ["route", "--matter", "y", "--input", "json"],
            "--input 只能与 参数“文件|-” 一起用",
            "can only be used with FILE|-",
        ),
    ],
)
def test_a_wrong_call_is_told_in_the_readers_language(run, arguments: list[str], zh: str, en: str) -> None:
    for lang, expected in (("zh", zh), ("en", en)):
        done = run(*arguments, lang=lang)
        assert (done.status, done.out) == (2, "")
        assert expected in done.err
        assert done.err.startswith("错误：" if lang == "zh" else "error: ")


@pytest.mark.parametrize(
    "arguments,zh,en",
    [
        (
            ["coverage", "cases"],
            "coverage 已改为 dutyroute test --coverage",
            "`coverage` is now `dutyroute test --coverage`",
        ),
        (["mutate"], "mutate 已改为 dutyroute test --mutants", "is now `dutyroute test --mutants`"),
        (["publish"], "dutyroute ledger publish", "is now `dutyroute ledger publish LEDGER --rules DIR`"),
        (["history", "x"], "dutyroute ledger history", "is now `dutyroute ledger history LEDGER RULE`"),
        (["init", "x"], "init 已改为 dutyroute new rulebook 文件夹", "is now `dutyroute new rulebook DIR`"),
        (["version"], "version 已改为 dutyroute --version", "`version` is now `dutyroute --version`"),
        (["replay", "x", "--json"], "--json 已改为 --format json", "`--json` is now `--format json`"),
        (["matrix", "--format", "table"], "--format table 已改为 --format text", "is now `--format text`"),
        (["route", "--mermaid"], "--mermaid 已改为 --format mermaid", "is now `--format mermaid`"),
        (
            ["oversee", "x", "--html", "y"],
            "--html 已改为 --format html --out 文件",
            "`--html` is now `--format html --out FILE`",
        ),
        (["ledger", "publish", "--ledger", "x"], "--ledger 已改为 台账", "`--ledger` is now `LEDGER`"),
        (["check", "--html"], "没有 --html 这个选项", "unknown option --html"),
        (["schema", "--json"], "没有 --json 这个选项", "unknown option --json"),
    ],
)
def test_an_old_name_is_answered_with_the_new_one(run, arguments: list[str], zh: str, en: str) -> None:
    for lang, expected in (("zh", zh), ("en", en)):
        done = run(*arguments, lang=lang)
        assert (done.status, done.out) == (2, "")
        assert expected in done.err


@pytest.mark.parametrize(
    "error,expected",
    [
        (click.NoSuchOption("--x"), "没有 --x 这个选项"),
        (click.UsageError("Something that click says since."), "Something that click says since."),
    ],
)
def test_older_and_newer_clicks_are_understood(error: click.ClickException, expected: str) -> None:
    assert worded(error, Phrasebook("zh")) == expected


@pytest.mark.parametrize(
    "arguments,expected",
    [
        (["--lang", "zh", "route"], "zh"),
        (["route", "--lang=zh"], "zh"),
        (["route", "--lang", "zh", "--lang", "en"], "en"),
        (["route", "--lang", "fr"], "en"),
        (["route", "--lang"], "en"),
        (["route", "--", "--lang", "zh"], "en"),
    ],
)
def test_the_language_is_known_before_anything_is_read(
    arguments: list[str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUTYROUTE_LANG", "en")
    assert spoken(arguments) == expected


def test_lang_stands_before_or_after_the_command(run) -> None:
    pages = {
        run(*call, lang="en").out
        for call in (["--lang", "zh", "trace", "--help"], ["trace", "--help", "--lang=zh"])
    }
    assert len(pages) == 1
    assert pages.pop().startswith("用法：")


def test_lang_stands_between_the_words_of_a_command(run) -> None:
    done = run("ledger", "--lang", "zh", "--help", lang="en")
    assert (done.status, done.out.splitlines()[0]) == (0, "用法：dutyroute ledger [选项] 命令 [参数]...")


def test_a_language_that_is_none_is_wrong_usage(run) -> None:
    assert run("route", "--lang", "fr", "x").status == 2


def test_words_that_the_rulebook_lacks_are_wrong_usage(run, rules) -> None:
    for wrong, said in {
        (
            "--why-not",
            "hosing",
        ): "error[incident-wrong-value]: `party` cannot be `hosing`; did you mean housing",
        (
            "--why-not",
            "housing:leed",
        ): "error[incident-wrong-value]: `role` cannot be `leed`; did you mean lead",
        ("--what-if", "car=1"): "error[incident-unknown-fact]: unknown fact `car`; did you mean cars",
        ("--what-if", "cars=many"): "error[incident-wrong-value]: `cars` cannot be `many`",
        ("--fact", "matter=complaint"): "error[incident-fact-twice]: the fact `matter` is given twice",
        (
            "--fact",
            "reported_at=2026-02-30",
        ): "error[incident-wrong-value]: `reported_at` cannot be `2026-02-30`",
        ("--fact", "reported_at=2026/3/1"): "`reported_at` cannot be `2026/3/1`; did you mean 2026-03-01",
    }.items():
        done = run("route", "--rules", rules, "--matter", "parking", *wrong, lang="en")
        assert (done.status, done.out) == (2, "")
        assert said in done.err


def test_full_width_signs_will_do(run, rules) -> None:
    done = run(
        "route",
        "--rules",
        rules,
        "--matter",
        "乱停车",
        "--fact",
        "车辆数＝1",
        "--why-not",
        "住建：主办",
        "--format",
        "json",
    )
    assert done.status == 0
    assert '"cars": ' not in done.err
    assert '"why_not": {"party": "housing", "role": "lead"' in done.out


def test_completion_knows_the_commands(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_DUTYROUTE_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "dutyroute t")
    monkeypatch.setenv("COMP_CWORD", "1")
    assert run().out.split() == ["plain,trace", "plain,test"]


def test_check_takes_its_folder_as_the_others_do(run, rules) -> None:
    assert run("check", "--rules", rules).out == run("check", rules).out
    done = run("check", rules, "--rules", rules, lang="en")
    assert (done.status, "DIR cannot be used with --rules" in done.err) == (2, True)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ("matrix --bom", "--bom can only be used with --format csv"),
        ("trace --bom --format markdown", "--bom can only be used with --format csv"),
        ("trace --text x --digests --format json", "--digests cannot be used with --format json"),
        ("route --matter x --redact text", "--redact can only be used with --ledger"),
        ("route --matter x --explain --format mermaid", "--explain cannot be used with --format mermaid"),
        ("check rules --explain lead-gap", "--explain cannot be used with DIR"),
        ("check --explain lead-gap --format json", "--explain cannot be used with --format json"),
        ("check --watch --fail-on never", "--watch cannot be used with --fail-on"),
        ("test --coverage --verbose", "--verbose cannot be used with --coverage"),
        ("replay x.csv --suggest-map --out map.yaml", "--out cannot be used with --suggest-map"),
        ("ledger show x --prove a=b", "--prove can only be used with NUMBER"),
        ("new rulebook x --rules y", "--rules cannot be used with rulebook"),
    ],
)
def test_an_option_that_would_be_ignored_is_refused(run, arguments: str, message: str) -> None:
    assert run(*arguments.split(), lang="en").err == f"error: {message}\n"


def test_every_combination_is_of_options_and_arguments_that_there_are() -> None:
    for path, combinations in COMBINATIONS.items():
        params = {param.name: param for param in Command(path, Phrasebook("en")).params}
        for combination in combinations:
            left, verb, right = combination.split()
            assert verb in ("needs", "excludes")
            for word in (*left.split("|"), *right.split("|")):
                name, _, value = word.removeprefix("--").lower().replace("-", "_").partition("=")
                assert word.startswith("--") is isinstance(params[name], click.Option)
                choice = params[name].type
                assert not value or (isinstance(choice, click.Choice) and value in choice.choices)


def test_what_is_required_is_said_in_the_readers_language(run) -> None:
    for lang, mark in (("zh", "写到这个文件夹（必须写）\n"), ("en", "folder to write to (required)\n")):
        page = run("schema", "--help", lang=lang).out
        assert mark in page
        assert "[" not in page.replace("[选项]", "").replace("[OPTIONS]", "")
    assert "[" not in run("oversee", "--help", lang="zh").out.replace("[选项]", "")


@pytest.mark.parametrize("command", ["route", "oversee", "ledger publish"])
def test_help_explains_the_exit_status_and_editions(run, command: str) -> None:
    page = " ".join(run(*command.split(), "--help", lang="en").out.split())
    assert "Exit status: 0 " in page
    assert ("edition:DIGEST" in page) is (command != "oversee")
    # An example can be copied: what stands for something else is in the usage line only.
    assert " DIR " not in page.partition("Examples:")[2]


def test_a_role_alone_is_no_answer_to_why_not(run, rules) -> None:
    done = run("route", "--rules", rules, "--matter", "parking", "--why-not", "lead", lang="en")
    assert done.status == 2
    assert "`lead` is a role, not a party; write PARTY:ROLE" in done.err


def test_a_matter_in_place_of_a_file_is_told_how_to_ask(run, rules) -> None:
    done = run("route", "--rules", rules, "parking")
    assert (done.status, done.err) == (
        2,
        "错误：没有 `parking` 这个文件；要问这个事项，请写 --matter parking\n",
    )
