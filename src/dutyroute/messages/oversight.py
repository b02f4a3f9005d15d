"""What is said about oversight, in Chinese and in English."""

from __future__ import annotations

from dutyroute.messages import Lang, Text

__all__ = ["MESSAGES", "WORDS"]

_MEANT: dict[Lang, str] = {"zh": "是否指 {suggestion}？", "en": "did you mean {suggestion}?"}

MESSAGES: dict[str, dict[Lang, Text]] = {
    # ── faults of the rules ──
    "unknown-setting": {
        "zh": Text("没有这个参数：`{word}`", _MEANT["zh"], "请先在 `settings:` 下定义，值可以留空。"),
        "en": Text(
            "unknown setting: `{word}`", _MEANT["en"], "define it under `settings`; its value may stay empty"
        ),
    },
    "unknown-measure": {
        "zh": Text("没有这个措施：`{word}`", _MEANT["zh"], "请先在 `measures:` 下定义。"),
        "en": Text("unknown measure: `{word}`", _MEANT["en"], "define it under `measures`"),
    },
    "setting-of-other-type": {
        "zh": Text(
            "参数 `{word}` 的类型是 {type}，不能用在这里", "条件、期间、分值用 number，渠道用 names。"
        ),
        "en": Text(
            "the setting `{word}` is of type {type}, which does not fit here",
            "conditions, windows and points take a number, channels take names",
        ),
    },
    "setting-value": {
        "zh": Text("参数 `{setting}` 不能取 `{value}`", "应当写：{expected}。"),
        "en": Text("the setting `{setting}` cannot be `{value}`", "write {expected}"),
    },
    "unknown-channel": {
        "zh": Text("没有这个渠道：`{word}`", _MEANT["zh"], "渠道是事实 channel 的取值。"),
        "en": Text(
            "unknown channel: `{word}`", _MEANT["en"], "channels are the values of the fact `channel`"
        ),
    },
    "oversight-name-taken": {
        "zh": Text("`{word}` 已经是监督中的事实，计数不能再用", "请给计数换一个标识。"),
        "en": Text("`{word}` is a fact of oversight already", "give the counter another identifier"),
    },
    "sanction-not-company": {
        "zh": Text(
            "惩戒措施 `{measure}` 只能对物业服务企业",
            "请写 `subject: property-company`；原文没有对其他主体的惩戒。",
        ),
        "en": Text(
            "the sanction `{measure}` can touch property companies only",
            "write `subject: property-company`; the text knows no other",
        ),
    },
    "sanction-ladder": {
        "zh": Text("惩戒措施 `{measure}` 以 `{other}` 为前提", "原文只是列举，不是阶梯；请删去这个条件。"),
        "en": Text(
            "the sanction `{measure}` presupposes `{other}`",
            "the text lists them and makes no ladder; drop the condition",
        ),
    },
    "measure-cycle": {
        "zh": Text("措施互相以对方为前提：{circle}", "请断开其中一个条件。"),
        "en": Text("measures depend on each other in a circle: {circle}", "drop one of the conditions"),
    },
    "measure-names-matter": {
        "zh": Text(
            "措施 `{measure}` 的条件不能写 matter", "对象写在 `subject:`，事项写在计数的 `matters:`。"
        ),
        "en": Text(
            "the condition of `{measure}` cannot name `matter`",
            "whom it is about stands under `subject`, matters stand in a counter",
        ),
    },
    "rating-twice": {
        "zh": Text("`{subject}` 已有信用评价 `{other}`", "一类对象只能有一种评价，请合并。"),
        "en": Text(
            "`{subject}` is rated by `{other}` already", "one rating for each kind of subject: merge them"
        ),
    },
    "settings-only": {
        "zh": Text("参数文件中只能写 `settings:`，每项只有 id 和 value", "标题、依据等写在规则库中。"),
        "en": Text(
            "a file of settings holds `settings` only, each with id and value",
            "titles and clauses stand in the rulebook",
        ),
    },
    # ── faults of events ──
    "event-format": {
        "zh": Text("`{path}` 不是事件文件", "文件名以 {known} 之一结尾。"),
        "en": Text("`{path}` is no file of events", "its name ends in one of {known}"),
    },
    "event-not-json": {
        "zh": Text("这一行读不出（{detail}）", "JSONL 一行一个事件，UTF-8 编码。"),
        "en": Text("this line cannot be read ({detail})", "write one event a line, in UTF-8"),
    },
    "event-columns": {
        "zh": Text("这一行的列数与表头不同", "文字中有逗号的要加引号。"),
        "en": Text("the row has not as many columns as the header", "quote text that holds commas"),
    },
    "event-not-a-mapping": {
        "zh": Text("这不是一个事件：`{value}`", "写成“键: 值”，至少有 id、kind、at 和对象。"),
        "en": Text("this is no event: `{value}`", "write keys and values: id, kind, at and a subject"),
    },
    "event-unknown-key": {
        "zh": Text("事件中不能写 `{key}`", _MEANT["zh"], "可以写：{known}。"),
        "en": Text("an event has no `{key}`", _MEANT["en"], "it may have: {known}"),
    },
    "event-unknown-kind": {
        "zh": Text("没有这种事件：`{value}`", _MEANT["zh"], "可以写：{known}。"),
        "en": Text("unknown kind of event: `{value}`", _MEANT["en"], "one of {known}"),
    },
    "event-not-csv": {
        "zh": Text("这一行不是 CSV：{detail}", "请用 UTF-8 编码另存，引号要成对。"),
        "en": Text("the row is no CSV: {detail}", "save the file as UTF-8, and close every quote"),
    },
    "event-column-twice": {
        "zh": Text("表头里有两列 `{key}`", "后一列盖过前一列；请删去一列。"),
        "en": Text("the header names `{key}` twice", "the second hides the first: take one away"),
    },
    "event-not-a-file": {
        "zh": Text("`{path}` 不是普通文件", "请给出 .jsonl、.csv 或 .yaml 文件。"),
        "en": Text("`{path}` is no regular file", "name a .jsonl, .csv or .yaml file"),
    },
    "event-in-the-future": {
        "zh": Text("`{at}` 还没有到", "事件是已经发生的事；请核对日期。"),
        "en": Text("`{at}` has not come yet", "an event has happened: check the day"),
    },
    "event-unknown-word": {
        "zh": Text("规则库里没有这个 `{key}`：`{value}`", _MEANT["zh"], "请按规则库的写法填写，或者不填。"),
        "en": Text(
            "the rulebook has no such {key}: `{value}`",
            _MEANT["en"],
            "write it as the rulebook does, or leave it out",
        ),
    },
    "event-without": {
        "zh": Text("{kind} 事件缺少 `{key}`", "请补上 `{key}`。"),
        "en": Text("a {kind} event without `{key}`", "add `{key}`"),
    },
    "event-without-subject": {
        "zh": Text("事件没有对象", "至少写一个：{known}。"),
        "en": Text("the event has no subject", "name at least one of {known}"),
    },
    "event-wrong-text": {
        "zh": Text("`{key}` 不能是 `{value}`", "应当是文字，最多 {limit} 个字符。"),
        "en": Text("`{key}` cannot be `{value}`", "write text of at most {limit} characters"),
    },
    "event-wrong-day": {
        "zh": Text("`{key}` 不是日期：`{value}`", "写成 2026-03-01 的样子。"),
        "en": Text("`{key}` is not a day: `{value}`", "write it as 2026-03-01"),
    },
    "event-wrong-number": {
        "zh": Text("`{key}` 不是整数：`{value}`", "写整数，六位以内。"),
        "en": Text("`{key}` is not a whole number: `{value}`", "write at most six digits"),
    },
    "event-changed": {
        "zh": Text("事件 `{id}` 先前登记过，内容不同", "登记过的不改；更正请用新的标识另记一个事件。"),
        "en": Text(
            "the event `{id}` once said something else",
            "what is recorded stays; correct it by an event with an id of its own",
        ),
    },
}

