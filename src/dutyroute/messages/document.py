"""What is said about a person's own copy of a document, in Chinese and in English."""

from __future__ import annotations

from dutyroute.messages import Lang

__all__ = ["WORDS"]

WORDS: dict[str, dict[Lang, str]] = {
    "option-text": {
        "zh": "对照您手中的文件（纯文本）：哪些条款变了，哪些规则以它们为依据",
        "en": "hold your copy of the document (plain text) against the clauses: what changed, which rules rest on it",
    },
    "option-instrument": {
        "zh": "是哪份文件；只有一份的不用写",
        "en": "which instrument it is, where there are several",
    },
    "option-digests": {
        "zh": "只列出各条款的摘要值，供写入文件目录",
        "en": "only print the clauses' digests, to be put into the instrument's file",
    },
    "text-which": {
        "zh": "规则库有几份文件，请用 --instrument 指明：{known}",
        "en": "say which instrument: --instrument {known}",
    },
    "text-needs-file": {"zh": "{option} 要与 --text 同用", "en": "{option} goes with --text"},
    "text-not-with": {"zh": "{option} 不能与 --text 同用", "en": "{option} does not go with --text"},
    "text-unknown": {
        "zh": "规则库没有文件 {word}；有 {known}",
        "en": "there is no instrument {word}; there is {known}",
    },
    "text-unnumbered": {
        "zh": "{file} 里没有认出任何编号（一、（一）1.（1））；请另存为纯文本再试",
        "en": "{file} has no numbering that is known; save it as plain text, with the numbers",
    },
    "text-sound": {
        "zh": "{title}：{count} 条原文未变。",
        "en": "{title}: {count} clauses say what they said.",
    },
    "text-found": {
        "zh": "{title}：{sound} 条未变，{changed} 条改动，{moved} 条移动，{vanished} 条不见，{added} 条新增。",
        "en": "{title}: {sound} clauses unchanged, {changed} changed, {moved} moved, {vanished} gone, {added} new.",
    },
    "text-changed": {"zh": "改动　{label} {heading}", "en": "Changed  {label} {heading}"},
    "text-moved": {"zh": "移动　{label} {heading} → {to}", "en": "Moved    {label} {heading} → {to}"},
    "text-vanished": {"zh": "不见　{label} {heading}", "en": "Gone     {label} {heading}"},
    "text-added": {"zh": "新增　{label}：{words}", "en": "New      {label}: {words}"},
    "text-rules": {"zh": "　　　以它为依据的规则：{rules}", "en": "         rules that rest on it: {rules}"},
    "text-no-rules": {"zh": "　　　没有规则以它为依据", "en": "         no rule rests on it"},
    "text-unquoted": {
        "zh": "引文　规则 {rule} 引的“{quote}”在它的条款里找不到了",
        "en": "Quote    rule {rule} quotes “{quote}”, which none of its clauses says any more",
    },
    "text-undigested": {
        "zh": "还有 {count} 条没有摘要值，没有核对；加 --digests 可以得到。",
        "en": "{count} clauses carry no digest and were not compared; --digests prints them.",
    },
}
