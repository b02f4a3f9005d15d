"""Words for small mistakes in rules, and for how many of them the cases notice."""

from __future__ import annotations

from dutyroute.messages import Lang

__all__ = ["MISTAKES", "WORDS"]

MISTAKES: dict[str, dict[Lang, str]] = {
    "role": {"zh": "角色“{was}”误作“{now}”", "en": "role “{was}” mistaken for “{now}”"},
    "party": {"zh": "主体“{was}”误作“{now}”", "en": "party “{was}” mistaken for “{now}”"},
    "party-forgotten": {"zh": "漏写主体“{was}”", "en": "party “{was}” forgotten"},
    "to-forgotten": {"zh": "漏写对象“{was}”", "en": "“{was}” forgotten among those to be told"},
    "dropped": {"zh": "漏写条件“{was}”", "en": "condition “{was}” forgotten"},
    "negated": {"zh": "条件“{was}”写反", "en": "condition “{was}” turned into its opposite"},
    "branch-forgotten": {"zh": "漏写一种情形“{was}”", "en": "alternative “{was}” forgotten"},
    "value-forgotten": {"zh": "漏写“{was}”", "en": "“{was}” forgotten"},
    "value": {"zh": "“{was}”误作“{now}”", "en": "“{was}” mistaken for “{now}”"},
    "widened": {"zh": "“{was}”放宽为“{now}”", "en": "“{was}” widened to “{now}”"},
    "narrowed": {"zh": "“{was}”收窄为“{now}”", "en": "“{was}” narrowed to “{now}”"},
    "shifted": {"zh": "“{was}”差一，误作“{now}”", "en": "“{was}” off by one, written “{now}”"},
    "date": {"zh": "日期 {was} 差一天，误作 {now}", "en": "date {was} off by a day, written {now}"},
    "default-forgotten": {"zh": "漏写兜底（default）", "en": "`default` forgotten"},
    "default-added": {
        "zh": "误作“{was}”的兜底（default）",
        "en": "made a default for “{was}”, which it is not",
    },
    "joint-forgotten": {"zh": "漏写共同承担（joint）", "en": "`joint` forgotten"},
    "flag-forgotten": {"zh": "漏写标志“{was}”", "en": "flag “{was}” forgotten"},
    "overrides-forgotten": {"zh": "漏写优先关系（overrides）", "en": "`overrides` forgotten"},
    "overrides-added": {"zh": "误写优先于 {was}", "en": "made to override {was}, which it does not"},
}
"""What each kind of mistake is called; `was` is what stood there, `now` what stands there."""

WORDS: dict[str, dict[Lang, str]] = {
    "score": {
        "zh": "{made} 处改动：案例发现 {killed} 处，未发现 {survived} 处；另有 {equivalent} 处经证明不改变任何决定，不计。得分 {rate}。",
        "en": "{made} mistakes: {killed} noticed by the cases, {survived} not; {equivalent} more are proved to change no decision "
        "and do not count. Score {rate}.",
    },
    "open": {
        "zh": "其中 {open} 处规模过大，无法证明是否改变决定，按未发现计。",
        "en": "{open} of these are too large to prove that they change a decision; they count as not noticed.",
    },
    "survivors": {"zh": "案例没有发现的改动：", "en": "mistakes that no case notices:"},
    "would-kill": {
        "zh": "能发现它的案例（草稿，须由人核对）：",
        "en": "a case that would notice it (a draft, for a person to check):",
    },
    "unsettled": {
        "zh": "无法证明它改变决定，也无法证明它不改变",
        "en": "not proven to change a decision, nor not to",
    },
    "all-killed": {
        "zh": "案例发现了每一处改变决定的改动。",
        "en": "The cases notice every mistake that changes a decision.",
    },
    "too-low": {
        "zh": "得分 {rate}，低于要求的 {least}。",
        "en": "The score of {rate} is below the {least} required.",
    },
}