WORDS: dict[str, dict[Lang, str]] = {
    "oversee-short": {
        "zh": "由许多事件得出应当建议的措施",
        "en": "say which measures many events call for",
    },
    "oversee-help": {
        "zh": "读入投诉、整改等事件，说明对哪个企业、小区、街道建议什么措施，依据哪些事件和条款。\n"
        "只建议，由人决定；没有填写的参数不触发任何措施。",
        "en": "Reads events (complaints, orders to rectify …) and says what is proposed about which company, community "
        "or street, and which events and clauses led there.\n"
        "It only proposes: people decide. A setting without a value triggers nothing.",
    },
    "oversee-examples": {
        "zh": "dutyroute oversee 事件.jsonl\ndutyroute oversee 事件.csv --rules 规则文件夹 --as-of 2026-06-30",
        "en": "dutyroute oversee events.jsonl\ndutyroute oversee events.csv --rules DIR --as-of 2026-06-30",
    },
    "argument-events": {
        "zh": "事件文件（.jsonl .csv .yaml）",
        "en": "events (.jsonl .csv .yaml)",
    },
    "option-oversee-as-of": {"zh": "按这一天终了时的情况", "en": "as things stood at the end of this day"},
    "option-lateness": {
        "zh": "允许晚到的天数，再晚的另列",
        "en": "how many days late an event may come; later ones are listed",
    },
    "option-oversee-ledger": {
        "zh": "登记事件的台账；没有则新建",
        "en": "ledger that keeps the events; made if there is none",
    },
    "option-oversee-html": {"zh": "另写一份网页报告", "en": "write a report for the browser as well"},
    "option-settings": {
        "zh": "参数文件，覆盖规则库中的同名参数",
        "en": "file of settings that go before those of the rulebook",
    },
    "oversee-subject": {"zh": "{kind} {name}", "en": "{kind} {name}"},
    "oversee-kind-property-company": {"zh": "物业服务企业", "en": "property company"},
    "oversee-kind-community": {"zh": "小区", "en": "community"},
    "oversee-kind-street-office": {"zh": "街道（镇）", "en": "street office"},
    "oversee-proposed": {
        "zh": "  建议：{measure} → {party}（{at}）",
        "en": "  proposed: {measure} → {party} ({at})",
    },
    "oversee-candidate": {
        "zh": "    仅供人工研究决定，须另有法律依据",
        "en": "    a candidate only, for a person to decide, on another legal ground",
    },
    "oversee-because": {"zh": "    理由：{facts}", "en": "    because: {facts}"},
    "oversee-on": {"zh": "    依据：{clauses}（{basis}）", "en": "    clauses: {clauses} ({basis})"},
    "oversee-events": {"zh": "    事件：{events}", "en": "    events: {events}"},
    "oversee-more": {"zh": "等 {count} 件", "en": "… {count} in all"},
    "oversee-yes": {"zh": "{fact}：是", "en": "{fact}: yes"},
    "oversee-no": {"zh": "{fact}：否", "en": "{fact}: no"},
    "oversee-unknown": {"zh": "{fact}：不明", "en": "{fact}: unknown"},
    "oversee-number": {"zh": "{fact} {count}", "en": "{fact}: {count}"},
    "oversee-taken": {"zh": "  已采取：{measures}", "en": "  taken: {measures}"},
    "oversee-near": {
        "zh": "  接近门槛：{measure}（{counter} {count}，门槛 {least}）",
        "en": "  near its threshold: {measure} ({counter}: {count}, threshold {least})",
    },
    "oversee-rating": {
        "zh": "  信用：{points} 分，{stars} 星（仅供参考，不得作为投标否决条件）",
        "en": "  rating: {points} points, {stars} stars (for reference, never a veto in a tender)",
    },
    "oversee-quiet": {"zh": "目前没有需要建议的措施。", "en": "Nothing is proposed."},
    "oversee-empty": {
        "zh": "没有填写的参数（不触发，由人决定）：",
        "en": "Settings without a value (nothing is triggered, ask a person):",
    },
    "oversee-setting": {"zh": "  {setting} {title}（{clause}）", "en": "  {setting}: {title} ({clause})"},
    "oversee-late": {
        "zh": "晚到超过 {days} 天、没有计入的事件：{events}",
        "en": "Events more than {days} days late, not counted: {events}",
    },
    "oversee-bad": {
        "zh": "读不出、没有计入的事件：{count} 件",
        "en": "Events that could not be read: {count}",
    },
    "oversee-counts": {
        "zh": "截至 {day}：{subjects} 个对象，{standing} 项建议。",
        "en": "As of {day}: {subjects} subjects, {standing} proposals.",
    },
    "oversee-title": {"zh": "监督：建议的措施", "en": "Oversight: measures proposed"},
    "oversee-timeline": {"zh": "经过", "en": "Timeline"},
    "oversee-chart": {"zh": "每月事件数", "en": "Events by month"},
    "event-incident-decided": {"zh": "案件办结", "en": "incident decided"},
    "event-complaint": {"zh": "投诉", "en": "complaint"},
    "event-rectification-ordered": {"zh": "要求整改", "en": "ordered to rectify"},
    "event-rectified": {"zh": "整改完成", "en": "rectified"},
    "event-measure-taken": {"zh": "采取措施", "en": "measure taken"},
    "event-measure-lifted": {"zh": "解除措施", "en": "measure lifted"},
    "event-rating-set": {"zh": "确定评价", "en": "rating set"},
    "event-dispute": {"zh": "提出异议", "en": "disputed"},
    "event-repair": {"zh": "信用修复", "en": "repaired"},
}
