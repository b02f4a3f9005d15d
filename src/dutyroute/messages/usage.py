"""The help pages of the command line, and click's own words, in Chinese and in English."""

from __future__ import annotations

from dutyroute.messages import Lang

__all__ = ["CLICK", "PAGES"]

PAGES: dict[str, dict[Lang, str]] = {
    # ── the page ──
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
    "arguments": {"zh": "参数：", "en": "Arguments:"},
    # ── commands in one line ──
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
    # ── arguments ──
    "argument-file": {
        "zh": "案件文件（.json .jsonl .yaml），- 是标准输入",
        "en": "incidents (.json .jsonl .yaml), - for standard input",
    },
    "argument-path": {
        "zh": "规则库文件夹；不给则检查自带的",
        "en": "folder of the rulebook; else the shipped one",
    },
    "argument-cases": {
        "zh": "案例文件或者文件夹；不给则运行自带的",
        "en": "case files or folders; else the shipped ones",
    },
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
    "option-matrix-matter": {"zh": "只列这些事项和它们的下级", "en": "only these matters and those below"},
    "option-as-json": {"zh": "输出 JSON", "en": "print JSON"},
    "option-watch": {
        "zh": "每次保存后重新检查，显示这次保存改变了什么；按 Ctrl-C 结束",
        "en": "check again at each save and show what the save changed; Ctrl-C ends",
    },
    "option-check-explain": {"zh": "说明某一项检查是什么意思", "en": "say what a check is about"},
    "option-verbose": {"zh": "通过的也列出", "en": "list those that pass too"},
    # ── route ──
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
    # ── check ──
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
    # ── matrix ──
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
    # ── trace ──
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
    # ── test ──
    "test-help": {
        "zh": (
            "运行案例：逐件核对决定是否如案例所期望，不同之处逐条说明，并指出有关的规则。\n"
            "退出码：0 全部通过；1 有的不符；2 用法不对；3 规则库或者案例文件有错。"
        ),
        "en": (
            "Run written cases: compare each decision with what its case expects, name every "
            "difference and the rules behind it.\n"
            "Exit status: 0 all passed, 1 some differ, 2 wrong usage, 3 faults in the rulebook or in "
            "the case files."
        ),
    },
    "test-examples": {
        "zh": "dutyroute test\ndutyroute test cases/fire.yaml --verbose",
        "en": "dutyroute test\ndutyroute test cases/fire.yaml --verbose",
    },
    # ── schema ──
    "schema-help": {
        "zh": (
            "生成规则库各类文件的 JSON Schema。支持 YAML 语言服务的编辑器据此补全标识、显示中文说明、"
            "标出写错的地方。"
        ),
        "en": (
            "Write JSON Schemas for every kind of file of a rulebook. Editors with the YAML language "
            "server complete identifiers with them, explain them and mark mistakes."
        ),
    },
    "schema-examples": {
        "zh": "dutyroute schema --out rules/schema",
        "en": "dutyroute schema --out rules/schema",
    },
    # ── version ──
    "version-help": {
        "zh": "显示程序的版本，以及规则库的版次、状态和摘要。",
        "en": "Say which program this is, and the rulebook's edition, status and digest.",
    },
    "version-examples": {
        "zh": "dutyroute version --rules rules/",
        "en": "dutyroute version --rules rules/",
    },
}

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
    (r"Invalid value for (.+?): '(.*)' is not a valid (?:int|float).*", "{0} 应当是数字，不能是“{1}”"),
    (r"Invalid value for (.+?): (\S+) is not in the range (.+)\.", "{0} 不能是 {1}，应当在 {2} 之内"),
    (r"Invalid value for (.+?): (.*)", "{0} 的值不对：{1}"),
)
"""What click itself says of a wrong call, as patterns, and the Chinese for it."""
