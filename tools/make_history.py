"""
Make the shipped histories: cases as a hotline and a grid platform might record them.

    python3 tools/make_history.py [FOLDER]

Everything is invented and drawn from a fixed seed: each run writes the same bytes. The
handler of a case is mostly one that the policy's text suggests, sometimes another one
out of habit, sometimes noise; no rule is evaluated. The rows have the faults of real
ones: aliases, typing errors, several ways to write a date, blanks, repeated rows, two
matters in one, unknown handlers.
"""

from __future__ import annotations

import csv
import io
import random
import sys
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "cases" / "history"

Weighted = dict[str, int]

STREET, HOUSING, POLICE, ENVIRONMENT = "街道办", "住建局", "公安局", "生态环境局"
MARKET, FIRE, PLANNING, URBAN = "市场监管局", "消防救援大队", "规划局", "城管局"

MATTERS: dict[str, tuple[int, tuple[str, ...], Weighted]] = {
    "违法建设": (
        9,
        ("违法建设", "违法建筑", "违章建筑", "违法搭建"),
        {HOUSING: 62, URBAN: 24, PLANNING: 9, STREET: 5},
    ),
    "违规装修": (5, ("违规装修", "违规装修"), {STREET: 58, HOUSING: 27, "物业公司": 15}),
    "毁坏绿化": (6, ("毁坏绿化", "毁坏绿地", "毁绿种菜"), {HOUSING: 34, STREET: 31, URBAN: 35}),
    "占用消防通道": (
        13,
        ("占用消防通道", "堵塞消防通道", "占用消防通到"),
        {STREET: 52, FIRE: 34, POLICE: 9, "物业公司": 5},
    ),
    "环境污染": (7, ("环境污染", "环境污染"), {ENVIRONMENT: 86, STREET: 9, URBAN: 5}),
    "无照经营": (6, ("无照经营", "无照经营"), {MARKET: 64, URBAN: 30, STREET: 6}),
    "占道经营": (9, ("占道经营", "占道经营 ", "占道摆摊"), {STREET: 56, URBAN: 44}),
    "乱堆乱放": (8, ("乱堆乱放", "乱堆乱放"), {STREET: 78, "物业公司": 14, "居委会": 8}),
    "生活噪音": (9, ("生活噪音", "噪音扰民"), {POLICE: 66, STREET: 20, ENVIRONMENT: 14}),
    "治安": (4, ("治安", "治安"), {POLICE: 94, STREET: 6}),
    "电梯等特种设备安全": (6, ("电梯等特种设备安全", "电梯故障"), {MARKET: 74, HOUSING: 18, STREET: 8}),
    "违规收费": (5, ("价格公示、违规收费", "违规收费"), {MARKET: 77, HOUSING: 17, STREET: 6}),
    "物业服务质量": (9, ("物业服务质量", "物业服务差"), {STREET: 74, HOUSING: 20, "居委会": 6}),
    "欠缴物业费": (4, ("欠缴物业费", "欠缴物业费"), {STREET: 60, HOUSING: 12, "法院": 28}),
}
"""For each matter: how often it is reported, its spellings, and who handles it how often."""

AREAS = ("城关街道", "东湖街道", "西岭街道", "南桥镇", "北山镇", "河口镇")
RESPONDENTS = ("业主", "房主", "租户", "租客", "外来人员", "外来摊贩", "", "", "不详")
CHANNELS = ("12345", "市级投诉电话", "街道巡查", "群众投诉", "居委会", "物业上报")
YES_NO = ("是", "否", "有", "无", "Y", "N", "")


