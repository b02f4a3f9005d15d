"""`dutyroute replay` on the command line: what it says, how it ends, killed and resumed."""

from __future__ import annotations

import csv
import json
import re
import shlex
import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dutyroute.rulebook.shipped import shipped

MAP = """\
map:
  id: 编号
  facts:
    matter: {column: 事项, values: {堵车道: 占用消防通道}}
    respondent: {column: 行为人, otherwise: unknown}
    reported_at: 日期
  handler: 单位
  area: 街道
"""
ROWS = """\
编号,日期,街道,事项,行为人,单位
A1,2026/3/1,东街,堵车道,业主,街道办
A2,2026年3月2日,东街,占用消防通道,业主,消防
A3,46084,西街,治安,不详,城管
A4,2026-03-04,西街,没有这事,业主,街道办
A5,2026-03-05,西街,治安,业主,
A6,2026-03-06,西街
"""


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    (tmp_path / "map.yaml").write_text(MAP, "utf-8")
    (tmp_path / "cases.csv").write_bytes(ROWS.encode("gb18030"))
    return tmp_path / "cases.csv"


COUNTS = {"agree": 1, "in-chain": 1, "diverge": 1, "undecided": 1, "unroutable": 0, "bad-row": 2}


HEAD = [
    "cases.csv",
    "  行数：6 行；按换行和引号另数一遍，也是 6 行",
    "  文件：230 字节；文本 7 行；sha256:d41661bfbbc0603862d36557dcfc9a295467d2feba19e6187b8b725b404e4ea7",
    "  读法：编码 GB18030；逗号分隔；时区 Asia/Shanghai",
    "  列：读的：编号、日期、街道、事项、行为人、单位；没有读的：无；缺少的：无",
    "  重复：编号与前面重复的 0 行；编号以外与前面完全相同的 0 行；可比较的 3 行一致率 33.3%（95% 区间",
    "    6.2%–79.2%），去掉重复的行是 33.3%",
    "  map：map.yaml；sha256:24cb764577b84fdc90c3f6a9bcdcb18984bdb34fc36394ede572a067209cfb7f",
    "",
]


def test_a_history_is_replayed_and_told_of(run, cases: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("replay", "cases.csv", "--out", "out")
    assert done.status == 1
    assert done.err == "cases.csv：编码 GB18030、逗号分隔\n"
    assert done.out.splitlines()[: len(HEAD)] == HEAD
    assert done.out.splitlines()[len(HEAD) :] == [
        "结果        行数  占比   意思",
        "一致        1     16.7%  当时的承办单位就是规则的主办",
        "在职责链内  1     16.7%  当时的承办单位不主办，但有别的职责",
        "不一致      1     16.7%  当时的承办单位没有任何职责",
        "无法比较    1     16.7%  没有记录承办单位，或者主办定不下来",
        "无法分派    0     0.0%   事项不在规则库内、事实自相矛盾，或者当日没有规则",
        "读不懂的行  2     33.3%  行或者其中的值读不懂",
        "合计        6",
        "",
        "可以比较的 3 件中，33.3% 与规则的主办一致（95% 区间 6.2%–79.2%）。",
        "全部 6 行中可以比较的有 3 行，占 50.0%。",
        "",
        "没有读懂 1 个值；report.html 里附有可以补进 map.yaml 的一段。行数最多的是：",
        "行数  事实    值",
        "1     matter  没有这事",
        "",
        "不一致最多的：",
        "行数  当时的承办单位  规则的主办",
        "1     城市管理部门    公安机关",
        "",
        "已写入 out/divergences.csv",
        "已写入 out/rejects.csv",
        "已写入 out/summary.json",
        "已写入 out/report.html",
    ]
    summary = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert (summary["rows"], summary["counts"]) == (6, COUNTS)
    with open(tmp_path / "out" / "rejects.csv", encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream))[1:] == [
            ["cases.csv", "5", "事项", "没有这事", "map 和词汇表里都没有这个值"],
            ["cases.csv", "7", "", "A6,2026-03-06,西街", "应有 6 格，实有 3 格"],
        ]


def test_english_and_json(run, cases: Path, tmp_path: Path) -> None:
    done = run("replay", str(cases), "--out", str(tmp_path / "out"), "--format", "json", lang="en")
    assert (done.status, done.err) == (1, "")
    assert json.loads(done.out)["counts"] == COUNTS
    assert "<title>Replay of historical cases</title>" in (tmp_path / "out" / "report.html").read_text(
        "utf-8"
    )


