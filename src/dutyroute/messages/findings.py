"""Messages about what checks find in a rulebook."""

from __future__ import annotations

from dutyroute.messages import Lang, Text

__all__ = ["MESSAGES", "WHY", "WORDS"]

WORDS: dict[str, dict[Lang, str]] = {
    "example": {"zh": "例如", "en": "for example"},
    "and": {"zh": "、", "en": ", "},
    "named": {"zh": "{name}（`{id}`）", "en": "`{id}` ({name})"},
    "obligation": {"zh": "“{name}”（`{id}`）", "en": "`{id}` ({name})"},
    "clause": {"zh": "{label}（{id}，{heading}）", "en": "{id} ({label}, {heading})"},
    "rule": {"zh": "规则 `{id}`（{title}）", "en": "rule `{id}` ({title})"},
    "recusal": {"zh": "按 `{fact}` 回避的规定", "en": "the recusal by `{fact}`"},
    "days": {"zh": "{since} 至 {last}", "en": "from {since} to {last}"},
    "days-from": {"zh": "{since} 起", "en": "from {since} on"},
    "days-until": {"zh": "至 {last} 为止", "en": "up to {last}"},
    "always": {"zh": "任何一天", "en": "on every day"},
    "and-more": {"zh": "等 {n} 项", "en": " and {n} more"},
}

WHY: dict[str, dict[Lang, str]] = {
    "contradiction": {"zh": "它的条件互相矛盾", "en": "its conditions contradict each other"},
    "period": {
        "zh": "它的条件与有效期没有共同的日子",
        "en": "no day suits both its conditions and its period",
    },
    "impossible": {
        "zh": "符合它的案件都是 impossible 所排除的",
        "en": "whatever fulfils it is declared impossible",
    },
    "struck": {
        "zh": "凡是它适用的案件，都因 {by} 优先而排除它",
        "en": "{by} overrides it wherever it applies",
    },
    "idle": {
        "zh": "它是兜底规则，而凡是它适用的案件，{role}都已有人承担（{by}）",
        "en": "it is a fallback, and wherever it applies {role} is held already, by {by}",
    },
    "struck-or-idle": {
        "zh": "凡是它适用的案件，不是因 {by} 优先而排除它，就是{role}已有人承担",
        "en": "wherever it applies, either {by} overrides it or {role} is held already",
    },
    "same": {"zh": "{by} 已经给出同样的职责", "en": "{by} gives the same duties"},
    "recused": {"zh": "它给出的职责都因回避而落空", "en": "recusal takes every duty that it gives"},
}
"""Reasons that stand inside a message."""

