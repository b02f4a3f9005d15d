"""What `init` and `new` say on the command line."""

from __future__ import annotations

from dutyroute.messages import Lang

__all__ = ["WORDS"]

WORDS: dict[str, dict[Lang, str]] = {
    "init-short": {"zh": "为另一个城市新建最小的规则库", "en": "start a minimal rulebook for another city"},
    "new-short": {
        "zh": "在规则库中添加一条规则、事项、主体或案例的草稿",
        "en": "add a draft rule, matter, party or case",
    },
    "argument-init_dir": {"zh": "新的文件夹", "en": "the new folder"},
    "argument-kind": {"zh": "rule 规则、matter 事项、party 主体、case 案例", "en": "what to add"},
    "argument-new_id": {
        "zh": "标识，例如 night-construction",
        "en": "its identifier, as in night-construction",
    },
    "option-new-matter": {
        "zh": "关于哪个事项（事项的上级）",
        "en": "the matter it is about (a matter's parent)",
    },
    "option-new-rules": {
        "zh": "要改的规则库文件夹，必须指明",
        "en": "folder of the rulebook to change; has to be named",
    },
    "option-new-cases": {"zh": "案例文件夹", "en": "folder of the cases"},
    "init-help": {
        "zh": "在一个空文件夹里写出最小的规则库：能通过检查，能判断案件。在它的基础上改成自己城市的规则。",
        "en": "Write a minimal rulebook into an empty folder: it checks clean and routes. Make it your city's own.",
    },
    "init-examples": {"zh": "dutyroute init 我市规则", "en": "dutyroute init our-rules"},
    "new-help": {
        "zh": (
            "把一条草稿写到合适的文件里：规则写到同一事项规则最多的文件。草稿是能通过检查的，写完请逐项改成真正的内容。\n"
            "规则库原来就有错的，先改正再添加。"
        ),
        "en": (
            "Write a draft into the right file: a rule goes where most rules about its matter stand. The draft "
            "loads; make every part of it your own.\n"
            "A rulebook with faults has to be mended first."
        ),
    },
    "new-examples": {
        "zh": "dutyroute new rule night-work --matter residential-noise --rules rules",
        "en": "dutyroute new rule night-work --matter residential-noise --rules rules",
    },
    "init-not-empty": {
        "zh": "{path} 里已经有东西，不在其上新建；请换一个文件夹",
        "en": "{path} is not empty; name a new folder",
    },
    "new-no-matter": {"zh": "没有这个事项：{matter}", "en": "there is no matter {matter}"},
    "new-no-file": {
        "zh": "{path} 里没有含 {section} 的文件，不知道写到哪里",
        "en": "no file in {path} holds `{section}`, so there is no place to write to",
    },
    "new-where": {
        "zh": "请用 --rules 指明要改的规则库文件夹",
        "en": "say which rulebook to change by --rules",
    },
}
