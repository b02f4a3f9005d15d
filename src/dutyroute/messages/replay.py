"""Words of a replay: faults of a run, outcomes and reasons, the command's own."""

from __future__ import annotations

from dutyroute.messages import Lang, Text

__all__ = ["MESSAGES", "WORDS"]

MESSAGES: dict[str, dict[Lang, Text]] = {
    "replay-unfinished": {
        "zh": Text(
            "`{out}` 里有一次没有做完的回放",
            "加 --resume 接着做；要从头来，请另选 --out，或者先删去 {folder}。",
        ),
        "en": Text(
            "`{out}` holds a run that is not finished",
            "continue it with --resume; to begin anew choose another --out or delete {folder}",
        ),
    },
    "replay-nothing-to-resume": {
        "zh": Text("`{out}` 里没有可以接着做的回放", "去掉 --resume，从头开始。"),
        "en": Text("`{out}` holds no run to resume", "begin one without --resume"),
    },
    "replay-changed": {
        "zh": Text(
            "不能接着做：{what} 在中断之后变了",
            "已数过的行不再算数；请另选 --out 从头开始，或者先删去 {folder}。",
        ),
        "en": Text(
            "the run cannot be resumed: {what} has changed since",
            "what was counted no longer holds; begin anew with another --out or delete {folder}",
        ),
    },
    "replay-state-unreadable": {
        "zh": Text("`{file}` 读不懂，不能接着做", "请先删去 {folder}，从头开始。"),
        "en": Text("`{file}` cannot be read, so the run cannot be resumed", "delete {folder} and begin anew"),
    },
    "replay-does-not-add-up": {
        "zh": Text(
            "行数对不上：输入 {rows} 行，数到 {counted} 行",
            "这是程序的错误，结果不能用；请把命令和 `{out}` 交给维护者。",
        ),
        "en": Text(
            "the rows do not add up: {rows} came in, {counted} were counted",
            "this is a fault of the program and the figures must not be used; report the command with `{out}`",
        ),
    },
    "replay-busy": {
        "zh": Text("另一次回放正在往 `{out}` 里写", "等它做完，或者另选 --out。"),
        "en": Text("another run is writing to `{out}`", "wait for it, or choose another --out"),
    },
    "spark-no-java": {
        "zh": Text("没有找到 Java，Spark 不能运行", "安装 Java 17，或者把 JAVA_HOME 指向它的文件夹。"),
        "en": Text(
            "Spark needs Java, and there is none", "install Java 17, or point JAVA_HOME at its folder"
        ),
    },
    "spark-failed": {
        "zh": Text(
            "Spark 没有做成 `{source}`：{reason}", "请核对 --spark 的地址和文件，原因在 Spark 的日志里。"
        ),
        "en": Text(
            "Spark failed on `{source}`: {reason}",
            "check the address after --spark and the files; Spark's own log tells more",
        ),
    },
    "replay-no-rows": {
        "zh": Text("没有可以回放的文件：{paths}", "请给出文件、文件夹或者通配符。"),
        "en": Text("nothing to replay in {paths}", "name a file, a folder or a pattern"),
    },
    "replay-no-map": {
        "zh": Text(
            "不知道 `{source}` 的哪一列是什么：旁边没有 map.yaml",
            "先运行 dutyroute replay --suggest-map {source} 起草一份，核对后放在旁边，或者用 --map 指定。",
        ),
        "en": Text(
            "nothing says which column of `{source}` is what: there is no map.yaml beside it",
            "draft one with dutyroute replay --suggest-map {source}, check it, and put it beside the file or name it with --map",
        ),
    },
    "replay-many-maps": {
        "zh": Text(
            "`{source}` 旁边有几份 map.yaml：{maps}", "用 --map 指定一份，或者按“文件名.map.yaml”命名。"
        ),
        "en": Text(
            "several maps lie beside `{source}`: {maps}",
            "name one with --map, or call it after the file, as in NAME.map.yaml",
        ),
    },
}