MESSAGES: dict[str, dict[Lang, Text]] = {
    "lead-gap": {
        "zh": Text(
            "{matter}有的情形无人主办，不满足要求{obligation}",
            "请核对 {rules} 的条件是否过窄，或者补一条规则；没有点名部门的，可用 `default` 写一条兜底规则。",
            "请写一条规则指定主办；没有点名部门的，可用 `default` 写一条兜底规则。",
        ),
        "en": Text(
            "somebody must lead on {matter} by {obligation}, and in some incidents nobody does",
            "check whether {rules} is too narrow, or write another rule; a fallback has `default`",
            "write a rule that assigns the role; a fallback has `default`",
        ),
    },
    "role-conflict": {
        "zh": Text(
            "{matter}有的情形{role}太多：{holders}；{obligation}至多允许 {most} 个",
            "请收窄 {rules} 中的一条，或用 `overrides` 写明哪条优先；确属共同承担的写 `joint: true`。",
        ),
        "en": Text(
            "too many hold {role} on {matter}: {holders}; {obligation} allows {most}",
            "narrow one of {rules}, or say with `overrides` which prevails, or `joint: true` if they share it",
        ),
    },
    "unmet-obligation": {
        "zh": Text(
            "{matter}有的情形{role}只有 {count} 个承担者；{obligation}至少要 {least} 个",
            "请核对 {rules} 的条件是否过窄，或者补一条规则。",
            "请写一条规则指定该角色，或者核对要求的适用条件是否过宽。",
        ),
        "en": Text(
            "on {matter}, {role} has {count} holders in some incidents; {obligation} wants at least {least}",
            "check whether {rules} is too narrow, or write another rule",
            "write a rule that assigns the role, or check whether the obligation reaches too far",
        ),
    },
    "recused-empty": {
        "zh": Text(
            "{matter}有的情形，{recused}要回避，{role}因此空缺；不满足要求{obligation}",
            "请用 `default` 写一条规则，在其回避时由别的主体承担；或者从 recusal 的角色中去掉它。",
        ),
        "en": Text(
            "on {matter}, {recused} must stand aside in some incidents and nobody is left for {role}, "
            "which {obligation} requires",
            "write a fallback with `default` for these incidents, or take the role out of `recusal`",
        ),
    },
    "unrouted-matter": {
        "zh": Text("{matter}在任何情形下都没有主体承担职责", "请为该事项写规则，或者删去该事项。"),
        "en": Text("nobody has any duty on {matter}, whatever the facts", "write rules about it, or drop it"),
    },
    "dead-rule": {
        "zh": Text("规则 `{rule}` 永远不会适用：{why}", "请改正条件，或者删去这条规则。"),
        "en": Text("rule `{rule}` never applies: {why}", "correct its conditions, or drop the rule"),
    },
    "shadowed-rule": {
        "zh": Text(
            "规则 `{rule}` 从不起作用：{why}", "请核对两条规则的条件和 overrides、default，或者删去它。"
        ),
        "en": Text(
            "rule `{rule}` never counts: {why}",
            "check the conditions of both, their `overrides` and `default`, or drop the rule",
        ),
    },
    "redundant-rule": {
        "zh": Text(
            "删去规则 `{rule}`，谁有什么职责都不变：{why}",
            "使依据更全、依据性质更明确的，可以保留；否则请删去或合并。",
        ),
        "en": Text(
            "without rule `{rule}` nobody's duties change: {why}",
            "keep it if it cites another clause or makes the duty surer; otherwise drop or merge it",
        ),
    },
    "redundant-condition": {
        "zh": Text(
            "规则 `{rule}` 的 `{condition}` 多余：去掉之后，适用的案件完全一样",
            "请删去它，或者核对是否写错。",
        ),
        "en": Text(
            "`{condition}` makes no difference to rule `{rule}`: without it, the same incidents fulfil it",
            "drop it, or check whether something else was meant",
        ),
    },
    "date-gap": {
        "zh": Text(
            "{rules} 是同一规则的前后两版，{days}哪一版都不适用",
            "请让后一版的 `from` 等于前一版的 `until`。",
        ),
        "en": Text(
            "{rules} are versions of one rule, and neither applies {days}",
            "let the later one begin (`from`) on the day on which the earlier one ends (`until`)",
        ),
    },
    "date-overlap": {
        "zh": Text(
            "{rules} 看来是同一规则的两版，而{days}两版同时适用",
            "请给前一版写上 `until`，等于后一版的 `from`；不是两版的，请改标题。",
        ),
        "en": Text(
            "{rules} look like versions of one rule, and both apply {days}",
            "end the earlier one (`until`) where the later begins; if they are not versions, change a title",
        ),
    },
    "uncited-clause": {
        "zh": Text(
            "{clause}规定了职责，却没有规则引用它", "请写出这项职责的规则；不含职责的，把 duty 改为 false。"
        ),
        "en": Text(
            "{clause} bears a duty and no rule cites it",
            "write the rule for it; if it bears no duty, set `duty: false`",
        ),
    },
    "uncited-rule": {
        "zh": Text(
            "规则 `{rule}` 派了职责，所引条款却都不含职责：{clauses}",
            "请改引规定这项职责的条款，或核对条款的 duty。",
        ),
        "en": Text(
            "rule `{rule}` assigns a duty, and no clause that it cites bears one: {clauses}",
            "cite the clause that does, or check the `duty` of these",
        ),
    },
    "unused-party": {
        "zh": Text("没有规则提到主体{word}", "请补上它的职责，或者删去。"),
        "en": Text("no rule names the party {word}", "write its duties, or drop it"),
    },
    "unused-matter": {
        "zh": Text("没有规则和要求涉及事项{word}", "请补上规则，或者删去。"),
        "en": Text(
            "no rule and no obligation is about the matter {word}", "write rules about it, or drop it"
        ),
    },
    "unused-fact": {
        "zh": Text("没有条件用到事实{word}", "请补上条件，或者删去；不用的事实会让录入的人白填。"),
        "en": Text("no condition tests the fact {word}", "drop it: people would fill it in for nothing"),
    },
    "unused-role": {
        "zh": Text("没有规则和要求用到角色{word}", "请补上规则，或者删去。"),
        "en": Text("no rule and no obligation uses the role {word}", "write rules with it, or drop it"),
    },
    "unused-flag": {
        "zh": Text("没有规则提示标志{word}", "请补上规则，或者删去。"),
        "en": Text("no rule raises the flag {word}", "write a rule that does, or drop it"),
    },
    "undecided-flag": {
        "zh": Text("{flag}，尚待有权的人决定：{matters}", "定下之后，请改写规则 `{rule}`。"),
        "en": Text("{flag}, to be settled by those who can: {matters}", "once it is, rewrite rule `{rule}`"),
    },
    "empty-setting": {
        "zh": Text(
            "参数 {setting} 没有填写",
            "不填则不触发 {measures}，由人决定；定下之后请写 value。",
            "不填则不触发任何措施，由人决定；定下之后请写 value。",
        ),
        "en": Text(
            "the setting {setting} has no value",
            "without it {measures} is never proposed, ask a person; write `value` once it is decided",
            "nothing is triggered by it, ask a person; write `value` once it is decided",
        ),
    },
    "assumed-basis": {
        "zh": Text("{what}是本地设定，须经有权的人认可", "认可之后，请写明依据并改 basis。"),
        "en": Text("{what} rests on a local assumption, to be signed off", "then cite what it rests on"),
    },
    "not-proven": {
        "zh": Text(
            "{matter}的情形太多，看到 {budget} 处为止，其余未查，不能说没有问题",
            "请拆细事项、减少该事项规则用到的事实，或者放宽节点上限。",
        ),
        "en": Text(
            "{matter} has too many kinds of incident: {budget} places were looked at, the rest is not proven",
            "split the matter, use fewer facts in its rules, or raise the budget",
        ),
    },
    "unknown-check": {
        "zh": Text("没有这个检查：`{word}`", "是否指 `{suggestion}`？", "检查有：{known}。"),
        "en": Text("unknown check: `{word}`", "did you mean `{suggestion}`?", "the checks are {known}"),
    },
}