def test_all_that_agrees_is_fine(run, cases: Path, tmp_path: Path) -> None:
    cases.write_text("\n".join(ROWS.splitlines()[:2]) + "\n", "utf-8")
    assert run("replay", str(cases), "--out", str(tmp_path / "out")).status == 0


@pytest.mark.parametrize(
    "arguments, said",
    [
        (("nowhere.csv",), "nothing to replay in nowhere.csv; give a file, a folder or a pattern"),
        (("other.csv",), "no map.yaml beside it"),
        (
            ("cases.csv", "--compare", "a", "b", "--rules", "c"),
            "--rules cannot be used with --compare",
        ),
        (("cases.csv", "--resume"), "contains no run to resume"),
        (("cases.csv", "--sheet", "1"), "sheet does not apply to `cases.csv`; remove it"),
        (("cases.csv", "--encoding", "gkb"), "unknown encoding `gkb`"),
        (("cases.csv", "--as-of", "1.1.2026"), "--as-of"),
        (("cases.doc",), "cannot read `cases.doc`: unknown file type"),
    ],
)
def test_what_cannot_be_done_is_said(
    run, cases: Path, tmp_path: Path, monkeypatch, arguments, said: str
) -> None:
    (tmp_path / "alone").mkdir()
    (tmp_path / "cases.doc").write_text("", "utf-8")
    (tmp_path / "alone" / "other.csv").write_text("a\n1\n", "utf-8")
    monkeypatch.chdir(tmp_path / "alone" if arguments[0] == "other.csv" else tmp_path)
    done = run("replay", *arguments, "--out", "out", lang="en")
    assert done.status == 2
    assert said in done.err


def test_faults_of_a_map_are_shown_where_they_stand(run, cases: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "map.yaml").write_text(
        "map:\n  facts:\n    mater: 事项\n    matter: {colum: 事项, values: {甲: fire-lane-bloking}}\n",
        "utf-8",
    )
    done = run("replay", "cases.csv", lang="en")
    assert done.status == 3
    assert [line for line in done.err.splitlines() if "error[" in line] == [
        "map.yaml:3:5: error[map-unknown-fact]: unknown fact `mater`",
        "map.yaml:4:14: error[map-unknown-key]: unknown key `colum`",
        "map.yaml:4:37: error[map-unknown-word]: `fire-lane-bloking` is not a value of matter",
    ]


def test_a_map_is_drafted(run, cases: Path) -> None:
    done = run("replay", "--suggest-map", str(cases))
    assert done.out == (
        "# 草稿：逐项核对，补上没有放进去的值，再用来回放。\n"
        "map:\n"
        '  id: "编号"\n'
        "  facts:\n"
        "    matter:\n"
        '      column: "事项"\n'
        "      # 下面的值放不进词汇表，请逐个写明（写 null 表示不知道）：\n"
        "      # values:\n"
        '      #   "堵车道":   # 1 行\n'
        '      #   "没有这事":   # 1 行\n'
        "    reported_at:\n"
        '      column: "日期"\n'
        "    respondent:\n"
        '      column: "行为人"\n'
        "  handler:\n"
        '    column: "单位"\n'
        '  area: "街道"\n'
    )
    assert done.err == "“事项”作为 matter：有 2 个不同的值放不进词汇表\n"
    assert done.status == 1


