"""What `replay` says on the command line."""

from __future__ import annotations

from dutyroute.messages import Lang

__all__ = ["WORDS"]

WORDS: dict[str, dict[Lang, str]] = {
    "replay-short": {"zh": "把历史案件对照规则回放，写成报告", "en": "replay historical cases into a report"},
    "argument-histories": {
        "zh": "历史案件：文件、文件夹、通配符，或者数据库地址",
        "en": "historical cases: files, folders, patterns, or a database URL",
    },
    "option-map": {
        "zh": "哪一列是什么（map.yaml）；不给则用案件旁边的",
        "en": "which column is what (map.yaml); else the one beside the cases",
    },
    "option-replay-out": {
        "zh": "结果写到这个文件夹；不给则写到 build/replay",
        "en": "folder for the results; else build/replay",
    },
    "option-replay-oversee": {
        "zh": "事件文件；报告中加上监督一节，列出对谁建议什么措施",
        "en": "file of events; the report gets a section on the measures that they call for",
    },
    "settings-without-oversee": {
        "zh": "--settings 只和 --oversee 一起用",
        "en": "--settings goes with --oversee only",
    },
    "option-suggest-map": {
        "zh": "起草 map.yaml，并说明哪些列、哪些值放不进去",
        "en": "draft a map.yaml, and say what could not be placed",
    },
    "option-as-of": {
        "zh": "一律按这一天的规则（如 2026-07-01），不按每件自己的日期",
        "en": "ask for the rules of this day (as in 2026-07-01), not each case's own",
    },
    "option-resume": {"zh": "接着做上次中断的回放", "en": "continue a run that was interrupted"},
    "option-replay-format": {
        "zh": "明细的格式，可以给几种；不给则为 csv",
        "en": "how to write the rows to look at; repeatable; else csv",
    },
    "option-encoding": {
        "zh": "文件的编码，如 gb18030；不给则自动识别",
        "en": "encoding of the file; else detected",
    },
    "option-delimiter": {
        "zh": "列之间的分隔符；不给则自动识别",
        "en": "what separates columns; else detected",
    },
    "option-sheet": {
        "zh": "工作表的名称或者序号；不给则为第一张",
        "en": "sheet by name or number; else the first",
    },
    "option-query": {"zh": "从数据库取案件的 SQL", "en": "SQL that yields the cases of a database"},
    "option-compare": {
        "zh": "两版规则（文件夹，或者 文件夹@提交）对照，看哪些案件换了主办",
        "en": "two rulebooks (folders, or FOLDER@COMMIT): which cases change hands",
    },
    "option-spark": {
        "zh": "在 Spark 集群上做，如 local[4]、spark://主机:7077；案件须为 Parquet",
        "en": "run on a Spark cluster, as in local[4] or spark://host:7077; the cases must be Parquet",
    },
    "spark-alone": {
        "zh": "用 --spark 时不能给 {option}",
        "en": "{option} cannot be given with --spark",
    },
    "spark-interrupted": {
        "zh": "已中断。在集群上做的回放不能接着做，请从头再做。",
        "en": "interrupted; a run on a cluster cannot be continued, begin it anew",
    },
    "option-replay-json": {"zh": "把汇总打印成 JSON", "en": "print the summary as JSON"},
    "replay-help": {
        "zh": (
            "把历史案件逐件对照规则，看当时的承办单位是不是规则的主办，写成一份可以离线打开、可以打印的报告。\n"
            "每一行恰好归入六种结果之一：一致、在职责链内、不一致、无法比较、无法分派、读不懂的行；"
            "读不懂的行连同行号、列、值和原因写进 rejects.csv，一行不丢。\n"
            "退出码：0 全部一致；1 有不一致或者没能比较的；2 用法不对；3 规则库有错；130 被中断，可以用 --resume 接着做。"
        ),
        "en": (
            "Hold historical cases against the rules: was the handler of each the rulebook's lead? The answer is a "
            "report that needs no network and prints well.\n"
            "Each row comes to exactly one of six outcomes: agree, in the chain, diverge, undecided, unroutable, bad "
            "row; a bad row goes to rejects.csv with its number, column, value and why. No row is dropped.\n"
            "Exit status: 0 every row agrees, 1 some do not or could not be compared, 2 wrong usage, 3 the rulebook "
            "has faults, 130 interrupted, to be continued with --resume."
        ),
    },
    "replay-examples": {
        "zh": (
            "dutyroute replay --suggest-map 案件.csv > map.yaml\n"
            "dutyroute replay 案件.csv --map map.yaml --out 结果\n"
            "dutyroute replay 案件.csv --compare rules@HEAD~1 rules"
        ),
        "en": (
            "dutyroute replay --suggest-map cases.csv > map.yaml\n"
            "dutyroute replay cases.csv --map map.yaml --out results\n"
            "dutyroute replay cases.csv --compare rules@HEAD~1 rules"
        ),
    },
    "replay-interrupted": {
        "zh": "已中断，做完的部分留着。接着做：{command}",
        "en": "Interrupted; what was done is kept. To continue: {command}",
    },
    "compare-or-rules": {
        "zh": "--compare 已经指明规则库，不能再给 --rules",
        "en": "--compare names the rulebooks; leave --rules out",
    },
    "read-as": {"zh": "{name}：按 {encoding} 编码读取", "en": "{name}: read as {encoding}"},
    "source-note": {"zh": "{name}：{notes}", "en": "{name}: {notes}"},
    "progress": {
        "zh": "{source}：已读 {rows} 行，每秒 {rate} 行，本文件 {share}",
        "en": "{source}: {rows} rows read, {rate} rows a second, {share} of this file",
    },
    "progress-bar": {"zh": "{rows} 行，每秒 {rate} 行", "en": "{rows} rows, {rate}/s"},
    "replay-outcome": {"zh": "结果", "en": "Outcome"},
    "replay-rows": {"zh": "行数", "en": "Rows"},
    "replay-share": {"zh": "占比", "en": "Share"},
    "replay-meaning": {"zh": "意思", "en": "Meaning"},
    "replay-total": {"zh": "合计", "en": "all rows"},
    "replay-handler": {"zh": "当时的承办单位", "en": "Handled by"},
    "replay-lead": {"zh": "规则的主办", "en": "The rulebook's lead"},
    "replay-rate": {
        "zh": "可以比较的 {compared} 件中，{rate} 与规则的主办一致。不一致最多的：",
        "en": "Of {compared} rows that can be compared, {rate} were handled by the rulebook's lead. Most divergences:",
    },
    "replay-nothing-compared": {
        "zh": "没有一件可以比较：没有记录承办单位，或者规则定不下主办。",
        "en": "No row can be compared: no handler is recorded, or nobody leads for certain.",
    },
    "compare-changed": {
        "zh": "两版规则对照：{rows} 件中有 {changed} 件换了主办。",
        "en": "Of {rows} rows, {changed} change hands between the two rulebooks.",
    },
    "compare-party": {"zh": "主体", "en": "Party"},
    "compare-before": {"zh": "原来主办", "en": "Led before"},
    "compare-after": {"zh": "现在主办", "en": "Leads now"},
    "compare-gained": {"zh": "接手", "en": "Gained"},
    "compare-lost": {"zh": "移出", "en": "Lost"},
    "compare-region": {
        "zh": "{certain} 件一定、{possible} 件可能：{said}。{changes}",
        "en": "{certain} certainly, {possible} possibly: {said}. {changes}",
    },
}
