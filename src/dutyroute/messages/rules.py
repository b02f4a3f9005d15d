"""Messages about rules that say something impossible or unknown."""

from __future__ import annotations

from dutyroute.messages import Lang, Text

__all__ = ["MESSAGES"]

_MEANT_ZH = "是否指 {suggestion}？"
_MEANT_EN = "did you mean {suggestion}?"


def _unknown(zh: str, en: str, where_zh: str, where_en: str) -> dict[Lang, Text]:
    """Word the message about an identifier that nothing defines."""
    return {
        "zh": Text(f"没有这个{zh}：`{{word}}`", _MEANT_ZH, f"请先在{where_zh} 下定义，或改用已有的{zh}。"),
        "en": Text(
            f"unknown {en}: `{{word}}`", _MEANT_EN, f"define it under {where_en}, or use one that exists"
        ),
    }


MESSAGES: dict[str, dict[Lang, Text]] = {
    "missing-rulebook": {
        "zh": Text(
            "没有规则库的基本信息", "请在 rulebook.yaml 中写 `rulebook:`，填 id、title、english、edition。"
        ),
        "en": Text(
            "the rulebook's own header is missing", "write `rulebook:` with id, title, english and edition"
        ),
    },
    "missing-key": {
        "zh": Text("缺少 `{key}`", "请补上 `{key}: …`。"),
        "en": Text("`{key}` is missing", "add `{key}: …`"),
    },
    "unknown-key": {
        "zh": Text("这里不能写 `{word}`", "是否指 `{suggestion}`？", "这里可以写：{known}。"),
        "en": Text(
            "`{word}` cannot stand here", "did you mean `{suggestion}`?", "what can stand here: {known}"
        ),
    },
    "wrong-type": {
        "zh": Text("这里的 `{value}` 写法不对", "应当写：{expected}。"),
        "en": Text("`{value}` is not of the right kind", "write {expected}"),
    },
    "wrong-value": {
        "zh": Text("`{fact}` 不能取 `{value}`", "应当写：{expected}。"),
        "en": Text("`{fact}` cannot be `{value}`", "write {expected}"),
    },
    "wrong-length": {
        "zh": Text("文字是空的，或者太长", "请改短，最多 {limit} 个字符。", "请填写内容。"),
        "en": Text("the text is empty, or too long", "keep it to {limit} characters", "fill it in"),
    },
    "bad-date": {
        "zh": Text(
            "日期 `{value}` 写法不对",
            "请写成 {suggestion}，不加引号。",
            "日期写成 2026-03-01 的样子，不加引号。",
        ),
        "en": Text(
            "`{value}` is not a date",
            "write {suggestion}, without quotes",
            "write a date as 2026-03-01, without quotes",
        ),
    },
    "bad-identifier": {
        "zh": Text(
            "标识 `{word}` 写法不对",
            "这里只能写英文标识，是否指 {suggestion}？",
            "标识用英文小写字母和数字，以连字符相连，例如 fire-lane-blocking。",
        ),
        "en": Text(
            "`{word}` is not an identifier",
            "only identifiers stand here: did you mean {suggestion}?",
            "use lower-case letters and digits joined by hyphens, as in fire-lane-blocking",
        ),
    },
    "bad-fact-identifier": {
        "zh": Text("事实的标识 `{word}` 写法不对", "用英文小写字母和数字，以下划线相连，例如 reported_at。"),
        "en": Text(
            "`{word}` is not a fact's identifier",
            "use lower-case letters and digits joined by underscores, as in reported_at",
        ),
    },
    "bad-clause-key": {
        "zh": Text("条款机器键 `{word}` 写法不对", "例如 3.2.1.5；只用数字、字母、点和连字符。"),
        "en": Text(
            "`{word}` is not a clause key", "write it as 3.2.1.5, with digits, letters, dots and hyphens"
        ),
    },
    "bad-reference": {
        "zh": Text("依据 `{word}` 写法不对", "写成“文件/条款”，例如 opinion/3.2.1.5。"),
        "en": Text(
            "`{word}` is not a reference to a clause", "write `instrument/clause`, as in opinion/3.2.1.5"
        ),
    },
    "bad-within": {
        "zh": Text(
            "时限 `{word}` 写法不对", "写成 24h（小时）、5d（天）或 1w（周）；工作日无法换算，请折算成天。"
        ),
        "en": Text(
            "`{word}` is not a time limit", "write 24h, 5d or 1w; working days need a calendar, so give days"
        ),
    },
    "bad-digest": {
        "zh": Text(
            "摘要值 `{word}` 写法不对",
            "应当是 16 位小写十六进制数字，加引号；运行 dutyroute trace --text 文件 --digests 可以得到。",
        ),
        "en": Text(
            "`{word}` is not the digest of a clause",
            "16 hexadecimal digits in quotes, as dutyroute trace --text FILE --digests prints them",
        ),
    },
    "bad-holders": {
        "zh": Text("承担者的个数写法不对", "请只写 exactly，或者写 at_least、at_most（前者不能大于后者）。"),
        "en": Text(
            "this is not a number of holders",
            "write exactly, or at_least and at_most (the first not above the second)",
        ),
    },
    "empty-period": {
        "zh": Text("有效期是空的，没有一天有效", "until（不含当日）必须晚于 from。"),
        "en": Text("the period has no day in it", "`until` (that day excluded) must be later than `from`"),
    },
    "empty-list": {
        "zh": Text("列表是空的", "请至少写一项，或者删去这一行。"),
        "en": Text("the list is empty", "give at least one entry, or drop the line"),
    },
    "empty-range": {
        "zh": Text("`{fact}` 的范围里没有任何值", "请检查上限和下限是否写反。"),
        "en": Text("no value of `{fact}` lies in this range", "check whether the two ends are swapped"),
    },
    "range-not-allowed": {
        "zh": Text("`{fact}` 不能这样写范围", "应当写：{expected}。范围只用于整数和日期。"),
        "en": Text(
            "`{fact}` takes no range here", "write {expected}; ranges are for whole numbers and dates"
        ),
    },
    "unknown-range": {
        "zh": Text(
            "没有 `{word}` 这种比较",
            "是否指 `{suggestion}`？",
            "可以写 at_least、more_than、at_most、less_than、not。",
        ),
        "en": Text(
            "unknown comparison: `{word}`",
            "did you mean `{suggestion}`?",
            "write at_least, more_than, at_most, less_than or not",
        ),
    },
    "unknown-choice": {
        "zh": Text("不能写 `{word}`", "是否指 `{suggestion}`？可以写：{known}。", "可以写：{known}。"),
        "en": Text(
            "`{word}` is not one of the choices",
            "did you mean `{suggestion}`? It can be {known}",
            "it can be {known}",
        ),
    },
    "unknown-value": {
        "zh": Text("`{fact}` 没有 `{word}` 这个值", _MEANT_ZH, "可以写：{known}。"),
        "en": Text("`{fact}` has no value `{word}`", _MEANT_EN, "it can be {known}"),
    },
    "unknown-party": _unknown("主体", "party", "词汇的 `parties:`", "`parties`"),
    "unknown-role": _unknown("角色", "role", "词汇的 `roles:`", "`roles`"),
    "unknown-matter": _unknown("事项", "matter", "词汇的 `matters:`", "`matters`"),
    "unknown-fact": _unknown("事实", "fact", "词汇的 `facts:`", "`facts`"),
    "unknown-flag": _unknown("标志", "flag", "词汇的 `flags:`", "`flags`"),
    "unknown-rule": _unknown("规则", "rule", " `rules:`", "`rules`"),
    "unknown-instrument": _unknown("文件", "instrument", " `instrument:`", "`instrument`"),
    "unknown-clause": _unknown("条款", "clause", "该文件的 `clauses:`", "the instrument's `clauses`"),
    "duplicate-id": {
        "zh": Text("标识 `{word}` 用了两次", "请改其中一个；标识不能重复。"),
        "en": Text("the identifier `{word}` is used twice", "rename one of the two"),
    },
    "ambiguous-name": {
        "zh": Text(
            "“{word}”既指 `{first}` 又指 `{second}`", "请改其中一个的名称或别名，否则录入案件时分不清。"
        ),
        "en": Text(
            "`{word}` stands for both `{first}` and `{second}`",
            "change the name or alias of one, or incidents cannot tell them apart",
        ),
    },
    "parent-cycle": {
        "zh": Text("事项 `{word}` 的上级绕了一圈又回到自己", "请改 parent，使事项成为一棵树。"),
        "en": Text(
            "the parents of matter `{word}` run in a circle", "change `parent`, so that matters form a tree"
        ),
    },
    "override-cycle": {
        "zh": Text("规则互相优先：经 `{word}` 又回到自己", "请删去其中一个 overrides。"),
        "en": Text("rules override each other in a circle, through `{word}`", "drop one of the `overrides`"),
    },
    "reserved-name": {
        "zh": Text("事实不能叫 `{word}`", "id、text、any、all、not 另有用途，请换一个标识。"),
        "en": Text(
            "a fact cannot be called `{word}`",
            "id, text, any, all and not have another use; choose another name",
        ),
    },
    "tree-is-matter": {
        "zh": Text(
            "`{word}` 的类型不对", "类型 tree 只用于事项 matter；其他事实用 enum、bool、int 或 date。"
        ),
        "en": Text(
            "`{word}` is of the wrong type",
            "tree is for `matter` alone; other facts are enum, bool, int or date",
        ),
    },
    "key-not-for-type": {
        "zh": Text(
            "类型为 {type} 的事实不能写 `{key}`",
            "values 仅用于 enum，at_least、at_most 仅用于 int，default 不用于 tree。",
        ),
        "en": Text(
            "a fact of type {type} takes no `{key}`",
            "values are for enum, at_least and at_most for int, default not for tree",
        ),
    },
    "no-date-fact": {
        "zh": Text(
            "写了有效期，但规则库没有说按哪个日期判断",
            "请在 `rulebook:` 下写 `date: reported_at` 一类的日期事实。",
        ),
        "en": Text(
            "there is a period, but the rulebook names no date to read it against",
            "write `date: reported_at`, or another date fact, under `rulebook:`",
        ),
    },
    "not-a-date-fact": {
        "zh": Text("`{word}` 不是日期", "请写一个类型为 date 的事实。"),
        "en": Text("`{word}` is not a date", "name a fact of type date"),
    },
    "empty-rule": {
        "zh": Text("规则 `{word}` 什么也没有规定", "请写 assign（职责），或者 flag（标志）。"),
        "en": Text("rule `{word}` says nothing", "give it `assign`, or `flag`"),
    },
    "default-not-assigned": {
        "zh": Text(
            "规则为角色 `{word}` 兜底，assign 里却没有它", "请在 assign 中写 `{word}: …`，或改 default。"
        ),
        "en": Text(
            "the rule is a default for `{word}` but does not assign it",
            "write `{word}: …` under assign, or change `default`",
        ),
    },
    "joint-of-one": {
        "zh": Text("写了共同承担，但没有一个角色有两个以上主体", "请删去 joint，或补上主体。"),
        "en": Text("`joint` is set, but no role has two parties", "drop `joint`, or add the party"),
    },
    "repeated-party": {
        "zh": Text("`{word}` 在角色 `{role}` 中写了两次", "请删去一个。"),
        "en": Text("`{word}` stands twice under `{role}`", "drop one"),
    },
    "recusal-without-party": {
        "zh": Text("`{word}` 的值里没有任何主体，无从回避", "请写取值包含主体的枚举事实，例如 respondent。"),
        "en": Text(
            "no value of `{word}` is a party, so nobody could step aside",
            "name an enumerated fact with parties among its values, such as respondent",
        ),
    },
}