@pytest.fixture(scope="module")
def long_history(spawn, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history that takes a while, and beside it, in `whole`, what an undisturbed run of it writes."""
    folder = tmp_path_factory.mktemp("long")
    history = folder / "history.parquet"
    matters = ["占用消防通道", "治安", "占道经营", "物业服务质量"] * 500_000
    handlers = ["街道办", "城管", "公安局", "住建局", None] * 400_000
    pq.write_table(pa.table({"事项": matters, "单位": handlers}), history, row_group_size=65_536)
    (folder / "map.yaml").write_text("map: {facts: {matter: 事项}, handler: 单位}\n", "utf-8")
    assert (
        spawn("replay", str(history), "--format", "parquet", "--out", str(folder / "whole")).returncode == 1
    )
    return history


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_killed_is_resumed_to_the_same_end(
    program, environment, spawn, long_history: Path, tmp_path: Path, how: signal.Signals
) -> None:
    """With real processes: the second takes up what the first had put down."""
    arguments = ("replay", str(long_history), "--format", "parquet", "--out")
    undisturbed = long_history.parent / "whole"
    state = tmp_path / "parted" / ".unfinished" / "state.json"
    with subprocess.Popen(
        [*program, *arguments, str(tmp_path / "parted")], env=environment, stderr=-1
    ) as first:
        # The state is there from the beginning: the first part shows that something has been read.
        while not any(state.parent.glob("records-*.part")) and first.poll() is None:
            time.sleep(0.002)
        first.send_signal(how)
        _, said = first.communicate(timeout=60)
    assert first.returncode == (130 if how is signal.SIGINT else -how)
    if how is signal.SIGINT:
        again = shlex.join(["dutyroute", *arguments, str(tmp_path / "parted"), "--resume"])
        assert said.decode().splitlines()[-1] == f"已中断，做完的部分留着。接着做：{again}"
    assert not (tmp_path / "parted" / "summary.json").exists()
    assert spawn(*arguments, str(tmp_path / "parted"), "--resume").returncode == 1
    for name in ("summary.json", "rejects.csv", "report.html"):
        read = [(folder / name).read_text("utf-8") for folder in (tmp_path / "parted", undisturbed)]
        assert undated(read[0]) == undated(read[1])
    parted, whole = (
        pq.read_table(each / "divergences.parquet") for each in (tmp_path / "parted", undisturbed)
    )
    assert parted.equals(whole)
    assert not state.parent.exists()


def undated(text: str) -> str:
    """Leave out when and by which command a file was written."""
    return re.sub(r'<dt>(运行时间|命令)</dt>.*|"(at|command)": ".*",', "", text)


def test_two_rulebooks_are_compared_over_one_history(run, cases: Path, tmp_path: Path, monkeypatch) -> None:
    """Fire lanes go to the fire service: one row changes hands for certain."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(shipped("rules"), "old")
    shutil.copytree("old", "new")
    fire = Path("new", "duties", "fire.yaml")
    text = fire.read_text("utf-8")
    assert text.count("assign: {lead: street-office}") == 1
    fire.write_text(text.replace("{lead: street-office}", "{lead: fire-rescue}"), "utf-8")
    done = run("replay", "cases.csv", "--compare", "old", "new", "--out", "out", lang="en")
    assert done.status == 1
    assert "2 of 4 rows get another lead." in done.out.splitlines()
    with open("out/changes.csv", encoding="utf-8-sig", newline="") as stream:
        headings, *rows = csv.reader(stream)
    assert [row[headings.index("id")] for row in rows] == ["A1", "A2"]
    assert {row[headings.index("lead now")] for row in rows} == {"fire and rescue service"}
    told = json.loads(Path("out", "summary.json").read_text("utf-8"))["comparison"]
    parties = {entry["party"]: (entry["before"], entry["after"]) for entry in told["parties"]}
    assert (parties["fire-rescue"], parties["street-office"]) == ((0, 2), (2, 0))
    counted = sum(region["certain"] + region["possible"] for region in told["regions"])
    assert counted >= 2
    assert "Comparison of two rulebooks" in Path("out", "report.html").read_text("utf-8")


def test_the_days_of_the_rows_give_way_to_as_of(run, cases: Path, tmp_path: Path) -> None:
    done = run(
        "replay", str(cases), "--as-of", "2026-07-01", "--out", str(tmp_path / "out"), "--format", "json"
    )
    assert json.loads(done.out)["as_of"] == "2026-07-01"
    assert json.loads(done.out)["counts"] == COUNTS


@pytest.mark.parametrize("given", ["cases.csv", "*.csv", "mixed", "none", "plain", "hdfs://host/cases.xlsx"])
def test_a_cluster_refuses_what_is_not_parquet(run, cases: Path, monkeypatch, given: str) -> None:
    """Before Spark starts, which leaves such files out of a folder in silence."""
    monkeypatch.chdir(cases.parent)
    for name in ("mixed", "none"):
        Path(name).mkdir()
    for name in ("mixed/a.parquet", "mixed/b.csv", "plain"):
        Path(name).touch()
    found = {"*.csv": "cases.csv", "mixed": "mixed/b.csv"}.get(given, given)
    options = ("--map", "map.yaml", "--spark", "local[1]", "--out", "out")
    said = {
        "zh": (f"不能用 Spark 回放 `{found}`：这里它只读 .parquet 文件", "去掉 --spark"),
        "en": (f"Spark cannot replay `{found}`: it reads only .parquet files here", "leave out --spark"),
    }
    for lang, (refusal, way_out) in said.items():
        done = run("replay", given, *options, lang=lang)
        assert (done.status, done.out, Path("out").exists()) == (2, "", False)
        assert refusal in done.err
        assert way_out in done.err


@pytest.mark.skipif(find_spec("pyspark") is not None, reason="pyspark is here")
def test_a_cluster_without_its_package_is_said_in_one_line(run, cases: Path, tmp_path: Path) -> None:
    stored = cases.with_suffix(".parquet")
    stored.touch()
    done = run("replay", str(stored), "--spark", "local[1]", "--out", str(tmp_path / "out"))
    assert (done.status, done.out) == (2, "")
    assert done.err == "没有安装这里需要的 pyspark；请运行：pip install 'dutyroute[spark]'\n"


def replayed(run, folder: Path, rows: str, matter: str = "{column: 事项, otherwise: unknown}"):
    """Replay rows of 编号,日期,事项,单位; return what was printed, and the page."""
    (folder / "map.yaml").write_text(
        f"map:\n  id: 编号\n  facts: {{matter: {matter}, reported_at: 日期}}\n  handler: 单位\n", "utf-8"
    )
    (folder / "cases.csv").write_text(f"编号,日期,事项,单位\n{rows}", "utf-8")
    done = run("replay", str(folder / "cases.csv"), "--out", str(folder / "out"))
    return done, (folder / "out" / "report.html").read_text("utf-8")


def test_values_not_understood_are_ranked_with_a_piece_of_map_to_paste(run, tmp_path: Path) -> None:
    rows = (
        "1,2026-03-01,外墙,公安\n2,2026-03-01,外墙,没听说过\n3,2026-03-01,公园,公安\n4,2026-03-01,治安,不详\n"
    )
    done, page = replayed(run, tmp_path, rows)
    listed = [line.split() for line in done.out.splitlines() if line.startswith(("1 ", "2 "))]
    assert [tuple(line) for line in listed] == [
        ("2", "matter", "外墙"),
        ("1", "handler", "没听说过"),
        ("1", "matter", "公园"),
    ]
    piece = page[page.index("<pre>") + 5 : page.index("</pre>")].replace("&#34;", '"')
    assert piece.splitlines() == [
        "map:",
        "  facts:",
        "    matter:",
        "      values:",
        '        "外墙": 待填   # 2 行；是否指 service-maintenance 共用部位及设施设备维修保养？',
        '        "公园": 待填   # 1 行',
        "  handler:",
        "    values:",
        '      "没听说过": 待填   # 1 行',
    ]
    # Pasted as it is, it is refused: what nobody has filled in means nothing.
    (tmp_path / "map.yaml").write_text(piece, "utf-8")
    assert (
        "map-unknown-word" in run("replay", str(tmp_path / "cases.csv"), "--out", str(tmp_path / "again")).err
    )


def test_the_listing_keeps_a_matter_as_it_is_recorded(run, tmp_path: Path) -> None:
    replayed(run, tmp_path, "1,2026-03-01,路灯; 不亮,公安\n2,2026-03-01,治安,城管\n")
    with open(tmp_path / "out" / "divergences.csv", encoding="utf-8-sig", newline="") as stream:
        listed = [(row["事项"], row["结果"]) for row in csv.DictReader(stream)]
    assert listed[0] == ("路灯; 不亮", "无法分派")
    assert listed[1][1] == "不一致"


def test_rounding_alone_makes_no_hundred_per_cent(run, tmp_path: Path) -> None:
    rows = "".join(f"{n},2026-03-01,治安,{'城管' if n == 7 else '公安'}\n" for n in range(3_000))
    done, page = replayed(run, tmp_path, rows)
    assert "99.9% 与规则的主办一致" in done.out
    assert "占 99.9%" in page
    assert '<b>2,999</b><span class="soft">99.9%</span>' in page


def test_repeated_rows_are_told_with_both_rates(run, tmp_path: Path) -> None:
    rows = "1,2026-03-01,治安,城管\n" + "".join(f"{n},2026-03-02,治安,公安\n" for n in range(2, 5))
    done, page = replayed(run, tmp_path, rows)
    assert "2 行与前面的行重复；一致率连同它们 75.0%，不计它们 50.0%。" in done.out
    assert "连同重复的行 75.0%，不计重复的行 50.0%" in page
    summary = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert (summary["rate"], summary["rate_without_repeated"]) == (0.75, 0.5)
