"""Messages about files that cannot be read as YAML rules."""

from __future__ import annotations

from dutyroute.messages import Lang, Text
from dutyroute.messages.syntax import SYNTAX

__all__ = ["MESSAGES"]

_FILES: dict[str, dict[Lang, Text]] = {
    "missing-path": {
        "zh": Text("找不到 `{path}`", "是否指 `{suggestion}`？", "请检查文件夹或文件的名称和位置。"),
        "en": Text(
            "there is no `{path}`", "did you mean `{suggestion}`?", "check the name of the folder or file"
        ),
    },
    "broken-link": {
        "zh": Text(
            "`{path}` 是失效的链接", "它指向的文件不存在，或者链接绕成了圈；请重新建立链接，或删去它。"
        ),
        "en": Text(
            "`{path}` is a link that leads nowhere",
            "its target is gone, or links run in a circle; mend it or drop it",
        ),
    },
    "no-permission": {
        "zh": Text("没有权限读取 `{path}`", "请让文件的所有者给您读取权限。"),
        "en": Text("no permission to read `{path}`", "ask its owner for leave to read it"),
    },
    "unreadable-file": {
        "zh": Text("读不了 `{path}`", "系统的答复是：{reason}。"),
        "en": Text("`{path}` cannot be read", "the system says: {reason}"),
    },
    "not-a-regular-file": {
        "zh": Text("`{path}` 不是普通文件", "它是管道、设备一类的特殊文件；请换成普通的文本文件。"),
        "en": Text(
            "`{path}` is not a regular file",
            "it is a pipe, a device or the like; put a plain text file there",
        ),
    },
    "folder-not-file": {
        "zh": Text("`{path}` 是文件夹，这里需要一个文件", "请写出文件夹里那个文件的名称。"),
        "en": Text("`{path}` is a folder where a file is wanted", "name the file inside it"),
    },
    "file-too-large": {
        "zh": Text(
            "`{path}` 超过 {limit} MB，不读", "规则文件不会这么大：请确认没有放错文件，或把它拆成几个。"
        ),
        "en": Text(
            "`{path}` is larger than {limit} MB and is not read",
            "no file of rules is: check that it belongs here, or split it",
        ),
    },
    "folder-too-large": {
        "zh": Text("`{path}` 里的文件和文件夹超过 {limit} 个", "请指向规则所在的文件夹，例如 rules。"),
        "en": Text(
            "`{path}` holds more than {limit} files and folders",
            "point at the folder of the rules, such as rules",
        ),
    },
    "folder-too-heavy": {
        "zh": Text(
            "`{path}` 里的规则文件合计超过 {limit} MB", "请指向规则所在的文件夹，并移走不是规则的文件。"
        ),
        "en": Text(
            "the rule files in `{path}` exceed {limit} MB together",
            "point at the folder of the rules, and move other files out",
        ),
    },
    "no-yaml-files": {
        "zh": Text("`{path}` 里没有规则文件", "规则文件的名称以 .yaml 结尾；请检查文件夹是否写对。"),
        "en": Text(
            "`{path}` holds no rule files", "their names end in .yaml; check that this is the right folder"
        ),
    },
    "yml-extension": {
        "zh": Text("`{path}` 以 .yml 结尾，不会被读取", "请改名为 `{suggestion}`。"),
        "en": Text("`{path}` ends in .yml and would not be read", "rename it to `{suggestion}`"),
    },
    "empty-file": {
        "zh": Text("文件是空的，或者只有注释", "请写入内容，或删去这个文件。"),
        "en": Text("the file is empty, or holds comments only", "write something into it, or remove it"),
    },
    "too-many-faults": {
        "zh": Text("这个文件的错误太多，没有全部列出", "请先改正前面列出的。"),
        "en": Text("this file has more faults than are shown", "mend those above first"),
    },
    "too-many-values": {
        "zh": Text("文件里的内容多得不像规则，读到这里为止", "请确认没有放错文件，或把它拆成几个。"),
        "en": Text(
            "the file holds more values than any rules do, and is read no further",
            "check that it belongs here, or split it",
        ),
    },
}

