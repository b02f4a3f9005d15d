"""Words about files of cases and their maps: what was found out, what is wrong with a row."""

from __future__ import annotations

from dutyroute.messages import Lang, Text

__all__ = ["MESSAGES", "WORDS"]

MESSAGES: dict[str, dict[Lang, Text]] = {
    "source-unknown-kind": {
        "zh": Text("不知道怎么读 `{source}`", "可以读的扩展名：{known}。"),
        "en": Text("there is no way to read `{source}`", "endings that can be read: {known}"),
    },
    "source-unreadable": {
        "zh": Text("`{source}` 读不下去：{reason}", "请核对文件是否完整、格式是否与扩展名相符。"),
        "en": Text(
            "`{source}` cannot be read: {reason}", "see whether it is whole, and what its ending says"
        ),
    },
    "source-has-no-use": {
        "zh": Text("`{source}` 用不上 {setting}", "去掉这一项。"),
        "en": Text("`{source}` has no use for {setting}", "leave it out"),
    },
    "source-unknown-encoding": {
        "zh": Text("没有 `{encoding}` 这种编码", "常用的有 utf-8、gb18030、utf-16。"),
        "en": Text("there is no encoding `{encoding}`", "common ones are utf-8, gb18030, utf-16"),
    },
    "source-no-query": {
        "zh": Text("没有说从 `{source}` 取哪些案件", "用 --query 给出 SQL，例如 select * from cases。"),
        "en": Text(
            "nothing says which cases to take from `{source}`",
            "give SQL with --query, as in select * from cases",
        ),
    },
    "source-no-sheet": {
        "zh": Text("`{source}` 里没有工作表 `{sheet}`", "有的是：{known}。"),
        "en": Text("`{source}` has no sheet `{sheet}`", "there are: {known}"),
    },
    "map-unknown-key": {
        "zh": Text("不认识 `{key}`", "是否指 `{suggestion}`？", "可以写的是：{known}。"),
        "en": Text("unknown key `{key}`", "did you mean `{suggestion}`?", "expected one of: {known}"),
    },
    "map-wrong-value": {
        "zh": Text("`{key}` 不能是 `{value}`", "应当是{expected}。"),
        "en": Text("`{key}` cannot be `{value}`", "expected {expected}"),
    },
    "map-unknown-fact": {
        "zh": Text("规则库里没有 `{fact}` 这个事实", "是否指 {suggestion}？", "可以写的是：{known}。"),
        "en": Text(
            "the rulebook has no fact `{fact}`", "did you mean {suggestion}?", "expected one of: {known}"
        ),
    },
    "map-unknown-word": {
        "zh": Text("`{value}` 不是 {fact} 可以取的值", "是否指 {suggestion}？", "请核对词汇表。"),
        "en": Text("`{value}` is no value of {fact}", "did you mean {suggestion}?", "see the vocabulary"),
    },
    "map-without-matter": {
        "zh": Text("没有说哪一列是事项", "在 facts 下写 matter: {{column: …}}。"),
        "en": Text("nothing says which column is the matter", "write matter: {{column: …}} under facts"),
    },
    "map-no-such-column": {
        "zh": Text("`{source}` 没有 `{column}` 这一列", "是否指 `{suggestion}`？", "有的是：{known}。"),
        "en": Text(
            "`{source}` has no column `{column}`", "did you mean `{suggestion}`?", "there are: {known}"
        ),
    },
}

WORDS: dict[str, dict[Lang, str]] = {
    "note-encoding": {"zh": "编码 {encoding}", "en": "encoding {encoding}"},
    "note-comma": {"zh": "逗号分隔", "en": "separated by commas"},
    "note-tab": {"zh": "制表符分隔", "en": "separated by tabs"},
    "note-semicolon": {"zh": "分号分隔", "en": "separated by semicolons"},
    "note-pipe": {"zh": "竖线分隔", "en": "separated by bars"},
    "note-sheet": {"zh": "工作表“{sheet}”", "en": "sheet “{sheet}”"},
    "row-torn": {
        "zh": "应有 {expected} 格，实有 {found} 格",
        "en": "cells: {found} instead of {expected}",
    },
    "row-not-json": {"zh": "不是一个 JSON 对象", "en": "not one JSON object"},
    "value-not-text": {"zh": "字节不是该编码的文字", "en": "bytes that are no text in this encoding"},
    "value-unknown": {"zh": "map 和词汇表里都没有这个值", "en": "neither map nor vocabulary has this value"},
    "value-not-date": {"zh": "不是日期", "en": "not a date"},
    "value-not-number": {"zh": "不是整数", "en": "not a whole number"},
    "value-missing": {"zh": "没有写事项", "en": "no matter is given"},
    "value-rounded": {
        "zh": "位数过长，已被电子表格四舍五入",
        "en": "so many digits that a spreadsheet has rounded them",
    },
    "draft-head": {
        "zh": "草稿：逐项核对，补上没有放进去的值，再用来回放。",
        "en": "A draft: check every line and place the values that are left before replaying with it.",
    },
    "draft-no-matter": {
        "zh": "没有找到哪一列是事项，请写 matter: {column: …, values: {…}}",
        "en": "no column looks like the matter; write matter: {column: …, values: {…}}",
    },
    "draft-values": {
        "zh": "下面的值放不进词汇表，请逐个写明（写 null 表示不知道）：",
        "en": "the vocabulary has none of these values; say what each stands for (null for unknown):",
    },
    "draft-rows": {"zh": "{rows} 行", "en": "{rows} rows"},
    "draft-left": {
        "zh": "“{column}”作为 {fact}：有 {count} 个不同的值放不进词汇表",
        "en": "“{column}” as {fact}: {count} different values have no place in the vocabulary",
    },
    "draft-unused": {"zh": "没有用上的列：{columns}", "en": "columns not used: {columns}"},
    "row-skipped": {"zh": "map 要求跳过", "en": "skipped by the map"},
}
