"""Messages about YAML that is not well-formed, or that two people could read in two ways."""

from __future__ import annotations

from dutyroute.messages import Lang, Text

__all__ = ["SYNTAX"]

SYNTAX: dict[str, dict[Lang, Text]] = {
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
