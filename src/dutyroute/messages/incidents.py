"""Messages about incidents that cannot be read."""

from __future__ import annotations

from dutyroute.messages import Lang, Text

__all__ = ["MESSAGES"]

MESSAGES: dict[str, dict[Lang, Text]] = {
    "incident-not-a-mapping": {
        "zh": Text("案件应当是“事实: 值”的形式，而不是 `{value}`"),
        "en": Text("an incident is `fact: value` pairs, not `{value}`"),
    },
    "incident-without-matter": {
        "zh": Text(
            "案件没有写事项 `matter`", "请写明是什么事，例如 matter: fire-lane-blocking（占用消防通道）。"
        ),
        "en": Text(
            "the incident does not say its `matter`", "say what it is about, as in matter: fire-lane-blocking"
        ),
    },
    "incident-unknown-fact": {
        "zh": Text("没有 `{fact}` 这个事实", "是否指 {suggestion}？", "应当写{expected}。"),
        "en": Text("there is no fact `{fact}`", "did you mean {suggestion}?", "expected {expected}"),
    },
    "incident-fact-twice": {
        "zh": Text("事实 `{fact}` 给了两次", "同一事实只能用一个名称给一次。"),
        "en": Text("the fact `{fact}` is given twice", "give each fact once, under one of its names"),
    },
    "incident-wrong-value": {
        "zh": Text("`{fact}` 不能取 `{value}`", "是否指 {suggestion}？", "应当是{expected}。"),
        "en": Text("`{fact}` cannot be `{value}`", "did you mean {suggestion}?", "expected {expected}"),
    },
    "incident-matter-twice": {
        "zh": Text("事项 `{value}` 写了两次", "同一事项只写一次。"),
        "en": Text("the matter `{value}` is given twice", "give each matter once"),
    },
    "incident-impossible": {
        "zh": Text("案件自相矛盾：{value}", "请核对其中的事实，它们不能同时成立。"),
        "en": Text(
            "the incident contradicts itself: {value}", "check these facts, they cannot hold together"
        ),
    },
    "incident-no-rules-then": {
        "zh": Text("{value} 这一天没有任何规则有效", "规则的有效期是{expected}。"),
        "en": Text("no rule is in force on {value}", "the rules are in force {expected}"),
    },
    "incident-too-open": {
        "zh": Text("未知的事实太多，可能的答案无法穷尽", "请先补充几项事实再询问。"),
        "en": Text("too many facts are unknown to list the possible answers", "give some more facts"),
    },
    "incident-too-open-for-rete": {
        "zh": Text(
            "未知的事实太多，第二引擎无法逐一试完，不能对照", "请先补充几项事实，或者用 --engine diagram。"
        ),
        "en": Text(
            "too many facts are unknown for the second engine to try them all: not comparable",
            "give some more facts, or use --engine diagram",
        ),
    },
    "incident-too-long": {
        "zh": Text("`{fact}` 的内容过长", "不得超过 {expected} 个字符。"),
        "en": Text("`{fact}` is too long", "give at most {expected} characters"),
    },
}
