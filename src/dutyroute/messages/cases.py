"""Messages about cases, and about decisions that differ from them."""

from __future__ import annotations

from dutyroute.messages import Lang, Text

__all__ = ["MESSAGES"]

MESSAGES: dict[str, dict[Lang, Text]] = {
    "no-cases": {
        "zh": Text("{path} 里没有案例", "案例文件以 `cases:` 开头，下面逐个列出。"),
        "en": Text(
            "there are no cases in {path}", "a case file begins with `cases:` and lists them below it"
        ),
    },
    "case-incident": {
        "zh": Text("案例的案件读不懂：{said}"),
        "en": Text("the case's incident cannot be read: {said}"),
    },
    "case-other-matter": {
        "zh": Text("期望的事项 `{word}` 不在本案件中", "请写 incident 中的一个事项。"),
        "en": Text(
            "the expected matter `{word}` is none of the incident's", "name one of the incident's matters"
        ),
    },
    "case-expects-nothing": {
        "zh": Text("案例 `{word}` 什么也没有期望，永远会通过", "请写 lead、duties、never 等至少一项。"),
        "en": Text(
            "case `{word}` expects nothing, so it could never fail", "give lead, duties, never or another"
        ),
    },
    "case-refused": {
        "zh": Text("案件被拒绝：{said}"),
        "en": Text("the incident was refused: {said}"),
    },
    "case-status": {
        "zh": Text("状态应为 {expected}，决定中是 {found}"),
        "en": Text("the status should be {expected}, but is {found}"),
    },
    "case-lead": {
        "zh": Text("主办应为{expected}，决定中是{found}"),
        "en": Text("the lead should be {expected}, but is {found}"),
    },
    "case-flags": {
        "zh": Text("标志应为{expected}，决定中是{found}"),
        "en": Text("the flags should be {expected}, but are {found}"),
    },
    "case-ask": {
        "zh": Text("要问的事实应为{expected}，决定中是{found}"),
        "en": Text("the facts to ask should be {expected}, but are {found}"),
    },
    "case-missing": {
        "zh": Text(
            "{party}应承担“{role}”，决定中没有", "；可能的规则：{rules}", "；没有任何规则规定这一职责"
        ),
        "en": Text(
            "{party} should hold {role}, but does not",
            "; rules that could give it: {rules}",
            "; no rule could give it",
        ),
    },
    "case-only-possible": {
        "zh": Text("{party}的“{role}”应当确定，决定中取决于未知事实", "；规则：{rules}"),
        "en": Text("{party}'s {role} should be certain, but hangs on unknown facts", "; rules: {rules}"),
    },
    "case-certain-already": {
        "zh": Text("{party}的“{role}”应取决于未知事实，决定中已确定", "；规则：{rules}"),
        "en": Text("{party}'s {role} should hang on unknown facts, but is certain", "; rules: {rules}"),
    },
    "case-to": {
        "zh": Text("{party}“{role}”的对象应为{expected}，决定中是{found}", "；规则：{rules}"),
        "en": Text("{party}'s {role} should go to {expected}, but goes to {found}", "; rules: {rules}"),
    },
    "case-within": {
        "zh": Text("{party}“{role}”的时限应为{expected}，决定中是{found}", "；规则：{rules}"),
        "en": Text(
            "{party}'s {role} should be due within {expected}, but is due {found}", "; rules: {rules}"
        ),
    },
    "case-forbidden": {
        "zh": Text("{party}不应承担“{role}”，决定中却有", "；规则：{rules}"),
        "en": Text("{party} should not hold {role}, but does", "; rules: {rules}"),
    },
    "case-not-recused": {
        "zh": Text("{party}应回避“{role}”，决定中没有"),
        "en": Text("{party} should step aside from {role}, but does not"),
    },
}
