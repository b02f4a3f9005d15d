"""Words about the second engine: what it cannot carry, how its process fails, whether the two agree."""

from __future__ import annotations

from dutyroute.messages import Lang, Text

__all__ = ["MESSAGES", "WORDS"]

MESSAGES: dict[str, dict[Lang, Text]] = {
    "engine-refuses-rules": {
        "zh": Text("第二引擎（durable-rules）放不下这些：{refused}", "改写这些条件，或者用 diagram 引擎。"),
        "en": Text(
            "the second engine, durable-rules, cannot carry {refused}",
            "write these conditions differently, or use the diagram",
        ),
    },
    "rete-many-alternatives": {
        "zh": Text("`{name}`（条件展开后的情形多于 64 种）"),
        "en": Text("`{name}` (its condition comes apart into more than 64 alternatives)"),
    },
    "rete-many-terms": {
        "zh": Text("`{name}`（一种情形里的条件多于 24 项）"),
        "en": Text("`{name}` (an alternative of its condition has more than 24 terms)"),
    },
    "rete-same-hash": {
        "zh": Text("事实 `{name}`（durable-rules 会把它的名称当作另一个事实）"),
        "en": Text("the fact `{name}` (durable-rules would take its name for another's)"),
    },
    "rete-large-number": {
        "zh": Text("`{name}`（条件里的数过大）"),
        "en": Text("`{name}` (its condition names too large a number)"),
    },
    "engine-not-started": {
        "zh": Text("第二引擎的进程启动不了：{reason}", "请检查这台机器还有没有内存和进程名额。"),
        "en": Text(
            "the process of the second engine cannot be started: {reason}",
            "see whether the machine has memory and processes left",
        ),
    },
    "engine-not-loaded": {
        "zh": Text(
            "durable-rules 装上了，但加载不了：{reason}",
            "在 Python 3.13 及以上要这样重装：CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject "
            "pip install --no-cache-dir --force-reinstall durable_rules==2.0.28",
        ),
        "en": Text(
            "durable-rules is installed and cannot be loaded: {reason}",
            "on Python 3.13 and later, install it again with CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject "
            "pip install --no-cache-dir --force-reinstall durable_rules==2.0.28",
        ),
    },
    "engine-died": {
        "zh": Text(
            "第二引擎的进程在同一问题上两次中断（{how}）", "这件案件没有第二引擎的答案；可以用 diagram 引擎。"
        ),
        "en": Text(
            "the process of the second engine ended twice on one question ({how})",
            "that incident has no second answer; the diagram has one",
        ),
    },
    "engine-hangs": {
        "zh": Text(
            "第二引擎在同一问题上两次超过 {limit} 秒没有回答，已经结束它的进程",
            "这件案件没有第二引擎的答案；可以用 diagram 引擎。",
        ),
        "en": Text(
            "the second engine took more than {limit} seconds for one question, twice; its process was ended",
            "that incident has no second answer; the diagram has one",
        ),
    },
    "engine-closed": {
        "zh": Text("第二引擎已经关闭", "请另建一个 Router。"),
        "en": Text("the second engine is closed", "make another router"),
    },
}

WORDS: dict[str, dict[Lang, str]] = {
    "option-engine": {
        "zh": "由哪个引擎决定；both 两个都算，逐件对照。不给则为 diagram",
        "en": "what decides; both asks the two and compares them; else diagram",
    },
    "engines-agree": {
        "zh": "两个引擎对照：{total} 件，{agreed} 件答案完全相同，{disagreed} 件不同。",
        "en": "Two engines compared: {agreed} of {total} answers are equal, {disagreed} differ.",
    },
    "engines-differ": {
        "zh": "两个引擎不一致：{total} 件中有 {disagreed} 件答案不同，{agreed} 件相同。其中一个引擎有错，请报告。",
        "en": "The two engines disagree: {disagreed} of {total} answers differ, {agreed} are equal. "
        "One of them is wrong: please report it.",
    },
    "engines-open": {
        "zh": "另有 {open} 件未知的事实太多，无法对照。",
        "en": "{open} more could not be compared: too many facts are unknown.",
    },
    "engines-smallest": {
        "zh": "最小的例子{met}：",
        "en": "The smallest incident that shows it{met}:",
    },
    "engines-met": {"zh": "（见于案件 {incident}）", "en": " (met with {incident})"},
}
