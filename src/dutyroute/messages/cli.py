"""Everything that the command line says, in Chinese and in English."""

from __future__ import annotations

from dutyroute.messages import Lang, Text

__all__ = ["CLICK", "MESSAGES", "WORDS"]

WORDS: dict[str, dict[Lang, str]] = {
    # ── the program ──
    "about": {
        "zh": "职责分工路由：按照规则库，回答一件事由谁主办、谁查处、谁监督检查，依据哪一条，有多大把握。",
        "en": "Answers who has to do what about an incident, on whose words, and how sure that is.",
    },
    "usage": {"zh": "用法：", "en": "Usage: "},
    "options": {"zh": "选项：", "en": "Options:"},
    "commands": {"zh": "命令：", "en": "Commands:"},
    "examples": {"zh": "例：", "en": "Examples:"},
    "options-metavar": {"zh": "[选项]", "en": "[OPTIONS]"},
    "command-metavar": {"zh": "命令 [参数]...", "en": "COMMAND [ARGS]..."},
    "try-help": {"zh": "详见 {command} --help", "en": "More: {command} --help"},
    "usage-error": {"zh": "错误：{message}", "en": "error: {message}"},
    "system-error": {"zh": "错误：无法读写（{reason}）", "en": "error: cannot read or write ({reason})"},
    "route-short": {"zh": "一件或一批案件由谁承担什么职责", "en": "say who has to do what about incidents"},
    "check-short": {
        "zh": "检查规则库：写错的、有空白的、有冲突的",
        "en": "check a rulebook: faults, gaps, conflicts",
    },
    "matrix-short": {
        "zh": "职责矩阵：事项 × 职责 → 主体",
        "en": "print the duty matrix: matter × role → parties",
    },
    "trace-short": {"zh": "条款对照：条款 → 规则 → 事项", "en": "print clause → rules → matters"},
    "test-short": {"zh": "运行案例，逐条说明不同之处", "en": "run written cases and name each difference"},
    "schema-short": {"zh": "生成编辑器用的 JSON Schema", "en": "write JSON Schemas for editors"},
    "version-short": {"zh": "程序和规则库的版本", "en": "say which program and which rulebook"},
    # ── options ──
    "option-help": {"zh": "显示本说明", "en": "show this page"},
    "option-version": {"zh": "显示程序版本", "en": "show the program's version"},
    "option-lang": {
        "zh": "语言；不给则看 DUTYROUTE_LANG，再看系统语言",
        "en": "language; else DUTYROUTE_LANG, else the locale",
    },
    "option-rules": {
        "zh": "规则库文件夹；不给则用自带的",
        "en": "folder of the rulebook; else the shipped one",
    },
    "option-matter": {
        "zh": "事项，标识、名称、别名都可以；可以给几个",
        "en": "what it is about, by id, name or alias; repeatable",
    },
    "option-fact": {
        "zh": "一项事实，如 respondent=owner 或 行为人=业主；可以给几项，值留空表示不知道",
        "en": "a fact, as in respondent=owner; repeatable, an empty value means unknown",
    },
    "option-explain": {
        "zh": "逐条规则说明为什么适用、为什么不适用",
        "en": "say of every rule why it counts or not",
    },
    "option-why-not": {
        "zh": "为什么不是这个主体（或者不承担这项职责）",
        "en": "say why a party does not hold a role (or any)",
    },
    "option-what-if": {
        "zh": "假如这项事实改变，结果有何不同；可以给几项",
        "en": "say what would change if a fact did; repeatable",
    },
    "option-mermaid": {"zh": "画成 mermaid 流程图", "en": "print the chain as a mermaid flowchart"},
    "option-json": {"zh": "每件一行 JSON", "en": "print JSON"},
    "option-input": {
        "zh": "文件的写法；不给则看扩展名，标准输入看第一行",
        "en": "how the file is written; else told by its ending, or its first line",
    },
    "option-format": {"zh": "输出的格式", "en": "how to print"},
    "option-fail-on": {
        "zh": "发现达到这一级的问题时，退出码为 1",
        "en": "exit 1 for findings from this level on",
    },
    "option-out": {"zh": "写到这个文件夹", "en": "folder to write to"},
    "option-unmapped": {
        "zh": "只列含职责而没有规则的条款",
        "en": "only clauses that bear duties and have no rule",
    },
    "option-bom": {
        "zh": "CSV 开头加 UTF-8 标记，供 Excel 直接打开",
        "en": "begin CSV with a UTF-8 mark, for Excel",
    },
    # ── route ──
    "arguments": {"zh": "参数：", "en": "Arguments:"},
    "argument-file": {
        "zh": "案件文件（.json .jsonl .yaml），- 是标准输入",
        "en": "incidents (.json .jsonl .yaml), - for standard input",
    },
    "route-help": {
        "zh": (
            "回答一件或一批案件由谁承担什么职责。\n"
            "案件用 --matter 和 --fact 描述，或者写在 JSON、JSONL、YAML 文件里，或者从标准输入（-）"
            "读入。没有给出的事实按“不知道”处理：一定的和可能的职责分别标明，并列出还要查明什么。\n"
            "退出码：0 每件都有答案；1 有的职责空白、冲突或者读不懂；2 用法不对；3 规则库有错。"
        ),
        "en": (
            "Say who has to do what about one incident or many.\n"
            "An incident is described by --matter and --fact, or stands in a JSON, JSONL or YAML "
            "file, or comes from standard input (-). A fact that is not given is unknown: duties "
            "that are certain and duties that are possible are told apart, and what to ask is "
            "listed.\n"
            "Exit status: 0 every incident was answered, 1 some were not, 2 wrong usage, 3 the "
            "rulebook has faults."
        ),
    },
    "route-examples": {
        "zh": (
            "dutyroute route --matter 占用消防通道 --fact 行为人=业主\n"
            "dutyroute route 案件.yaml --explain\n"
            "… | dutyroute route - --json"
        ),
        "en": (
            "dutyroute route --matter fire-lane-blocking --fact respondent=owner\n"
            "dutyroute route incidents.yaml --explain\n"
            "… | dutyroute route - --json"
        ),
    },
    "stdin": {"zh": "标准输入", "en": "standard input"},
    "nothing-to-route": {
        "zh": "没有给案件：请写文件名、“-”（标准输入）或者 --matter",
        "en": "no incident: give a FILE, - for standard input, or --matter",
    },
    "file-and-flags": {
        "zh": "文件和 --matter、--fact 不能同时给",
        "en": "give either a FILE or --matter and --fact, not both",
    },
    "input-without-file": {"zh": "--input 只用于文件或者标准输入", "en": "--input goes with a FILE or -"},
    "one-of": {"zh": "{options} 只能给一个", "en": "give only one of {options}"},
    "not-a-pair": {
        "zh": "“{value}”应当写成 事实=值，如 行为人=业主",
        "en": "`{value}` should read KEY=VALUE, as in respondent=owner",
    },
    "stdin-closed": {"zh": "标准输入是关闭的", "en": "standard input is closed"},
    "folder-not-incidents": {
        "zh": "{file} 是文件夹；请给其中的一个文件",
        "en": "{file} is a folder; give one of its files",
    },
    "file-too-large": {
        "zh": "{file} 超过 {limit} MB；请改为每行一件的 JSONL",
        "en": "{file} is over {limit} MB; write it as JSONL, one incident a line",
    },
    "unknown-ending": {
        "zh": "看不出 {file} 的写法（认得 {known}）；请用 --input 说明",
        "en": "cannot tell how {file} is written (known: {known}); say so with --input",
    },
    "no-incidents": {"zh": "没有案件：{file}", "en": "no incidents: {file}"},
    "no-such-path": {"zh": "没有这个文件夹或者文件：{path}", "en": "there is no {path}"},
    "broken": {"zh": "错误[{code}]: {message}", "en": "error[{code}]: {message}"},
    "at-line": {"zh": "第 {line} 行：", "en": "line {line}: "},
    # ── a decision ──
    "incident": {"zh": "案件 {id}", "en": "Incident {id}"},
    "incident-number": {"zh": "第 {number} 件", "en": "Incident no. {number}"},
    "routed": {"zh": "已明确", "en": "routed"},
    "incomplete": {"zh": "有待查明", "en": "incomplete"},
    "unrouted": {"zh": "职责空白", "en": "unrouted"},
    "conflict": {"zh": "职责冲突", "en": "conflict"},
    "unread": {"zh": "读不懂", "en": "unreadable"},
    "phase": {"zh": "环节", "en": "Phase"},
    "role": {"zh": "职责", "en": "Role"},
    "party": {"zh": "主体", "en": "Party"},
    "to": {"zh": "对象", "en": "To"},
    "certainty": {"zh": "把握", "en": "Sure"},
    "basis": {"zh": "性质", "en": "Basis"},
    "clauses": {"zh": "依据", "en": "Clauses"},
    "certain": {"zh": "一定", "en": "certain"},
    "possible": {"zh": "可能", "en": "possible"},
    "in-marks": {"zh": "【{text}】", "en": "[{text}]"},
    "slash": {"zh": " / ", "en": " / "},
    "perhaps": {"zh": "{text}（可能）", "en": "{text} (possible)"},
    "tells": {"zh": "向{to}", "en": "to {to}"},
    "within-h": {"zh": "（{number} 小时内）", "en": " (within {number} h)"},
    "within-d": {"zh": "（{number} 日内）", "en": " (within {number} d)"},
    "within-w": {"zh": "（{number} 周内）", "en": " (within {number} w)"},
    "explicit": {"zh": "明文", "en": "explicit"},
    "inferred": {"zh": "推定", "en": "inferred"},
    "assumed": {"zh": "本地设定", "en": "assumed"},
    "by-default": {"zh": "（兜底）", "en": " (default)"},
    "phase-discover": {"zh": "发现", "en": "discover"},
    "phase-intake": {"zh": "受理", "en": "intake"},
    "phase-decide": {"zh": "认定", "en": "decide"},
    "phase-act": {"zh": "处置", "en": "act"},
    "phase-oversee": {"zh": "监管", "en": "oversee"},
    "phase-support": {"zh": "支持", "en": "support"},
    "phase-settle": {"zh": "化解", "en": "settle"},
    "phase-carry-out": {"zh": "落实", "en": "carry out"},
    "no-duties": {"zh": "没有任何规则就这件事指定主体。", "en": "No rule gives anybody a duty here."},
    "note-breach": {"zh": "不符要求", "en": "Breach"},
    "note-flag": {"zh": "提示", "en": "Flag"},
    "note-recused": {"zh": "回避", "en": "Recused"},
    "note-ask": {"zh": "还要查明", "en": "Ask"},
    "note-assumed": {"zh": "默认", "en": "Assumed"},
    "breach": {"zh": "{title}；现在的{role}：{holders}", "en": "{title}; {role}: {holders}"},
    "nobody": {"zh": "无", "en": "nobody"},
    "question": {"zh": "{question}（{fact}：{values}）", "en": "{question} ({fact}: {values})"},
    "values-bool": {"zh": "是、否", "en": "yes, no"},
    "values-int": {"zh": "整数", "en": "a whole number"},
    "values-date": {"zh": "日期，如 2026-03-01", "en": "a date such as 2026-03-01"},
    "equals": {"zh": "{fact}：{value}", "en": "{fact}: {value}"},
    "today": {"zh": "（今天）", "en": " (today)"},
    "together": {"zh": "合并（每个主体一行）", "en": "Together (each party once)"},
    "pair": {"zh": "{name}：{text}", "en": "{name}: {text}"},
    "count": {"zh": "{name} {count}", "en": "{count} {name}"},
    "tally": {"zh": "共 {total} 件：{counts}", "en": "{total} incidents: {counts}"},
    "rulebook": {
        "zh": "规则库：{title} {edition}（{status}） {digest}",
        "en": "Rulebook: {title}, {edition} ({status}) {digest}",
    },
    "status-draft": {
        "zh": "征求意见稿，不能作为生效依据",
        "en": "draft for comments, not a basis in force",
    },
    "status-in-force": {"zh": "施行", "en": "in force"},
    "status-repealed": {"zh": "已废止，不能作为生效依据", "en": "repealed, not a basis in force"},
    "cited": {"zh": "《{instrument}》{clause}", "en": "{instrument} {clause}"},
    # ── reasons ──
    "reasons": {"zh": "理由：{matter}", "en": "Reasons: {matter}"},
    "standing": {"zh": "结论", "en": "Verdict"},
    "rule": {"zh": "规则", "en": "Rule"},
    "why": {"zh": "条件", "en": "Conditions"},
    "standing-counts": {"zh": "适用", "en": "counts"},
    "standing-possible": {"zh": "可能", "en": "possible"},
    "standing-overridden": {"zh": "被排除", "en": "overridden"},
    "standing-idle": {"zh": "未启用", "en": "idle"},
    "standing-failed": {"zh": "不适用", "en": "does not"},
    "verdict-held": {"zh": "成立　{condition}", "en": "holds   {condition}"},
    "verdict-failed": {"zh": "不成立　{condition}", "en": "fails   {condition}"},
    "verdict-unknown": {"zh": "不知道　{condition}", "en": "unknown {condition}"},
    "given": {"zh": "（案件：{value}）", "en": " (given: {value})"},
    "not-all": {"zh": "并非（{conditions}）", "en": "not ({conditions})"},
    "none-of": {"zh": "不是{values}", "en": "not {values}"},
    "range-at_least": {"zh": "不少于 {end}", "en": "at least {end}"},
    "range-more_than": {"zh": "多于 {end}", "en": "more than {end}"},
    "range-at_most": {"zh": "不多于 {end}", "en": "at most {end}"},
    "range-less_than": {"zh": "少于 {end}", "en": "less than {end}"},
    "in-force": {"zh": "有效期：{ends}", "en": "in force {ends}"},
    "in-force-from": {"zh": "自 {day} 起", "en": "from {day}"},
    "in-force-until": {"zh": "至 {day}（不含当日）", "en": "until {day} (that day excluded)"},
    "always": {"zh": "任何情形", "en": "always"},
    "struck-by": {"zh": "另有特别规定：{rule}", "en": "overridden by: {rule}"},
    "not-needed": {"zh": "兜底规则：已有{role}，不启用", "en": "a default: somebody is {role} already"},
    "steps-aside": {"zh": "回避：{duty}", "en": "recused: {duty}"},
    "duty": {"zh": "{party}（{role}）", "en": "{party} ({role})"},
    "answers": {"zh": "查明后的变化", "en": "What each answer would change"},
    "why-not": {"zh": "为什么不是{duty}", "en": "Why not {duty}"},
    "does-hold": {"zh": "确实是：{duty}。", "en": "It is so: {duty}."},
    "may-hold": {
        "zh": "可能是：{duty}，要看尚不知道的事实。",
        "en": "It may be so: {duty}, depending on unknown facts.",
    },
    "no-rule-gives": {
        "zh": "没有任何规则会给出这项职责：{duty}。",
        "en": "No rule about this gives it: {duty}.",
    },
    "what-if": {"zh": "假如 {facts}", "en": "What if {facts}"},
    "not-known": {"zh": "不知道", "en": "unknown"},
    "no-change": {"zh": "没有变化", "en": "no change"},
    "status-becomes": {"zh": "由“{before}”变为“{after}”", "en": "{before} becomes {after}"},
    "duties-gained": {"zh": "新增　　{duties}", "en": "gains         {duties}"},
    "duties-certain": {"zh": "变为一定　{duties}", "en": "certain now   {duties}"},
    "duties-open": {"zh": "变为可能　{duties}", "en": "only possible {duties}"},
    "duties-lost": {"zh": "不再有　　{duties}", "en": "no longer     {duties}"},
    "flags-gained": {"zh": "新增提示　{flags}", "en": "flags raised  {flags}"},
    "flags-lost": {"zh": "不再提示　{flags}", "en": "flags dropped {flags}"},
    "option-matrix-matter": {"zh": "只列这些事项和它们的下级", "en": "only these matters and those below"},
    "option-as-json": {"zh": "同 --format json", "en": "the same as --format json"},
    "matrix-help": {
        "zh": (
            "职责矩阵：每一事项、每一职责由哪些主体承担。\n"
            "每一行按“只知道这些事实”来答：不论其他事实如何都承担的直接列出，要看其他事实的加 *，"
            "没有主体的是空白。用 --fact 可以只看一种情形，例如没有物业的小区。"
        ),
        "en": (
            "The duty matrix: who holds each role in each matter.\n"
            "Each row answers for an incident of which nothing else is known: who holds a role "
            "whatever the other facts are is listed as is, who holds it depending on them is marked "
            "*, a role that nobody holds is a gap. Narrow it down with --fact, to communities "
            "without a company for instance."
        ),
    },
    "matrix-examples": {
        "zh": (
            "dutyroute matrix --matter 消防违法违规行为\n"
            "dutyroute matrix --fact 有物业服务企业=否 --format csv --bom > 矩阵.csv"
        ),
        "en": (
            "dutyroute matrix --matter fire-violation\n"
            "dutyroute matrix --fact has_property_company=false --format csv > matrix.csv"
        ),
    },
    "matter": {"zh": "事项", "en": "Matter"},
    "gap": {"zh": "空白", "en": "gap"},
    "if-so": {"zh": "*", "en": "*"},
    "too-open": {"zh": "未能穷尽", "en": "too open"},
    "matrix-legend": {
        "zh": "* 要看其他事实；{gap} 空白，没有主体",
        "en": "* depending on further facts; {gap} a gap: nobody",
    },
    "matrix-given": {"zh": "情形　{facts}", "en": "Given: {facts}"},
    "matrix-nobody": {
        "zh": "以上事项都没有主体的职责：{roles}",
        "en": "Held by nobody in any of these: {roles}",
    },
    "trace-help": {
        "zh": (
            "条款对照：每一条款由哪些规则承载，这些规则在哪些事项上起作用。\n含职责而没有规则的条款单独列出。"
        ),
        "en": (
            "Print for each clause the rules that rest on it, and the matters in which they count.\n"
            "Clauses that bear duties and have no rule are listed."
        ),
    },
    "trace-examples": {
        "zh": "dutyroute trace --unmapped\ndutyroute trace --format markdown > 条款对照.md",
        "en": "dutyroute trace --unmapped\ndutyroute trace --format markdown > trace.md",
    },
    "clause": {"zh": "条款", "en": "Clause"},
    "heading": {"zh": "讲什么", "en": "About"},
    "bears-duty": {"zh": "含职责", "en": "Bears duties"},
    "rule-title": {"zh": "规则标题", "en": "Title"},
    "matters": {"zh": "事项", "en": "Matters"},
    "unmapped": {"zh": "没有规则", "en": "no rule"},
    "no-duty": {"zh": "（不含职责）", "en": "(no duties)"},
    "never-counts": {"zh": "从不起作用", "en": "counts in none"},
    "all-of": {"zh": "{matter}（全部）", "en": "{matter} (all)"},
    "trace-counts": {
        "zh": "共 {clauses} 条，其中 {duties} 条含职责，{mapped} 条有规则承载",
        "en": "{clauses} clauses, {duties} bear duties, {mapped} of these have rules",
    },
    "trace-unmapped": {"zh": "没有规则的：{clauses}", "en": "without a rule: {clauses}"},
    "argument-path": {
        "zh": "规则库文件夹；不给则检查自带的",
        "en": "folder of the rulebook; else the shipped one",
    },
    "option-check-explain": {"zh": "说明某一项检查是什么意思", "en": "say what a check is about"},
    "check-help": {
        "zh": (
            "检查规则库。\n"
            "先读文件：写错的地方一次全部列出，附行号和改法。没有写错的，再逐一核对所有可能的情形："
            "哪些要求满足不了、哪些规则从不起作用等，并举出案件的例子。\n"
            "退出码：0 没有达到 --fail-on 一级的问题；1 有；2 用法不对；3 文件有错。"
        ),
        "en": (
            "Check a rulebook.\n"
            "First its files: every fault at once, with its line and the way out. Where there is "
            "none, every possible incident: obligations that fail, rules that never count and so on, "
            "with an example.\n"
            "Exit status: 0 no finding of the level of --fail-on, 1 some, 2 wrong usage, 3 faults in "
            "the files."
        ),
    },
    "check-examples": {
        "zh": "dutyroute check rules/\ndutyroute check rules/ --format sarif --fail-on warning",
        "en": "dutyroute check rules/\ndutyroute check rules/ --format sarif --fail-on warning",
    },
    "check-faulty": {"zh": "规则库不能使用：{counts}", "en": "The rulebook cannot be used: {counts}"},
    "check-counts": {
        "zh": "规则 {rules} 条，事项 {matters} 个，主体 {parties} 个，条款 {clauses} 条",
        "en": "{rules} rules, {matters} matters, {parties} parties, {clauses} clauses",
    },
    "check-found": {"zh": "发现：{counts}", "en": "Found: {counts}"},
    "check-nothing": {"zh": "没有发现问题", "en": "Nothing found"},
    "unknown-check": {"zh": "没有 {check} 这项检查", "en": "there is no check {check}"},
    "unknown-check-near": {
        "zh": "没有 {check} 这项检查；是否指 {suggestion}？",
        "en": "there is no check {check}; did you mean {suggestion}?",
    },
    "as-said": {"zh": "{message}", "en": "{message}"},
    "no-such-command": {"zh": "没有 {command} 这个命令", "en": "there is no command {command}"},
    "no-such-command-near": {
        "zh": "没有 {command} 这个命令；是否指 {suggestion}？",
        "en": "there is no command {command}; did you mean {suggestion}?",
    },
    "argument-cases": {
        "zh": "案例文件或者文件夹；不给则运行自带的",
        "en": "case files or folders; else the shipped ones",
    },
    "option-verbose": {"zh": "通过的也列出", "en": "list those that pass too"},
    "test-help": {
        "zh": "运行案例：逐件核对决定是否如案例所期望，不同之处逐条说明，并指出有关的规则。\n退出码：0 全部通过；1 有的不符；2 用法不对；3 规则库或者案例文件有错。",
        "en": "Run written cases: compare each decision with what its case expects, name every difference and the rules behind it.\nExit status: 0 all passed, 1 some differ, 2 wrong usage, 3 faults in the rulebook or in the case files.",
    },
    "test-examples": {
        "zh": "dutyroute test\ndutyroute test cases/fire.yaml --verbose",
        "en": "dutyroute test\ndutyroute test cases/fire.yaml --verbose",
    },
    "test-counts": {
        "zh": "共 {total} 件案例：通过 {passed}，不符 {failed}",
        "en": "{total} cases: {passed} passed, {failed} differ",
    },
    "test-case": {"zh": "{verdict}　{place}{id} {title}", "en": "{verdict} {place}{id} {title}"},
    "passed": {"zh": "通过", "en": "passed"},
    "failed": {"zh": "不符", "en": "differs"},
    "because": {"zh": "案例的理由：{because}", "en": "because: {because}"},
    "schema-help": {
        "zh": "生成规则库各类文件的 JSON Schema。支持 YAML 语言服务的编辑器据此补全标识、显示中文说明、标出写错的地方。",
        "en": "Write JSON Schemas for every kind of file of a rulebook. Editors with the YAML language server complete identifiers with them, explain them and mark mistakes.",
    },
    "schema-examples": {
        "zh": "dutyroute schema --out rules/schema",
        "en": "dutyroute schema --out rules/schema",
    },
    "written": {"zh": "已写入 {path}", "en": "wrote {path}"},
    # ── little words ──
    "yes": {"zh": "是", "en": "yes"},
    "no": {"zh": "否", "en": "no"},
    "or": {"zh": "或", "en": " or "},
    "and": {"zh": "，且", "en": " and "},
    "comma": {"zh": "、", "en": ", "},
    "semicolon": {"zh": "；", "en": "; "},
    "colon": {"zh": "：", "en": ": "},
    "in-brackets": {"zh": "（{text}）", "en": " ({text})"},
    # ── version ──
    "version-help": {
        "zh": "显示程序的版本，以及规则库的版次、状态和摘要。",
        "en": "Say which program this is, and the rulebook's edition, status and digest.",
    },
    "version-examples": {"zh": "dutyroute version --rules rules/", "en": "dutyroute version --rules rules/"},
}

