"""Words for what an edit changes."""

from __future__ import annotations

from dutyroute.messages import Lang

__all__ = ["WORDS"]

WORDS: dict[str, dict[Lang, str]] = {
    "title": {"zh": "规则修改的影响", "en": "What the edit changes"},
    "old": {"zh": "修改前", "en": "before"},
    "new": {"zh": "修改后", "en": "after"},
    "none": {"zh": "任何案件的决定都没有变化。", "en": "No change in any decision."},
    "count": {"zh": "共 {n} 类案件的决定有变化：", "en": "{n} kinds of incident are decided differently:"},
    "always": {"zh": "任何情形", "en": "whatever the facts"},
    "gains": {"zh": "新增", "en": "gains"},
    "loses": {"zh": "不再", "en": "no longer holds"},
    "changes": {"zh": "改为", "en": "now"},
    "flag-gained": {"zh": "新增标志", "en": "flag raised"},
    "flag-lost": {"zh": "取消标志", "en": "flag dropped"},
    "breach-gained": {"zh": "不再满足要求", "en": "requirement no longer met"},
    "breach-lost": {"zh": "已满足要求", "en": "requirement met again"},
    "impossible-after": {"zh": "此类案件改为视作自相矛盾", "en": "such incidents now count as contradictory"},
    "impossible-before": {
        "zh": "此类案件不再视作自相矛盾",
        "en": "such incidents no longer count as contradictory",
    },
    "absent-after": {"zh": "修改后没有这个事项或取值", "en": "the matter or value exists no more"},
    "absent-before": {"zh": "修改前没有这个事项或取值", "en": "the matter or value did not exist before"},
    "rules": {"zh": "规则", "en": "rules"},
    "clauses": {"zh": "依据", "en": "clauses"},
    "example": {"zh": "例如", "en": "for example"},
    "cases": {"zh": "历史案件", "en": "cases"},
    "cases-in": {
        "zh": "{yes} 件属于此类，{maybe} 件因事实不明而可能属于",
        "en": "{yes} of these, {maybe} perhaps (facts unknown)",
    },
    "to": {"zh": "（对象：{to}）", "en": " (to {to})"},
    "within": {"zh": "（时限 {within}）", "en": " (within {within})"},
    "from": {"zh": "{low} 起", "en": "from {low}"},
    "up-to": {"zh": "至 {high}", "en": "up to {high}"},
    "between": {"zh": "{low} 至 {high}", "en": "{low} to {high}"},
    "at-least": {"zh": "不少于 {low}", "en": "at least {low}"},
    "at-most": {"zh": "不超过 {high}", "en": "at most {high}"},
    "more-than": {"zh": "多于 {low}", "en": "more than {low}"},
    "less-than": {"zh": "少于 {high}", "en": "less than {high}"},
    "unsaid": {"zh": "未填写", "en": "not given"},
    "not": {"zh": "除{values}外", "en": "anything but {values}"},
    "yes": {"zh": "是", "en": "yes"},
    "no": {"zh": "否", "en": "no"},
    "or": {"zh": "、", "en": " or "},
    "comma": {"zh": "；", "en": "; "},
    "colon": {"zh": "：", "en": ": "},
}
