"""What is said about a ledger, in Chinese and in English."""

from __future__ import annotations

from dutyroute.messages import Lang, Text

__all__ = ["MESSAGES", "WORDS"]

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
    "ledger-nothing-known": {
        "zh": Text("到 {at} 为止还没有发布过规则", "请换一个时间，或者先用 dutyroute publish 发布。"),
        "en": Text(
            "no rules had been published by {at}", "ask for a later time, or publish them: dutyroute publish"
        ),
    },
    "ledger-not-this-rulebook": {
        "zh": Text("{digest} 的内容还原不出所写的规则库", "台账可能被改过，请运行 dutyroute ledger verify。"),
        "en": Text(
            "the content of {digest} does not make the rulebook that it names", "run dutyroute ledger verify"
        ),
    },
    "ledger-none": {
        "zh": Text("没有说明用哪个台账", "请加 --ledger 台账。"),
        "en": Text("no ledger was named", "add --ledger LEDGER"),
    },
    "ledger-unpublished": {
        "zh": Text(
            "规则库 {digest} 还没有发布到这个台账，没有登记",
            "请先运行 dutyroute publish 规则库 --ledger 台账。",
        ),
        "en": Text(
            "the rulebook {digest} is not published in this ledger, nothing was recorded",
            "publish it first: dutyroute publish DIR --ledger LEDGER",
        ),
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
    "ledger-broken": {
        "zh": Text("文件损坏，读不出来：{detail}", "请用备份恢复，并用检查点核验。"),
        "en": Text(
            "the file is damaged and cannot be read: {detail}",
            "restore a backup and verify it against a checkpoint",
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

WORDS: dict[str, dict[Lang, str]] = {
    "ledger-short": {
        "zh": "台账：核验、导出、签认、查看",
        "en": "verify, export, sign off and show a ledger",
    },
    "ledger-help": {
        "zh": "台账：每一件案件的决定和每一版规则，一条接一条，事后改动看得出来。",
        "en": "The ledger: every decision and every edition of the rules, one entry after the other, "
        "so that later changes show.",
    },
    "ledger-verify-short": {"zh": "核验台账有没有被改动", "en": "say whether a ledger was tampered with"},
    "ledger-export-short": {"zh": "导出成一个文本文件", "en": "write it all to one text file"},
    "ledger-checkpoint-short": {"zh": "签认到现在为止的全部条目", "en": "sign off all entries so far"},
    "ledger-show-short": {"zh": "概况，或者某一条", "en": "print what there is, or one entry"},
    "ledger-verify-help": {
        "zh": (
            "逐条核验台账或者导出的文件：编号是否连续，每一条与它的摘要、与前一条是否相符，"
            "已发布的版本和检查点是否属实。\n"
            "台账的结尾被截去，或者整体重写过，要用另外保存的检查点才能看出：--checkpoint。\n"
            "退出码：0 完好；2 用法不对；4 不再是原样，并指出第一条不对的条目。"
        ),
        "en": (
            "Go through a ledger, or its export, entry by entry: are the numbers without gaps, does each "
            "agree with its digest and with the one before it, are editions and checkpoints true?\n"
            "An end that was cut off, or a ledger written anew, shows only against a checkpoint kept "
            "elsewhere: --checkpoint.\n"
            "Exit status: 0 sound; 2 wrong usage; 4 it no longer says what it said, and the first bad "
            "entry is named."
        ),
    },
    "ledger-verify-examples": {
        "zh": "dutyroute ledger verify 台账.db\ndutyroute ledger verify 台账.db --checkpoint 三月.json",
        "en": "dutyroute ledger verify duties.db\ndutyroute ledger verify duties.db --checkpoint march.json",
    },
    "ledger-export-help": {
        "zh": (
            "把全部条目写成一个文本文件，一行一条，末行是全部条目的根摘要。"
            "不连数据库也能核验：dutyroute ledger verify 文件。"
        ),
        "en": (
            "Write all entries to one text file, a line each, the root over all of them in the last. "
            "It can be verified without the database: dutyroute ledger verify FILE."
        ),
    },
    "ledger-export-examples": {
        "zh": "dutyroute ledger export 台账.db --out 台账.jsonl",
        "en": "dutyroute ledger export duties.db --out duties.jsonl",
    },
    "ledger-checkpoint-help": {
        "zh": (
            "签认到现在为止的全部条目：条数、最后一条的摘要和默克尔根，连同签认人、说明和时间，作为一条登记。\n"
            "请把 --out 写出的文件存放到管台账的人改不到的地方，以后用它核验。"
        ),
        "en": (
            "Sign off all entries so far: their number, the last digest and the Merkle root, with who, why "
            "and when, recorded as an entry.\n"
            "Keep the file that --out writes where whoever keeps the ledger cannot change it, and verify "
            "with it later."
        ),
    },
    "ledger-checkpoint-examples": {
        "zh": "dutyroute ledger checkpoint 台账.db --author 审计科 --note 三月 --out 三月.json",
        "en": "dutyroute ledger checkpoint duties.db --author 'audit office' --note March --out march.json",
    },
    "ledger-show-help": {
        "zh": (
            "不写编号，说出台账的概况和已发布的版本；写编号，说出这一条登记的案件和决定。\n"
            "脱敏的内容只剩摘要；--prove 项目=原文 核对原文是不是当时登记的。"
        ),
        "en": (
            "Without a number, print what there is and which editions were published; with one, print "
            "the incident and the decision recorded there.\n"
            "Of what was hashed out only the digest is left; --prove KEY=TEXT tells whether a text is the one "
            "that was recorded."
        ),
    },
    "ledger-show-examples": {
        "zh": "dutyroute ledger show 台账.db\ndutyroute ledger show 台账.db 12 --prove 'text=三楼搭了阳光房'",
        "en": "dutyroute ledger show duties.db\ndutyroute ledger show duties.db 12 --prove 'text=a shed on the roof'",
    },
    "argument-ledger": {
        "zh": "台账：文件路径、sqlite:///文件、postgresql+pg8000://主机/库，或者导出的文件",
        "en": "a path, sqlite:///FILE, postgresql+pg8000://HOST/DATABASE, or an export",
    },
    "argument-number": {"zh": "条目的编号，从 1 起", "en": "the entry's number, from 1 on"},
    "option-checkpoint": {
        "zh": "另外保存的检查点文件，可写多个",
        "en": "a checkpoint kept elsewhere; repeatable",
    },
    "option-author": {"zh": "谁", "en": "who does it"},
    "option-note": {"zh": "为什么", "en": "why"},
    "option-at": {
        "zh": "时间，如 2026-03-01T09:00+08:00；不给则为现在",
        "en": "when, such as 2026-03-01T09:00+08:00; else now",
    },
    "option-ledger-out": {"zh": "写到这个文件", "en": "file to write"},
    "option-prove": {
        "zh": "核对脱敏内容的原文，可写多个",
        "en": "check a text that was hashed out; repeatable",
    },
    "not-a-moment": {
        "zh": "“{value}”应当写成 2026-03-01 或者 2026-03-01T09:00+08:00",
        "en": "`{value}` should be like 2026-03-01 or 2026-03-01T09:00+08:00",
    },
    "ledger-sound": {
        "zh": "完好：{size} 条，逐条相符，编号没有空缺。",
        "en": "Sound: {size} entries, each as it was written, none missing.",
    },
    "ledger-against": {
        "zh": "与 {count} 个检查点相符。",
        "en": "It agrees with {count} checkpoints.",
    },
    "ledger-unpinned": {
        "zh": "没有给检查点：结尾是否被截去，要用另外保存的检查点才能看出。",
        "en": "No checkpoint given: an end that was cut off shows only against one kept elsewhere.",
    },
    "ledger-corrupt": {
        "zh": "不再是原样：{fault}",
        "en": "It no longer says what it said: {fault}",
    },
    "ledger-good-until": {
        "zh": "在此之前的 {size} 条完好，最后一条的摘要：{head}",
        "en": "The {size} entries before it are sound, the last with digest {head}",
    },
    "ledger-head": {"zh": "最后一条的摘要：{head}", "en": "Last digest: {head}"},
    "ledger-merkle": {"zh": "默克尔根：{root}", "en": "Merkle root: {root}"},
    "ledger-exported": {"zh": "已导出 {count} 条：{path}", "en": "Exported {count} entries: {path}"},
    "ledger-signed": {
        "zh": "已签认 {size} 条，登记为第 {number} 条。",
        "en": "Signed off {size} entries, recorded as entry {number}.",
    },
    "ledger-kept": {
        "zh": "检查点：{path}。请存放到管台账的人改不到的地方。",
        "en": "Checkpoint: {path}. Keep it where whoever keeps the ledger cannot change it.",
    },
    "ledger-counts": {
        "zh": "{size} 条：{decisions} 件决定，{editions} 次发布，{checkpoints} 次签认",
        "en": "{size} entries: {decisions} decisions, {editions} editions, {checkpoints} checkpoints",
    },
    "ledger-edition": {
        "zh": "第 {number} 条　{at}　发布 {digest}　{author}　{note}",
        "en": "entry {number}  {at}  published {digest}  {author}  {note}",
    },
    "ledger-signing": {
        "zh": "第 {number} 条　{at}　签认前 {size} 条　{author}　{note}",
        "en": "entry {number}  {at}  signed off the first {size}  {author}  {note}",
    },
    "ledger-entry": {"zh": "第 {number} 条　{at}　{kind}", "en": "Entry {number}  {at}  {kind}"},
    "ledger-kind-decision": {"zh": "决定", "en": "decision"},
    "ledger-kind-edition": {"zh": "发布", "en": "edition"},
    "ledger-kind-checkpoint": {"zh": "签认", "en": "checkpoint"},
    "ledger-events": {"zh": "其中监督事件 {count} 条", "en": "of them {count} oversight events"},
    "ledger-kind-event": {"zh": "监督事件", "en": "oversight event"},
    "ledger-digest": {"zh": "摘要：{digest}", "en": "Digest: {digest}"},
    "ledger-previous": {"zh": "前一条：{digest}", "en": "Before it: {digest}"},
    "ledger-by-edition": {"zh": "所依据的版本：{digest}", "en": "Decided by edition: {digest}"},
    "ledger-proven": {"zh": "`{name}` 就是登记时的原文。", "en": "`{name}` is the text that was recorded."},
    "ledger-not-proven": {
        "zh": "`{name}` 不是登记时的原文。",
        "en": "`{name}` is not the text that was recorded.",
    },
    "ledger-prove-needs-number": {
        "zh": "--prove 要写条目的编号",
        "en": "--prove needs the entry's number",
    },
}
