"""Messages about files that cannot be read as YAML rules."""

from __future__ import annotations

from dutyroute.messages import Lang, Text

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
        "zh": Text("这个文件还有 {count} 处错误没有列出", "请先改正前面的 {limit} 处。"),
        "en": Text("{count} more faults of this file are not shown", "mend the first {limit} of them"),
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

_YAML: dict[str, dict[Lang, Text]] = {
    "duplicate-key": {
        "zh": Text("`{word}` 在同一处写了两次", "请合并成一个，或删去其中一个；否则会有一个不起作用。"),
        "en": Text(
            "`{word}` is written twice in one place", "merge the two or drop one, or else one has no effect"
        ),
    },
    "anchor": {
        "zh": Text("不能用锚点 `{word}`", "请删去它，并在用到的地方把内容写全；如果是文字，请加引号。"),
        "en": Text(
            "anchors such as `{word}` are not allowed",
            "drop it and write the content out wherever it is used; quote it if it is text",
        ),
    },
    "alias": {
        "zh": Text("不能用引用 `{word}`", "请在这里把内容写全；如果是文字，请加引号。"),
        "en": Text(
            "aliases such as `{word}` are not allowed", "write the content out here; quote it if it is text"
        ),
    },
    "merge-key": {
        "zh": Text("不能用合并键 `<<`", "请在这里把各个键写全。"),
        "en": Text("merge keys `<<` are not allowed", "write the keys out here"),
    },
    "tag": {
        "zh": Text("不能用标签 `{word}`", "请删去它；如果是文字，请加引号。"),
        "en": Text("tags such as `{word}` are not allowed", "drop it; quote it if it is text"),
    },
    "several-documents": {
        "zh": Text(
            "一个文件里不能有几份文档", "请删去 `---` 或 `...` 这一行；两部分写在一起，或分成两个文件。"
        ),
        "en": Text(
            "a file cannot hold several documents",
            "drop the `---` or `...` line: join the parts, or make two files",
        ),
    },
    "directive": {
        "zh": Text("不能用以 % 开头的指令 `{word}`", "请删去这一行。"),
        "en": Text("directives such as `{word}` are not allowed", "drop the line"),
    },
    "non-text-key": {
        "zh": Text("键 `{word}` 不是文字", '请加上引号，例如 "1": …；列表和花括号不能作键。'),
        "en": Text(
            "the key `{word}` is not text", 'put it in quotes, as in "1": …; a list or braces cannot be a key'
        ),
    },
    "nested-too-deeply": {
        "zh": Text("嵌套超过 64 层", "请检查括号是否成对、缩进是否越写越深。"),
        "en": Text("this is nested more than 64 levels deep", "check the brackets and the indentation"),
    },
    "impossible-date": {
        "zh": Text("没有 `{word}` 这一天", "请改为存在的日期；如果是文字，请加引号。"),
        "en": Text("there is no day `{word}`", "give a day that exists; put it in quotes if it is text"),
    },
    "long-number": {
        "zh": Text("数 `{word}` 太长", "超过 18 位的编号请加引号，当作文字。"),
        "en": Text(
            "the number `{word}` is too long", "put a reference of more than 18 digits in quotes, as text"
        ),
    },
    "missing-space": {
        "zh": Text("`{word}` 的冒号后面少了空格", "请写成 `{word}: …`；如果本来就是一段文字，请加引号。"),
        "en": Text(
            "a space is missing after the colon of `{word}`",
            "write `{word}: …`; if it is meant as text, put it in quotes",
        ),
    },
    "missing-dash-space": {
        "zh": Text("短横 `-` 后面少了空格", "列表的每一项以“- ”开头，短横后面有一个空格。"),
        "en": Text(
            "a space is missing after the dash", "each entry of a list starts with `- `, a dash and a space"
        ),
    },
    "missing-colon": {
        "zh": Text("`{word}` 后面少了冒号", "每行写成 `键: 值`；文字要接上一行的，请比上一行的键多缩进。"),
        "en": Text(
            "a colon is missing after `{word}`",
            "write `key: value`; a text that goes on from the line above is indented more than its key",
        ),
    },
    "colon-in-text": {
        "zh": Text(
            "文字 `{word}` 后面的冒号被当成了键的冒号", "请给整段文字加引号；括号里的，请看看是否少了逗号。"
        ),
        "en": Text(
            "the colon after `{word}` is taken for that of a key",
            "put the whole text in quotes; within brackets, check the commas",
        ),
    },
    "bad-indentation": {
        "zh": Text("`{word}` 的缩进不对", "同一级的各行要左对齐，下一级多两个空格；列表各项的短横要对齐。"),
        "en": Text(
            "`{word}` is not indented as it should be",
            "align what is on one level, and indent the next by two spaces; align the dashes of a list",
        ),
    },
    "dash-after-key": {
        "zh": Text(
            "列表不能从键的同一行开始：`{word}`",
            "请换行，缩进后再写“- ”；或写成 [甲, 乙]。以短横开头的文字请加引号。",
        ),
        "en": Text(
            "a list cannot begin on the line of its key: `{word}`",
            "begin it on the next line, indented, or write [a, b]; quote a text that starts with a dash",
        ),
    },
    "unclosed-quote": {
        "zh": Text("引号 {word} 没有配对", "请在文字末尾补上同样的引号；文字里要用引号时，外面换另一种。"),
        "en": Text(
            "the quote {word} is not closed",
            "put the same quote at the end of the text; for quotes inside it, use the other kind outside",
        ),
    },
    "text-after-quote": {
        "zh": Text(
            "引号后面多了文字：`{word}`", "请把整段文字放进同一对引号；文字里要用引号时，外面换另一种。"
        ),
        "en": Text(
            "text follows the closing quote: `{word}`",
            "put all of it into one pair of quotes; for quotes inside it, use the other kind outside",
        ),
    },
    "unclosed-bracket": {
        "zh": Text("括号 `{word}` 没有配对", "请在末尾补上 ] 或 }}。"),
        "en": Text("the bracket `{word}` is not closed", "put ] or }} at the end"),
    },
    "wrong-bracket": {
        "zh": Text("括号 `{word}` 与前面的不配", "[ 配 ]，{{ 配 }}。"),
        "en": Text(
            "the bracket `{word}` does not match the one that is open", "[ goes with ], {{ goes with }}"
        ),
    },
    "stray-bracket": {
        "zh": Text("多了一个括号 `{word}`", "请删去它；如果是文字，请加引号。"),
        "en": Text("the bracket `{word}` closes nothing", "drop it; quote it if it is text"),
    },
    "missing-comma": {
        "zh": Text("括号里 `{word}` 前面少了逗号", "各项之间用半角逗号；含有冒号的文字请加引号。"),
        "en": Text(
            "a comma is missing within the brackets, before `{word}`",
            "separate entries by commas; put a text with a colon in quotes",
        ),
    },
    "special-character": {
        "zh": Text("字符 {word} 在这里另有用途，不能这样写", "请给整段文字加引号。"),
        "en": Text("the character {word} has a meaning of its own here", "put the whole text in quotes"),
    },
    "stray-comma": {
        "zh": Text("这里多了一个逗号", "请删去它；如果是文字，请加引号。"),
        "en": Text("this comma separates nothing", "drop it; quote it if it is text"),
    },
    "comparison-sign": {
        "zh": Text(
            "不能写 `{word}`",
            "请写成 {{at_least: 3}}（不小于）、{{more_than: 3}}（大于）、"
            "{{at_most: 3}}（不大于）或 {{less_than: 3}}（小于）；如果是文字，请加引号。",
        ),
        "en": Text(
            "`{word}` cannot be written so",
            "write {{at_least: 3}}, {{more_than: 3}}, {{at_most: 3}} or {{less_than: 3}}; put it in quotes if it is text",
        ),
    },
    "nothing-before-colon": {
        "zh": Text("冒号前面没有键", "请写成 `键: 值`。"),
        "en": Text("no key stands before the colon", "write `key: value`"),
    },
    "bad-escape": {
        "zh": Text("双引号里的 `{word}` 不能这样写", "反斜杠请写两个 \\\\，或改用单引号。"),
        "en": Text(
            "`{word}` cannot stand in double quotes", "write a backslash twice \\\\, or use single quotes"
        ),
    },
    "bad-yaml": {
        "zh": Text("从这里起看不懂：`{word}`", "请检查这一行和上一行的缩进、冒号、引号和括号。"),
        "en": Text(
            "this cannot be read: `{word}`",
            "check indentation, colons, quotes and brackets of this line and the one above",
        ),
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

MESSAGES: dict[str, dict[Lang, Text]] = {**_FILES, **_CHARACTERS, **_YAML, **_SECTIONS}
