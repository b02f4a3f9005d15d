"""What others wrote, wherever it is printed: it steers nothing, hides nothing, and is no line of ours."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dutyroute import Ledger, LedgerError
from dutyroute.ledger.address import AddressError, read_address
from dutyroute.messages import LANGUAGES
from dutyroute.messages.outside import ORDERS, harmless, masked_word, one_line

SHOP = Path(__file__).parents[2] / "examples" / "shop" / "rules"
HOSTILE = "x\nFAKE\r\nFAKE\u2028FAKE\u0085FAKE \x1b[31m\u202e\u200b\U000e0041 [a](javascript:b) %%{init}%%"
"""Line ends of every kind, orders to a terminal, invisible characters, and markup."""


def is_harmless(shown: str) -> bool:
    """Tell whether no character steers or hides, and no line is the author's own."""
    lines = re.split("[\n\r\x0b\x0c\x85\u2028\u2029]", shown.removeprefix("\ufeff"))
    return not any(re.search(ORDERS, line) or line.lstrip(" %|·-").startswith("FAKE") for line in lines)


@pytest.fixture
def book(tmp_path: Path, rules: str) -> str:
    """The rules, with what a YAML file may hold of all that in names, titles, notes and labels."""
    folder = tmp_path / "rules"
    shutil.copytree(rules, folder)

    def forged(key: str, numbers: Iterator[int], found: re.Match[str]) -> str:
        # Numbered, since two entries with one name would be a fault of the rulebook.
        name = f"x\nFAKE\nFAKE \U000e0041 [a](javascript:b) %%{{init}}%% {next(numbers)}"
        return f"{key}: {json.dumps(name, ensure_ascii=False)}"

    for page in folder.rglob("*.yaml"):
        text = page.read_text("utf-8")
        for key in ("name", "title", "english", "note", "label", "heading", "edition"):
            alone, among = rf"(?<=^    ){key}: [^\n\[{{]+$", rf"(?<=[{{,] ){key}: [^,}}\n]+"
            text = re.sub(f"{alone}|{among}", partial(forged, key, count()), text, flags=re.MULTILINE)
        # One thing that differs for `diff`, too, which names what it finds.
        page.write_text(text.replace("basis: explicit", "basis: inferred"), "utf-8")
    return str(folder)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("form", ["text", "mermaid"])
def test_an_incident_forges_no_line(run: Any, rules: str, form: str, lang: str) -> None:
    given = [
        {"id": HOSTILE, "matter": "parking", "text": HOSTILE},
        {"id": HOSTILE, "matter": HOSTILE},
        {"matter": "parking", HOSTILE: "x"},
        {"matter": "parking", "respondent": HOSTILE},
        HOSTILE,
    ]
    lines = "\n".join(map(json.dumps, given))
    done = run("route", "--rules", rules, "--format", form, "-", input=lines, lang=lang, columns=500)
    assert is_harmless(done.out), done.out
    assert done.out.count("FAKE") > 4


def test_an_id_that_fills_lines_is_cut(run: Any, rules: str) -> None:
    line = json.dumps(
        {"id": "x " * 48 + "FAKE " * 100, "matter": "parking", "text": "y " * 48 + "FAKE " * 50}
    )
    assert is_harmless(run("route", "--rules", rules, "-", input=line).out.replace("  FAKE", "  text"))


def test_json_keeps_every_character_and_shows_none(run: Any, rules: str) -> None:
    done = run(
        "route",
        "--rules",
        rules,
        "--format",
        "json",
        "-",
        input=json.dumps({"id": HOSTILE, "matter": "parking"}),
    )
    assert not re.search(ORDERS, done.out)
    assert json.loads(done.out)["incident"] == HOSTILE


@pytest.mark.parametrize(
    "call",
    [
        "check",
        "check --format sarif",
        "route --matter parking --explain --why-not fire --what-if respondent=owner",
        "route --matter parking --format mermaid",
        *(f"matrix --format {form}" for form in ("text", "markdown", "csv", "json")),
        *(f"duties --format {form}" for form in ("text", "html", "csv", "json")),
        *(f"trace --format {form}" for form in ("text", "markdown", "csv", "json")),
        *(f"diff {{old}} --format {form}" for form in ("text", "markdown", "html", "json")),
    ],
)
def test_a_rulebook_forges_no_line(run: Any, book: str, rules: str, call: str) -> None:
    command, *others = (rules if word == "{old}" else word for word in call.split())
    named = [*others[:1], book, *others[1:]] if command == "diff" else ["--rules", book, *others]
    done = run(command, *named, columns=500)
    assert done.status < 2, done.err
    assert "FAKE" in done.out
    assert is_harmless(done.out), done.out
    assert is_harmless(done.err), done.err