def main(folder: Path) -> None:
    """Write the two histories into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    hotline = _written(HOTLINE, list(_hotline(random.Random(20250101), 1_400)), ",")
    (folder / "hotline-2025.csv").write_bytes(hotline.encode("utf-8"))
    grid = _written(GRID, list(_grid(random.Random(20260101), 900)), "\t")
    (folder / "grid-2026.csv").write_bytes(grid.encode("gb18030"))


HOTLINE = (
    "工单编号",
    "受理时间",
    "街道（镇）",
    "来源",
    "问题类型",
    "被反映人",
    "有无物业",
    "承办单位",
    "备注",
)
GRID = ("流水号", "发现日期", "区域", "小类", "行为人", "有业委会", "处置单位")


def _written(headings: Sequence[str], rows: Sequence[Sequence[str]], delimiter: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows((headings, *rows))
    return text.getvalue()


def _hotline(chance: random.Random, count: int) -> Iterator[tuple[str, ...]]:
    """Yield rows of a hotline: dates in many forms, sometimes two matters, a remark of any kind."""
    last: tuple[str, ...] | None = None
    for number in range(1, count + 1):
        name = f"12345-2025-{number:05}"
        if last is not None and chance.random() < 0.03:
            yield (name, *last[1:])
            continue
        matter = _drawn(chance)
        day = _day(chance, date(2025, 1, 1), 365)
        written = _spelt(chance, matter)
        if chance.random() < 0.04:
            written += "；" + _spelt(chance, _drawn(chance, but=matter))
        last = (
            name,
            _dated(chance, day),
            chance.choice(AREAS),
            chance.choice(CHANNELS),
            "" if chance.random() < 0.008 else written,
            chance.choice(RESPONDENTS),
            chance.choice(YES_NO),
            _handled(chance, matter),
            _remark(chance),
        )
        yield last


def _grid(chance: random.Random, count: int) -> Iterator[tuple[str, ...]]:
    """Yield rows of a grid platform, which names each street office by its own name."""
    for number in range(1, count + 1):
        matter = _drawn(chance)
        area = chance.choice(AREAS)
        handler = _handled(chance, matter)
        if handler == STREET:
            handler = f"{area}办事处" if area.endswith("街道") else f"{area}人民政府"
        yield (
            f"W{26_000_000 + number}",
            _dated(chance, _day(chance, date(2026, 1, 1), 180)),
            area,
            _spelt(chance, matter),
            chance.choice(RESPONDENTS),
            chance.choice(YES_NO),
            handler,
        )


def _drawn(chance: random.Random, but: str = "") -> str:
    names = [name for name in MATTERS if name != but]
    return chance.choices(names, [MATTERS[name][0] for name in names])[0]


def _spelt(chance: random.Random, matter: str) -> str:
    written = MATTERS[matter][1]
    text = written[0] if chance.random() < 0.7 else chance.choice(written)
    return f" {text}　" if chance.random() < 0.02 else text


def _handled(chance: random.Random, matter: str) -> str:
    roll = chance.random()
    if roll < 0.02:
        return ""
    if roll < 0.035:
        return chance.choice(("市12345中心", "测试单位", "人社局"))
    habits = MATTERS[matter][2]
    return chance.choices(list(habits), list(habits.values()))[0]


def _day(chance: random.Random, first: date, days: int) -> date:
    return first + timedelta(chance.randrange(days))


def _dated(chance: random.Random, day: date) -> str:
    """Write a date in one of the forms that people use; seldom in a form that is no date."""
    roll = chance.random()
    if roll < 0.55:
        return day.isoformat()
    if roll < 0.75:
        return f"{day.year}/{day.month}/{day.day}"
    if roll < 0.85:
        return f"{day.year}年{day.month}月{day.day}日"
    if roll < 0.92:
        return f"{day.year}-{day.month:02}-{day.day:02} {chance.randrange(24):02}:{chance.randrange(60):02}"
    if roll < 0.985:
        return str((day - date(1899, 12, 30)).days)
    return chance.choice(("", "不详", f"{day.year}-02-30", "上周三"))


def _remark(chance: random.Random) -> str:
    roll = chance.random()
    if roll < 0.02:
        return "=HYPERLINK(1)"
    if roll < 0.04:
        return "来电人称“多次反映”,\n要求回复"
    return chance.choice(("", "", "重复来电", "要求回复", "已联系物业"))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
