"""Words for how much of the rules the cases try out."""

from __future__ import annotations

from dutyroute.messages import Lang

__all__ = ["WORDS"]

WORDS: dict[str, dict[Lang, str]] = {
    "title": {"zh": "案例对规则的覆盖", "en": "How much of the rules the cases try out"},
    "rules": {"zh": "规则：在某个案例中起作用", "en": "Rules that count in some case"},
    "branches": {"zh": "条件：正反两面都决定过规则", "en": "Conditions that decided their rule, both ways"},
    "seasons": {"zh": "有效期：之前、之内、之后", "en": "Periods: before, within, after"},
    "leaves": {"zh": "结果：走到过的不同情形（参考）", "en": "Outcomes reached (for information)"},
    "what": {"zh": "项目", "en": "What"},
    "covered": {"zh": "试到", "en": "Covered"},
    "of": {"zh": "共", "en": "Of"},
    "rate": {"zh": "比例", "en": "Rate"},
    "line": {"zh": "{what}　{covered} / {of}　{rate}", "en": "{what}: {covered} of {of}, {rate}"},
    "cases": {"zh": "案例 {cases} 个，规则 {rules} 条", "en": "{cases} cases, {rules} rules"},
    "missing-rules": {"zh": "没有起过作用的规则", "en": "Rules that count in no case"},
    "missing-branches": {"zh": "没有决定过规则的条件", "en": "Conditions that never decided their rule"},
    "missing-seasons": {"zh": "没有试过的日子", "en": "Days not tried"},
    "holds": {"zh": "{rule}：“{condition}”成立的一面", "en": "{rule}: “{condition}”, when it holds"},
    "fails": {"zh": "{rule}：“{condition}”不成立的一面", "en": "{rule}: “{condition}”, when it does not"},
    "season": {
        "zh": "{day}（有效期 {since} 至 {until}）",
        "en": "{day} (in force from {since} until {until})",
    },
    "rule": {"zh": "{rule}：{title}", "en": "{rule}: {title}"},
    "idle": {"zh": "从不起作用的规则（不计）", "en": "Rules that can never count (left out)"},
    "unreachable": {
        "zh": "经证明没有案件能走到的条件（不计）",
        "en": "Conditions proved out of reach (left out)",
    },
    "uncounted": {"zh": "规模过大、没有数的", "en": "Too large to count"},
    "suggested": {
        "zh": "能补上空缺的案例（草稿，须由人核对）",
        "en": "Cases that would cover what is missing (drafts, for a person to check)",
    },
    "complete": {"zh": "没有空缺。", "en": "Nothing is missing."},
    "too-low": {"zh": "{rate}，低于要求的 {least}。", "en": "{rate} is below the {least} required."},
    "draft-title": {"zh": "草稿：{incident}", "en": "Draft: {incident}"},
    "draft-because": {
        "zh": "草稿：期望取自现在的决定，须由人对照条款核对后改写理由。现在依据的规则：{rules}",
        "en": "Draft: it expects what is decided today; a person has to check it against the clauses and give the reason. "
        "Rules that count today: {rules}",
    },
}