MESSAGES: dict[str, dict[Lang, Text]] = {
    "json-syntax": {
        "zh": Text("第 {column} 列起不是 JSON", "键和文字要加英文双引号，各项用英文逗号隔开。"),
        "en": Text("this is not JSON from column {column} on", "keys and texts take double quotes, commas go between items"),
    },
    "json-more": {
        "zh": Text("一个 JSON 之后还有内容", "每行一件案件的文件，请命名为 .jsonl，或者用 --input jsonl。"),
        "en": Text("there is more after the first JSON value", "if this is one incident a line, name it .jsonl or say --input jsonl"),
    },
    "json-too-deep": {
        "zh": Text("JSON 嵌套过深", "案件只有“事实: 值”一层。"),
        "en": Text("the JSON is nested too deeply", "an incident is one level of facts"),
    },
    "json-long-number": {
        "zh": Text("JSON 里的数字过长", "编号请写成文字，加双引号。"),
        "en": Text("a number is too long", "write identifiers as text, in double quotes"),
    },
    "json-key-twice": {
        "zh": Text("`{key}` 写了两次", "同一事实只写一次。"),
        "en": Text("`{key}` is given twice", "give each fact once"),
    },
    "json-no-number": {
        "zh": Text("`{value}` 不是数", "不知道的事实请不要写。"),
        "en": Text("`{value}` is not a number", "leave out what is not known"),
    },
    "line-too-long": {
        "zh": Text("这一行超过 {limit} MB", "每行只写一件案件。"),
        "en": Text("this line is over {limit} MB", "write one incident a line"),
    },
    "gbk-text": {
        "zh": Text("不是 UTF-8 编码，看来是 GBK", "请另存为 UTF-8。"),
        "en": Text("this is not UTF-8 but GBK, it seems", "save it as UTF-8"),
    },
    "not-utf8-text": {
        "zh": Text("不是 UTF-8 编码", "请另存为 UTF-8。"),
        "en": Text("this is not UTF-8", "save it as UTF-8"),
    },
}  # fmt: skip

CLICK: tuple[tuple[str, str], ...] = (
    (r"No such option:? '?(\S+?)'?\.?", "没有 {0} 这个选项"),
    (
        r"No such option:? '?(\S+?)'?\.? \(?(?:Did you mean|Possible options:)(?: one of:)? ?(.+?)\??\)?",
        "没有 {0} 这个选项；是否指 {1}？",
    ),
    (r"Missing command\.", "没有写命令"),
    (r"Missing option '(.+?)'\..*", "缺少选项 {0}"),
    (r"Missing (?:argument|parameter) '(.+?)'\..*", "缺少参数 {0}"),
    (r"Option '(.+?)' requires an argument\.", "选项 {0} 后面要写一个值"),
    (r"Option '(.+?)' does not take a value\.", "选项 {0} 不带值"),
    (r"Got unexpected extra arguments? \((.+)\)", "多出了参数：{0}"),
    (r"Invalid value for (.+?): '(.*)' is not one of (.+?)\.", "{0} 不能是“{1}”，只能是 {2} 之一"),
    (r"Invalid value for (.+?): (.*)", "{0} 的值不对：{1}"),
)
"""What click itself says of a wrong call, as patterns, and the Chinese for it."""
