"""Words for what an edit changes."""

from __future__ import annotations

from dutyroute.messages import Lang

__all__ = ["WORDS"]

WORDS: dict[str, dict[Lang, str]] = {
    "title": {"zh": "规则修改的影响", "en": "What the edit changes"},
    "old": {"zh": "修改前", "en": "Before"},
    "new": {"zh": "修改后", "en": "After"},
    "none": {"zh": "任何案件的决定都没有变化。", "en": "No change in any decision."},
    "count": {
        "zh": "决定有 {changes} 种变化，涉及 {n} 类案件；此外的案件，决定都没有变化。",
        "en": "Changes of decision: {changes}; kinds of incident concerned: {n}. All others are decided as before.",
    },
    "change": {"zh": "变化", "en": "Change"},
    "not-proven": {
        "zh": "未能证明：以下事项情形太多，没有比较完，决定可能有变",
        "en": "Not proven: too many combinations to compare, decisions may change",
    },
    "concerns": {"zh": "涉及的案件：", "en": "Incidents concerned:"},
    "gains": {"zh": "{party}：新增{duty}", "en": "{party}: gains {duty}"},
    "loses": {"zh": "{party}：不再{duty}", "en": "{party}: no longer has {duty}"},
    "changes": {"zh": "{party}：改为{duty}", "en": "{party}: now has {duty}"},
    "grounds": {
        "zh": "{party}{role}：职责不变，依据由“{old}”变为“{new}”",
        "en": "{party}, {role}: the duty stays, its grounds change from {old} to {new}",
    },
    "ground": {"zh": "{clauses}，{basis}", "en": "{clauses} ({basis})"},
    "basis-explicit": {"zh": "明文", "en": "explicit"},
    "basis-inferred": {"zh": "推定", "en": "inferred"},
    "basis-assumed": {"zh": "本地设定", "en": "assumed"},
    "flag-gained": {"zh": "新增提示：{flag}", "en": "flag raised: {flag}"},
    "flag-lost": {"zh": "不再提示：{flag}", "en": "flag dropped: {flag}"},
    "breach-gained": {"zh": "不再符合要求：{title}", "en": "requirement no longer met: {title}"},
    "breach-lost": {
        "zh": "原先不符的要求有变：{title}",
        "en": "requirement not met before, now otherwise: {title}",
    },
    "impossible-after": {
        "zh": "此类案件改为视作自相矛盾，不予受理",
        "en": "such incidents now count as contradictory",
    },
    "impossible-before": {
        "zh": "此类案件不再视作自相矛盾",
        "en": "such incidents no longer count as contradictory",
    },
    "absent-after": {"zh": "修改后没有这个事项或者取值", "en": "the matter or value exists no more"},
    "absent-before": {
        "zh": "新的事项或者取值，修改前没有",
        "en": "a new matter or value: it did not exist before",
    },
    "lapsed-after": {
        "zh": "修改后这些日子没有有效的规则",
        "en": "no rule is in force on these days any more",
    },
    "lapsed-before": {
        "zh": "修改前这些日子没有有效的规则",
        "en": "no rule was in force on these days before",
    },
    "open-after": {
        "zh": "改为要看案件没有给出的事实",
        "en": "now depends on a fact that the incident does not give",
    },
    "open-before": {
        "zh": "原先要看案件没有给出的事实",
        "en": "depended on a fact that the incident does not give",
    },
    "rules": {"zh": "规则", "en": "Rules"},
    "at": {"zh": "{rule}（{place}）", "en": "{rule} ({place})"},
    "clauses": {"zh": "依据", "en": "Clauses"},
    "example": {"zh": "例如", "en": "For example"},
    "cases": {"zh": "历史案件", "en": "Past cases"},
    "cases-in": {
        "zh": "{yes} 件属于此类，另有 {maybe} 件事实不明、可能属于",
        "en": "{yes} of this kind; {maybe} more may be (facts unknown)",
    },
    "all-matters": {"zh": "所有事项", "en": "all matters"},
    "family": {"zh": "{matter}（全部）", "en": "{matter} (all)"},
    "only": {"zh": "{matter}（笼统的）", "en": "{matter} (unspecified)"},
    "to": {"zh": "（对象：{to}）", "en": " (to {to})"},
    "within": {"zh": "（时限 {within}）", "en": " (within {within})"},
    "within-h": {"zh": "{number} 小时", "en": "{number} h"},
    "within-d": {"zh": "{number} 日", "en": "{number} d"},
    "within-w": {"zh": "{number} 周", "en": "{number} w"},
    "from": {"zh": "{low} 起", "en": "from {low}"},
    "up-to": {"zh": "至 {high}", "en": "up to {high}"},
    "between": {"zh": "{low} 至 {high}", "en": "{low} to {high}"},
    "at-least": {"zh": "不少于 {low}", "en": "at least {low}"},
    "at-most": {"zh": "不超过 {high}", "en": "at most {high}"},
    "more-than": {"zh": "多于 {low}", "en": "more than {low}"},
    "less-than": {"zh": "少于 {high}", "en": "less than {high}"},
    "unsaid": {"zh": "没有填写", "en": "not given"},
    "not": {"zh": "除{values}外", "en": "anything but {values}"},
    "yes": {"zh": "是", "en": "yes"},
    "no": {"zh": "否", "en": "no"},
    "or": {"zh": "、", "en": " or "},
    "or-else": {"zh": "；或者 ", "en": "; or "},
    "list": {"zh": "、", "en": ", "},
    "comma": {"zh": "，", "en": ", "},
    "colon": {"zh": "：", "en": ": "},
}