def test_a_slip_has_no_markup_of_a_rulebook_or_an_incident(run: Any, book: str, tmp_path: Path) -> None:
    file = tmp_path / "slip.html"
    # The words received keep their lines, in a box of their own: see `test_slip`.
    given = json.dumps({"id": HOSTILE, "matter": "parking"})
    done = run("route", "--rules", book, "--slip", str(file), "-", input=given)
    page = file.read_text("utf-8")
    assert done.status == 0, done.err
    assert "FAKE" in page
    assert is_harmless(page), page


def test_a_result_for_a_code_host_has_no_link_of_an_authors(run: Any, book: str) -> None:
    log = json.loads(run("check", book, "--format", "sarif").out)
    assert "](javascript" not in json.dumps([each["message"] for each in log["runs"][0]["results"]])


def test_a_ledger_forges_no_line(run: Any, book: str, tmp_path: Path) -> None:
    ledger = str(tmp_path / "a.db")
    said = ["--author", HOSTILE, "--note", HOSTILE]
    assert run("ledger", "publish", ledger, "--rules", book, *said).status == 0
    given = json.dumps({"id": HOSTILE, "matter": "parking", "text": HOSTILE})
    run("route", "--rules", book, "--ledger", ledger, "-", input=given)
    run("ledger", "checkpoint", ledger, *said, "--out", str(tmp_path / "c.json"))
    calls = [
        ("show", ledger),
        *(("show", ledger, number) for number in "123"),
        ("history", ledger, "street-patrols"),
        ("history", ledger, HOSTILE),
        ("verify", ledger),
    ]
    for call in calls:
        done = run("ledger", *call, columns=500)
        assert is_harmless(done.out), done.out
        assert is_harmless(done.err), done.err


def test_a_wrong_call_forges_no_line(run: Any, rules: str) -> None:
    for call in (
        ("route", "--rules", HOSTILE, "--matter", "x"),
        ("route", "--rules", rules, "--matter", HOSTILE),
        ("route", "--rules", rules, "--fact", f"{HOSTILE}=1"),
        ("route", "--rules", rules, "--matter", "parking", "--why-not", HOSTILE),
        ("check", "--explain", HOSTILE),
        ("route", HOSTILE),
        (HOSTILE,),
    ):
        done = run(*call)
        assert done.status >= 2
        assert is_harmless(done.err), done.err


def test_a_text_is_one_line_to_every_reader() -> None:
    assert len(one_line(HOSTILE).splitlines()) == 1
    assert one_line("第一行\n") == "第一行"


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://me:geheim@host/db",
        "postgresql://host/db?password=geheim&sslmode=require",
        "mssql+pyodbc:///?odbc_connect=PWD%3Dgeheim",
        "s3a://key:geheim@bucket/cases.parquet",
    ],
)
@pytest.mark.parametrize(
    "options",
    [(), ("--spark", "local[1]"), ("--suggest-map",), ("--sheet", "2")],
    ids=["", "spark", "suggest", "sheet"],
)
def test_no_message_shows_the_password_of_an_address(run, address: str, options: tuple[str, ...]) -> None:
    """A source without a map was once named with all that its address holds."""
    for done in (run("replay", address, *options), run("oversee", address)):
        assert (done.status, "geheim" in done.out + done.err, "***" in done.err) == (2, False, True)


@pytest.mark.parametrize(
    "address",
    [
        "me:geheim@host/db",
        "postgresql:/me:geheim@host/db",
        "postgresql：//me:geheim@host/db",
        "postgresql://me/office:geheim@host/db?nothing=x",
    ],
)
def test_an_address_that_is_written_wrongly_shows_no_password(run: Any, rules: str, address: str) -> None:
    for call in (("replay", address), ("ledger", "verify", address), ("oversee", address, "--rules", rules)):
        done = run(*call)
        assert (done.status, "geheim" in done.out + done.err, "***" in done.err) == (2, False, True), call


@pytest.mark.parametrize(
    "address, reason",
    [
        ("postgresql://\ud800:geheim@host/db", "ledger-address"),
        ("postgresql://\x1b[31m@127.0.0.1:1/db", "ledger-system"),
        ("x" * 300, "ledger-system"),
    ],
)
def test_an_address_that_no_server_has_is_told_harmlessly(address: str, reason: str) -> None:
    with pytest.raises(LedgerError) as caught:
        Ledger.open(address)
    told = [caught.value.describe(lang) for lang in LANGUAGES]
    assert (caught.value.reason, "geheim" in str(told), list(map(harmless, told))) == (reason, False, told)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx"])
