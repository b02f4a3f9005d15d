"""What `diff`, `coverage` and `mutate` say on the command line."""

from __future__ import annotations

from dutyroute.messages import Lang, Text

__all__ = ["MESSAGES", "WORDS"]

WORDS: dict[str, dict[Lang, str]] = {
    "diff-short": {
        "zh": "比较两个规则库：哪些案件的决定变了",
        "en": "compare two rulebooks by what they decide",
    },
    "coverage-short": {"zh": "案例试到了规则的多少", "en": "say how much of the rules the cases try out"},
    "mutate-short": {
        "zh": "案例能不能发现规则中的小差错",
        "en": "say whether the cases would notice mistakes in rules",
    },
    "argument-old": {
        "zh": "修改前：文件夹，或者 文件夹@git版本",
        "en": "before: a folder, or folder@revision in git",
    },
    "argument-new": {"zh": "修改后：写法相同", "en": "after: likewise"},
    "option-diff-cases": {
        "zh": "历史案件（YAML 案例、JSON、JSONL）：计算每类变化涉及几件",
        "en": "past cases (case YAML, JSON, JSONL): count those that each change concerns",
    },
    "option-page-out": {"zh": "写到这个文件", "en": "file to write to"},
    "option-html": {"zh": "另写一份网页报告到这个文件", "en": "file to write an HTML report to"},
    "option-suggest": {
        "zh": "写出至多 N 个能补上空缺的案例草稿（YAML）",
        "en": "write up to N draft cases (YAML) that cover what is missing",
    },
    "option-fail-under": {"zh": "低于这个百分比时，退出码为 1", "en": "exit 1 below this percentage"},
    "option-mutate-rule": {
        "zh": "只改动这些规则；可以给几条",
        "en": "only mistakes in these rules; repeatable",
    },
    "diff-help": {
        "zh": (
            "比较两个规则库，逐类列出决定有变化的案件：谁新增、不再、改变什么职责，依据哪些规则和条款，并举一例。\n"
            "列出的就是全部：此外的案件决定都不变。只改顺序、标题、说明或者拆分规则的，没有变化。\n"
            "退出码：0 没有变化；1 有变化，或者未能证明没有；2 用法不对；3 规则库有错。"
        ),
        "en": (
            "Compare two rulebooks and list, region by region, the incidents that are decided differently: who "
            "gains, loses or changes which duty, by which rules and clauses, with an example.\n"
            "The list is complete: all other incidents are decided as before. Editing order, titles or notes, or "
            "splitting a rule, changes nothing.\n"
            "Exit status: 0 nothing changes, 1 something does or could not be proved not to, 2 wrong usage, "
            "3 a rulebook has faults."
        ),
    },
    "diff-examples": {
        "zh": "dutyroute diff rules@HEAD~1 rules\ndutyroute diff 旧规则 新规则 --cases 案件.jsonl --format html --out 影响.html",
        "en": "dutyroute diff rules@HEAD~1 rules\ndutyroute diff old new --cases past.jsonl --format html --out effect.html",
    },
    "diff-side-old": {
        "zh": "修改前的规则库不能使用（{name}）：",
        "en": "the rulebook before the edit cannot be used ({name}):",
    },
    "diff-side-new": {
        "zh": "修改后的规则库不能使用（{name}）：",
        "en": "the rulebook after the edit cannot be used ({name}):",
    },
    "diff-unread": {
        "zh": "有 {count} 件案件两个规则库都读不懂，没有计入：",
        "en": "{count} cases that neither rulebook can read are not counted:",
    },
    "unread-case": {"zh": "第 {line} 行：{message}", "en": "line {line}: {message}"},
    "written-to": {"zh": "已写入 {file}", "en": "written to {file}"},
    "coverage-help": {
        "zh": (
            "案例试到了规则的多少：哪些规则起过作用，每个条件是不是正反两面都曾决定过规则适不适用（MC/DC），"
            "走到了多少种结果，试过哪些有效期。\n"
            "没有案件能够走到的，经穷举证明后不计。要求的百分比看规则、条件、有效期三项中最低的一项。\n"
            "退出码：0 达到 --fail-under；1 没有达到；2 用法不对；3 文件有错。"
        ),
        "en": (
            "Say how much of the rules the cases try out: which rules count somewhere, whether each condition decided "
            "its rule both ways (MC/DC), how many outcomes were reached, which periods were tried.\n"
            "What no incident can reach is proved so and left out. The percentage asked for is held against the least "
            "of rules, conditions and periods.\n"
            "Exit status: 0 --fail-under is reached, 1 it is not, 2 wrong usage, 3 faults in the files."
        ),
    },
    "coverage-examples": {
        "zh": "dutyroute coverage cases --suggest 5\ndutyroute coverage cases --fail-under 100 --html 覆盖.html",
        "en": "dutyroute coverage cases --suggest 5\ndutyroute coverage cases --fail-under 100 --html coverage.html",
    },
    "mutate-help": {
        "zh": (
            "把每条规则逐一改错一小处（主体、角色、事项放宽或收窄、条件漏写或写反、数字差一、日期差一天、兜底和优先关系等），"
            "看案例能不能发现。\n"
            "不改变任何决定的改动经证明后不计，所以得分是准确的。没有发现的逐一列出，并写出能发现它的案例草稿。\n"
            "退出码：0 达到 --fail-under；1 没有达到；2 用法不对；3 文件有错。"
        ),
        "en": (
            "Make every small mistake in every rule (party, role, matter widened or narrowed, condition forgotten or "
            "negated, numbers off by one, dates by a day, defaults and overrides) and see whether the cases notice.\n"
            "Mistakes that change no decision are proved so and do not count, so that the score is exact. Those that no "
            "case notices are listed, each with a draft of a case that would.\n"
            "Exit status: 0 --fail-under is reached, 1 it is not, 2 wrong usage, 3 faults in the files."
        ),
    },
    "mutate-examples": {
        "zh": "dutyroute mutate cases --fail-under 100\ndutyroute mutate cases --rule street-patrols",
        "en": "dutyroute mutate cases --fail-under 100\ndutyroute mutate cases --rule street-patrols",
    },
    "mutate-progress": {"zh": "改动规则 {rule} …", "en": "mistakes in {rule} …"},
    "no-such-rule": {"zh": "没有这条规则：{rule}", "en": "there is no rule {rule}"},
    "failing-cases": {
        "zh": "注意：有 {count} 个案例按现在的规则就不通过，没有使用：{cases}",
        "en": "note: {count} cases fail as it is and were not used: {cases}",
    },
}

MESSAGES: dict[str, dict[Lang, Text]] = {
    "unknown-revision": {
        "zh": Text(
            "取不到 `{word}`：{reason}",
            "请写 文件夹@版本，如 rules@HEAD~1；文件夹要在 git 仓库里，版本要有这个文件夹。",
        ),
        "en": Text(
            "cannot read `{word}`: {reason}",
            "write folder@revision, as in rules@HEAD~1; the folder must be in a git work tree",
        ),
    },
}
