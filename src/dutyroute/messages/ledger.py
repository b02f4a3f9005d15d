"""What is said about a ledger, in Chinese and in English."""

from __future__ import annotations

from dutyroute.messages import Lang, Text

__all__ = ["MESSAGES"]

MESSAGES: dict[str, dict[Lang, Text]] = {
    # ── it cannot be used ──
    "ledger-missing": {
        "zh": Text("没有这个台账", "请核对路径；台账在第一次登记时建立。"),
        "en": Text("there is no ledger here", "check the path; the first record makes one"),
    },
    "ledger-foreign": {
        "zh": Text("这不是台账", "请另选一个文件；已经是台账而读不出的，请用备份核对。"),
        "en": Text("this is no ledger", "name another file; if it once was one, compare with a backup"),
    },
    "ledger-format": {
        "zh": Text("台账的格式是第 {found} 版，本程序只认第 {known} 版", "请升级 dutyroute。"),
        "en": Text("the ledger's format is version {found}, this program knows {known}", "upgrade dutyroute"),
    },
    "ledger-url": {
        "zh": Text("不能在这里存放台账", "请写文件路径、sqlite:///文件 或 postgresql+pg8000://主机/库。"),
        "en": Text(
            "a ledger cannot be kept here",
            "name a file, sqlite:///FILE or postgresql+pg8000://HOST/DATABASE",
        ),
    },
    "ledger-full": {
        "zh": Text("磁盘已满，没有登记（{detail}）", "请腾出空间后重新登记；此前的条目不受影响。"),
        "en": Text(
            "the disk is full, nothing was recorded ({detail})",
            "free some space and record again; earlier entries are whole",
        ),
    },
    "ledger-read-only": {
        "zh": Text("只能读，不能写，没有登记（{detail}）", "请检查文件和文件夹的权限。"),
        "en": Text(
            "it can be read and not written, nothing was recorded ({detail})",
            "check the permissions of the file and its folder",
        ),
    },
    "ledger-busy": {
        "zh": Text("其他程序一直占用台账，没有登记（{detail}）", "请稍后重新登记。"),
        "en": Text(
            "another program keeps the ledger busy, nothing was recorded ({detail})", "try again later"
        ),
    },
    "ledger-system": {
        "zh": Text("台账用不了：{detail}", "排除原因后请重做。"),
        "en": Text("the ledger cannot be used: {detail}", "remove the cause and do it again"),
    },
    "ledger-interrupted": {
        "zh": Text("登记时被中断，不知道是否已经登记", "请查看台账的最后几条。"),
        "en": Text("interrupted while recording; it may or may not be recorded", "look at the last entries"),
    },
    "ledger-content": {
        "zh": Text("内容无法写成 JSON：{detail}", "请只用文字、数字、是非、列表和键值。"),
        "en": Text(
            "the content cannot be written as JSON: {detail}",
            "use text, numbers, true and false, lists and mappings only",
        ),
    },
    "ledger-export": {
        "zh": Text("这是导出的副本，不能登记", "请写原来的台账。"),
        "en": Text("this is an exported copy, nothing can be recorded in it", "name the ledger itself"),
    },
    "ledger-wrong-digest": {
        "zh": Text("内容的摘要不是 {digest}", "请用规则库自己的规范文本和摘要发布。"),
        "en": Text("{digest} is not the content's digest", "publish the rulebook's own canonical text"),
    },
    # ── it does not hold what is asked for ──
    "ledger-no-edition": {
        "zh": Text("没有摘要以 `{digest}` 开头的版本", "请用 dutyroute ledger show 查看已发布的版本。"),
        "en": Text(
            "no edition's digest begins with `{digest}`", "dutyroute ledger show lists the published editions"
        ),
    },
    "ledger-two-editions": {
        "zh": Text("有 {count} 个版本的摘要以 `{digest}` 开头", "请多写几位。"),
        "en": Text("the digests of {count} editions begin with `{digest}`", "give more of it"),
    },
    "ledger-no-entry": {
        "zh": Text("没有第 {number} 条", "条目从 1 起连续编号。"),
        "en": Text("there is no entry {number}", "entries are numbered from 1 on, without gaps"),
    },
    "ledger-no-salt": {
        "zh": Text("第 {number} 条的 `{key}` 无法证明：没有盐值", "盐值已经销毁，或者这一项没有脱敏。"),
        "en": Text(
            "`{key}` of entry {number} cannot be proven: there is no salt",
            "the salt was wiped, or nothing was hashed out",
        ),
    },
    "ledger-no-checkpoint": {
        "zh": Text("这不是检查点文件", "检查点由 dutyroute ledger checkpoint --out 写出。"),
        "en": Text("this is no checkpoint", "dutyroute ledger checkpoint --out writes one"),
    },
    # ── it no longer says what it said ──
    "ledger-gap": {
        "zh": Text(
            "第 {entry} 条不在原处（那里是 `{found}`）", "有条目被删除、插入或者调换；请与导出的副本核对。"
        ),
        "en": Text(
            "entry {entry} is not in its place (`{found}` is)",
            "entries were deleted, inserted or swapped: compare with an exported copy",
        ),
    },
    "ledger-shape": {
        "zh": Text("第 {entry} 条的写法不是台账写出的", "有人改过它；请与导出的副本核对。"),
        "en": Text(
            "entry {entry} is not written as a ledger writes",
            "somebody changed it: compare with an exported copy",
        ),
    },
    "ledger-link": {
        "zh": Text("第 {entry} 条接不上前一条", "它或者前面的条目被换过；请与导出的副本核对。"),
        "en": Text(
            "entry {entry} does not follow the one before it",
            "it or the ones before it were replaced: compare with an exported copy",
        ),
    },
    "ledger-altered": {
        "zh": Text("第 {entry} 条（{at}）与它的摘要不符", "内容被改过；请与导出的副本核对。"),
        "en": Text(
            "entry {entry} ({at}) does not agree with its digest",
            "its content was changed: compare with an exported copy",
        ),
    },
    "ledger-unreadable": {
        "zh": Text("第 {entry} 条读不出来：{detail}", "文件损坏或者被改过；请用备份恢复。"),
        "en": Text(
            "entry {entry} cannot be read: {detail}", "the file is damaged or was changed: restore a backup"
        ),
    },
    "ledger-database": {
        "zh": Text("数据库自身有损坏：{detail}", "条目都能读出；请导出，并用备份核对。"),
        "en": Text(
            "the database itself is damaged: {detail}",
            "every entry can be read: export it, and compare with a backup",
        ),
    },
    "ledger-truncated": {
        "zh": Text(
            "只有 {size} 条，而 {at} 的检查点有 {expected} 条：从第 {entry} 条起被截去", "请用备份恢复。"
        ),
        "en": Text(
            "{size} entries, but the checkpoint of {at} has {expected}: it was cut off at entry {entry}",
            "restore a backup",
        ),
    },
    "ledger-root": {
        "zh": Text(
            "前 {size} 条不是 {at} 的检查点所签认的", "有条目在签认之后被整体重写；请与导出的副本核对。"
        ),
        "en": Text(
            "the first {size} entries are not those that the checkpoint of {at} signed off",
            "entries were written anew since: compare with an exported copy",
        ),
    },
    "ledger-unclosed": {
        "zh": Text("导出的文件在第 {entry} 条处不完整", "文件被截断，或者结尾被改过；请重新导出。"),
        "en": Text("the export is incomplete at entry {entry}", "it was cut off or changed: export again"),
    },
}