WORDS: dict[str, dict[Lang, str]] = {
    # ── outcomes ──
    "outcome-agree": {"zh": "一致", "en": "agree"},
    "outcome-in-chain": {"zh": "在职责链内", "en": "in the chain"},
    "outcome-diverge": {"zh": "不一致", "en": "diverge"},
    "outcome-undecided": {"zh": "无法比较", "en": "undecided"},
    "outcome-unroutable": {"zh": "无法分派", "en": "unroutable"},
    "outcome-bad-row": {"zh": "读不懂的行", "en": "bad row"},
    "means-agree": {"zh": "当时的承办单位就是规则的主办", "en": "whoever handled it is the rulebook's lead"},
    "means-in-chain": {
        "zh": "当时的承办单位不主办，但有别的职责",
        "en": "whoever handled it has another role than the lead",
    },
    "means-diverge": {"zh": "当时的承办单位没有任何职责", "en": "whoever handled it has no role at all"},
    "means-undecided": {
        "zh": "没有记录承办单位，或者主办定不下来",
        "en": "no handler is recorded, or nobody leads for certain",
    },
    "means-unroutable": {
        "zh": "事项不在规则库内、事实自相矛盾，或者当日没有规则",
        "en": "no such matter, contradictory facts, or no rule in force",
    },
    "means-bad-row": {"zh": "行或者其中的值读不懂", "en": "the row, or a value in it, cannot be read"},
    # ── reasons ──
    "reason-leads": {"zh": "承办单位是主办", "en": "the handler leads"},
    "reason-other-role": {"zh": "承办单位有别的职责", "en": "the handler has another role"},
    "reason-possible-role": {
        "zh": "承办单位可能有职责，要看未知的事实",
        "en": "the handler may have a role, depending on unknown facts",
    },
    "reason-no-role": {"zh": "承办单位没有职责", "en": "the handler has no role"},
    "reason-no-role-no-lead": {
        "zh": "承办单位没有职责，规则也没有主办",
        "en": "the handler has no role, and the rulebook has no lead",
    },
    "reason-no-handler": {"zh": "没有记录承办单位", "en": "no handler is recorded"},
    "reason-handler-unknown": {
        "zh": "承办单位不是规则里的主体",
        "en": "the handler is no party of the rulebook",
    },
    "reason-lead-open": {"zh": "主办要看未知的事实", "en": "the lead depends on unknown facts"},
    "reason-lead-missing": {"zh": "规则没有给出主办", "en": "the rulebook gives no lead"},
    "reason-lead-contested": {"zh": "规则给出了几个主办", "en": "the rulebook gives more leads than one"},
    "reason-rejected": {"zh": "行被退回，见 rejects.csv", "en": "rejected, see rejects.csv"},
    # ── columns ──
    "column-source": {"zh": "来源", "en": "source"},
    "column-row": {"zh": "行", "en": "row"},
    "column-id": {"zh": "编号", "en": "id"},
    "column-date": {"zh": "日期", "en": "date"},
    "column-area": {"zh": "区域", "en": "area"},
    "column-matter": {"zh": "事项", "en": "matter"},
    "column-recorded": {"zh": "原记录的承办单位", "en": "handler as recorded"},
    "column-handler": {"zh": "承办主体", "en": "handler"},
    "column-lead": {"zh": "规则的主办", "en": "rulebook's lead"},
    "column-outcome": {"zh": "结果", "en": "outcome"},
    "column-reason": {"zh": "原因", "en": "reason"},
    "column-roles": {"zh": "承办主体的职责", "en": "roles of the handler"},
    "column-flags": {"zh": "标志", "en": "flags"},
    "column-ask": {"zh": "未知的事实", "en": "unknown facts that matter"},
    "column-rules": {"zh": "规则", "en": "rules"},
    "column-clauses": {"zh": "条款", "en": "clauses"},
    "column-column": {"zh": "列", "en": "column"},
    "column-value": {"zh": "值", "en": "value"},
    "column-why": {"zh": "为什么退回", "en": "why"},
    "semicolon": {"zh": "；", "en": "; "},
    "no-lead": {"zh": "（没有主办）", "en": "(nobody leads)"},
    "no-date": {"zh": "（没有日期）", "en": "(no date)"},
    "column-before": {"zh": "原来的主办", "en": "lead before"},
    "column-after": {"zh": "现在的主办", "en": "lead now"},
    "column-regions": {"zh": "变化的情形", "en": "regions"},
}
