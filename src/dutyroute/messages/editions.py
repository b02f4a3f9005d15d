"""What is said about editions of the rules and the two times, in Chinese and in English."""

from __future__ import annotations

from dutyroute.messages import Lang

__all__ = ["WORDS"]

WORDS: dict[str, dict[Lang, str]] = {
    "publish-short": {
        "zh": "把规则库发布到台账，成为一个版本",
        "en": "publish the rules in a ledger, as an edition",
    },
    "history-short": {
        "zh": "一条规则在各个版本中的变化",
        "en": "show how a rule changed from edition to edition",
    },
    "publish-help": {
        "zh": (
            "把规则库的全部内容连同摘要、发布人、说明和时间登记到台账，成为一个版本；台账没有的，就建一个。\n"
            "案件的决定都写明是按哪个版本作出的，任何版本都可以原样调回：--rules edition:摘要。\n"
            "规则库有错的不能发布；与最新版本内容相同的，不重复登记。\n"
            "退出码：0 已发布，或者内容没有变；2 用法不对；3 规则库有错；4 台账不再是原样。"
        ),
        "en": (
            "Record the whole content of a rulebook in a ledger, with its digest, author, note and time: an "
            "edition. A ledger that is not there is made.\n"
            "Every decision names the edition it was made with, and any edition can be brought back: "
            "--rules edition:DIGEST.\n"
            "A rulebook with faults is not published; one that says what the newest edition says is not "
            "recorded again.\n"
            "Exit status: 0 published, or nothing new; 2 wrong usage; 3 the rulebook has faults; 4 the ledger "
            "no longer says what it said."
        ),
    },
    "publish-examples": {
        "zh": "dutyroute publish rules/ --ledger 台账.db --author 住建局 --note 首次发布",
        "en": "dutyroute publish rules/ --ledger ledger.db --author housing --note 'first edition'",
    },
    "history-help": {
        "zh": (
            "逐个版本列出一条规则：什么时候、由谁、为什么发布（当时知道的），哪些日子有效（规则自己说的），"
            "与上一个版本相比改了什么。\n"
            "退出码：0 有这条规则；2 用法不对，或者各版本都没有这条规则。"
        ),
        "en": (
            "List a rule edition by edition: when, by whom and why it was published (what was known), on which "
            "days it is in force (what it says), and what changed since the edition before.\n"
            "Exit status: 0 there is such a rule; 2 wrong usage, or no edition has it."
        ),
    },
    "history-examples": {
        "zh": "dutyroute history housing-enforces-illegal-construction --ledger 台账.db",
        "en": "dutyroute history housing-enforces-illegal-construction --ledger ledger.db",
    },
    "option-ledger": {
        "zh": "台账：文件路径、sqlite:///文件 或 postgresql+pg8000://主机/库",
        "en": "the ledger: a file, sqlite:///FILE or postgresql+pg8000://HOST/DATABASE",
    },
    "option-record": {
        "zh": "把决定登记到这个台账，按其中最新的版本作出",
        "en": "record the decision in this ledger, made by its newest edition",
    },
    "option-redact": {
        "zh": "登记时脱敏的内容，如 text；可写多个",
        "en": "what to hash out when recording, such as text; repeatable",
    },
    "option-as-known": {
        "zh": "按这时已经发布的最新版本（如 2026-03-01，算到当日结束）",
        "en": "by the newest edition published by then (as in 2026-03-01, up to its end)",
    },
    "option-diff-ledger": {
        "zh": "台账：可以用 edition:摘要 指其中的版本",
        "en": "the ledger whose editions can be named as edition:DIGEST",
    },
    "argument-rule": {"zh": "规则的标识", "en": "the rule's identifier"},
    "needs-ledger": {
        "zh": "{option} 要到台账里找，请加 --ledger 台账",
        "en": "{option} is looked up in a ledger; add --ledger LEDGER",
    },
    "not-a-day": {"zh": "“{value}”应当写成 2026-03-01", "en": "`{value}` should be like 2026-03-01"},
    "published": {
        "zh": "已发布：第 {number} 条，{at}\n版本：{digest}",
        "en": "Published: entry {number}, {at}\nEdition: {digest}",
    },
    "published-already": {
        "zh": "与最新版本内容相同（{at} 发布），没有重复登记。\n版本：{digest}",
        "en": "It says what the newest edition says (published {at}); not recorded again.\nEdition: {digest}",
    },
    "history-none": {
        "zh": "台账的各个版本都没有规则 {rule}",
        "en": "no edition in the ledger has a rule {rule}",
    },
    "history-none-near": {
        "zh": "台账的各个版本都没有规则 {rule}；是否指 {suggestion}？",
        "en": "no edition in the ledger has a rule {rule}; did you mean {suggestion}?",
    },
    "history-edition": {"zh": "{at} 发布 {digest}", "en": "{at} published {digest}"},
    "history-by": {"zh": "  {author}：{note}", "en": "  {author}: {note}"},
    "history-in-force": {"zh": "  有效：{days}", "en": "  in force: {days}"},
    "history-always": {"zh": "不限日期", "en": "on any day"},
    "history-from": {"zh": "自 {day} 起", "en": "from {day} on"},
    "history-until": {"zh": "到 {day}（不含当日）", "en": "until {day} (that day excluded)"},
    "history-both": {
        "zh": "自 {since} 到 {until}（不含当日）",
        "en": "from {since} until {until} (that day excluded)",
    },
    "history-added": {"zh": "  新增", "en": "  added"},
    "history-removed": {"zh": "  删去", "en": "  taken out"},
    "history-same": {"zh": "  没有改动", "en": "  unchanged"},
    "history-changed": {"zh": "  {name}：{old} → {new}", "en": "  {name}: {old} → {new}"},
    "history-nothing": {"zh": "（无）", "en": "(none)"},
    "ledger-replay-short": {
        "zh": "按当时的版本重新作出每一件决定，核对是否相同",
        "en": "decide everything again, and compare",
    },
    "ledger-replay-help": {
        "zh": (
            "对台账里的每一件案件，用当时所用的版本重新作出决定，与登记的逐一核对。\n"
            "事实已经脱敏的无法重做，另行计数。\n"
            "退出码：0 都相同；1 有不同；2 用法不对；4 台账不再是原样。"
        ),
        "en": (
            "Decide every incident in the ledger again, by the edition of then, and compare with what was "
            "recorded.\n"
            "Incidents whose facts were hashed out cannot be decided again and are counted apart.\n"
            "Exit status: 0 all the same; 1 some differ; 2 wrong usage; 4 the ledger no longer says what it said."
        ),
    },
    "ledger-replay-examples": {
        "zh": "dutyroute ledger replay 台账.db",
        "en": "dutyroute ledger replay ledger.db",
    },
    "ledger-replayed": {
        "zh": "决定 {total} 件：相同 {same}，不同 {other}，已脱敏无法重做 {redacted}",
        "en": "Decisions: {total}; the same: {same}, different: {other}, hashed out: {redacted}",
    },
    "ledger-differs": {
        "zh": "第 {number} 条（{at}）：重做的决定与登记的不同：{what}",
        "en": "entry {number} ({at}): decided again, it is different: {what}",
    },
}