_CHARACTERS: dict[str, dict[Lang, Text]] = {
    "gbk-encoding": {
        "zh": Text(
            "文件不是 UTF-8 编码，看上去是 GBK（GB18030）",
            "请另存为 UTF-8：在记事本中选“另存为”，把“编码”改为“UTF-8”。",
        ),
        "en": Text(
            "the file is not UTF-8; it looks like GBK (GB18030)",
            "save it as UTF-8: in Notepad, choose Save as and set Encoding to UTF-8",
        ),
    },
    "utf16-encoding": {
        "zh": Text(
            "文件不是 UTF-8 编码，看上去是 {encoding}",
            "请另存为 UTF-8：在记事本中选“另存为”，把“编码”由“Unicode”改为“UTF-8”。",
        ),
        "en": Text(
            "the file is not UTF-8; it looks like {encoding}",
            "save it as UTF-8: in Notepad, choose Save as and set Encoding from Unicode to UTF-8",
        ),
    },
    "not-utf8": {
        "zh": Text(
            "这里有一个损坏的字符（{char}），不是 UTF-8", "请重新输入这里的文字，并把文件存为 UTF-8。"
        ),
        "en": Text(
            "a character is damaged here ({char}): this is not UTF-8",
            "type the text anew, and save the file as UTF-8",
        ),
    },
    "lone-surrogate": {
        "zh": Text("这里有半个字符（{char}）", "请删去它，重新输入这里的文字。"),
        "en": Text("half a character stands here ({char})", "delete it and type the text anew"),
    },
    "line-separator": {
        "zh": Text("这里有一个编辑器不显示的换行符（{char}）", "请删去它；需要换行时按回车键。"),
        "en": Text(
            "a line break that editors do not show stands here ({char})",
            "delete it; where a break is meant, press Enter",
        ),
    },
    "control-character": {
        "zh": Text("这里有一个看不见的控制字符（{char}）", "请删去它；多半是从别处粘贴时带来的。"),
        "en": Text(
            "an invisible control character stands here ({char})",
            "delete it; it most likely came with pasted text",
        ),
    },
    "invisible-character": {
        "zh": Text("这里有一个看不见的字符（{char}）", "请删去它；多半是从网页粘贴时带来的。"),
        "en": Text(
            "an invisible character stands here ({char})",
            "delete it; it most likely came with text from a web page",
        ),
    },
    "byte-order-mark": {
        "zh": Text("文件中间有一个看不见的字节序标记（{char}）", "请删去它；多半是拼接几个文件时带来的。"),
        "en": Text(
            "an invisible byte order mark stands amid the file ({char})",
            "delete it; it most likely came from joining files",
        ),
    },
    "tab-indentation": {
        "zh": Text("缩进用了制表符（Tab 键）", "请改用空格，每级两个。"),
        "en": Text("a tab is used for indentation", "use spaces, two for each level"),
    },
    "tab-in-text": {
        "zh": Text("文字里有制表符（Tab 键）", "请改为空格；多半是从表格粘贴时带来的。"),
        "en": Text(
            "a tab stands within the text", "put spaces in its place; it most likely came from a table"
        ),
    },
    "odd-space": {
        "zh": Text(
            "`{word}` 里有一个不是普通空格的空格",
            "它多半是全角空格，或从网页粘贴而来；请删去它，用英文输入法打空格。",
        ),
        "en": Text(
            "a blank in `{word}` is not an ordinary space",
            "delete it and type a space with the keyboard set to English",
        ),
    },
    "full-width-colon": {
        "zh": Text(
            "`{word}` 后面的冒号是全角的",
            "请改为半角冒号加一个空格，即“: ”；如果本来就是一段文字，请加引号。",
        ),
        "en": Text(
            "the colon in `{word}` is full-width",
            "write `: `, a plain colon and a space; if it is meant as text, put it in quotes",
        ),
    },
    "full-width-comma": {
        "zh": Text(
            "`{word}` 里的逗号或顿号是全角的",
            "几项之间请用半角逗号，例如 [planning, housing]；如果本来就是一段文字，请加引号。",
        ),
        "en": Text(
            "the comma in `{word}` is full-width",
            "separate entries as in [planning, housing]; if it is meant as text, put it in quotes",
        ),
    },
    "full-width-bracket": {
        "zh": Text(
            "`{word}` 是全角括号",
            "列表用半角方括号 [ ]，“键: 值”用半角花括号 {{ }}；如果本来就是一段文字，请加引号。",
        ),
        "en": Text(
            "`{word}` is a full-width bracket",
            "write [ ] for a list and {{ }} for `key: value`; if it is meant as text, put it in quotes",
        ),
    },
    "curly-quotes": {
        "zh": Text("`{word}` 用了中文引号", '这里的引号请用半角 "；标识不必加引号。'),
        "en": Text("`{word}` uses typographic quotes", 'use plain " here; identifiers need no quotes'),
    },
}

_SECTIONS: dict[str, dict[Lang, Text]] = {
    "no-sections": {
        "zh": Text("文件顶层不是“键: 值”", "顶层请写 `rules:` 一类的键，内容缩进写在下面。可以写：{known}。"),
        "en": Text(
            "the file's top level is not `key: value`",
            "begin with a key such as `rules:` and indent the rest below it; it can be {known}",
        ),
    },
    "unknown-section": {
        "zh": Text("顶层不能写 `{word}`", "是否指 `{suggestion}`？", "可以写：{known}。"),
        "en": Text(
            "`{word}` cannot stand at the top level", "did you mean `{suggestion}`?", "it can be {known}"
        ),
    },
    "cases-among-rules": {
        "zh": Text("案例不能放在规则的文件夹里", "请把这个文件移到 cases 文件夹。"),
        "en": Text("cases cannot stand in the folder of the rules", "move the file to the folder of cases"),
    },
    "section-twice": {
        "zh": Text("`{word}` 在两个文件里都写了", "一个规则库只能有一个；请保留一个。"),
        "en": Text("`{word}` stands in two files", "a rulebook has one; keep one of the two"),
    },
    "section-not-a-list": {
        "zh": Text("`{word}` 下面应当是列表", "每一项以“- ”开头；一项也没有时，请删去 `{word}:` 这一行。"),
        "en": Text(
            "what stands under `{word}` should be a list",
            "start each entry with `- `; where there is none, drop the line `{word}:`",
        ),
    },
    "section-not-a-mapping": {
        "zh": Text("`{word}` 下面应当是“键: 值”", "请在下一行缩进写 `id: …` 等，前面不加短横。"),
        "en": Text(
            "what stands under `{word}` should be `key: value` lines",
            "write `id: …` and so on below it, indented and without a dash",
        ),
    },
}

MESSAGES: dict[str, dict[Lang, Text]] = {**_FILES, **_CHARACTERS, **SYNTAX, **_SECTIONS}