def test_files_and_folders_may_have_names_in_another_encoding(
    run: Any, rules: str, tmp_path: Path, kind: str
) -> None:
    """As old systems name them; what is written about them is text that everybody can read."""
    name = os.fsdecode("案件".encode("gbk"))
    place, out = tmp_path / f"{name}.{kind}", tmp_path / name
    columns = {"matter": ["parking"], "unit": ["street"]}
    if kind == "csv":
        place.write_text("matter,unit\nparking,street\n", "utf-8")
    elif kind == "parquet":
        with place.open("wb") as stream:
            pq.write_table(pa.table(columns), stream)
    else:
        with place.open("wb") as stream, xlsxwriter.Workbook(stream) as book:
            sheet = book.add_worksheet()
            for column, (heading, values) in enumerate(columns.items()):
                sheet.write_column(0, column, [heading, *values])
    (tmp_path / "map.yaml").write_text("map: {facts: {matter: matter}, handler: unit}", "utf-8")
    done = run("replay", str(place), "--map", str(tmp_path / "map.yaml"), "--rules", rules, "--out", str(out))
    assert (done.status in (0, 1), "Traceback" in done.err) == (True, False)
    (source,) = json.loads((out / "summary.json").read_text("utf-8"))["inputs"]
    assert (source["name"].rpartition("/")[2], source["rows"]) == (f"\\udcb0\\udcb8\\udcbc\\udcfe.{kind}", 1)


def test_half_a_character_in_an_argument_is_refused(run: Any, rules: str, tmp_path: Path) -> None:
    ledger, name = str(tmp_path / "duties.db"), os.fsdecode("法规处".encode("gbk"))
    assert run("ledger", "publish", ledger, "--rules", rules, "--author", "法规处").status == 0
    for words in (("publish", ledger, "--rules", str(SHOP)), ("checkpoint", ledger)):
        done = run("ledger", *words, "--author", name, lang="en")
        assert (done.status, done.out) == (2, "")
        assert done.err.startswith(f"{ledger}: the content cannot be written as JSON: ")


@pytest.mark.parametrize("lang, form", [("zh", "用户:密码@主机"), ("en", "USER:PASSWORD@HOST")])
def test_a_password_with_an_at_sign_is_not_taken_for_a_host(run: Any, lang: str, form: str) -> None:
    address = "postgresql://me:ge@heim@127.0.0.1:1/db"
    with_map = ("--query", "select 1", "--map", "map.yaml")
    for command in (("ledger", "verify", address), ("replay", address, *with_map)):
        done = run(*command, lang=lang)
        assert (done.status >= 2, "heim" in done.err) == (True, False)
    assert form in run("ledger", "verify", address, lang=lang).err


def test_a_ledger_is_named_on_one_line(run: Any, rules: str, tmp_path: Path) -> None:
    ledger = str(tmp_path / "x\nFAKE\x1b[31m.db")
    assert run("ledger", "publish", ledger, "--rules", rules).status == 0
    done = run("ledger", "show", ledger, "9", lang="en")
    assert done.err.endswith(
        "x↵FAKE?[31m.db: there is no entry 9; entries are numbered from 1, without gaps\n"
    )


@settings(max_examples=200, deadline=None)
@given(
    st.text(st.characters(min_codepoint=33, max_codepoint=126) | st.sampled_from(" 密"), max_size=12),
    st.sampled_from(
        [
            "postgresql://me:{}@host/db",
            "--ledger=postgresql+pg8000://me:{}@host:5432/db?sslmode=require",
            "postgresql://host/db?user=me&password={}",
            "postgresql://host/db?password={}&connect_timeout=3",
        ]
    ),
)
def test_a_recorded_command_shows_nothing_of_a_password_that_works(middle: str, form: str) -> None:
    """Quotes, blanks and backticks may stand in one; a report writes the command down. An `&` ends an option."""
    assume("&" not in middle)
    word = form.format(f"geheim{middle}Gemein")
    address = word.removeprefix("--ledger=")
    try:
        shown = read_address(address).shown
    except AddressError as error:
        shown = error.shown
    else:
        shown += shlex.join(map(masked_word, ["dutyroute", word]))
    assert not re.search("geheim|Gemein", shown)
