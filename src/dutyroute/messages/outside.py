"""
Text from outside, made fit to be shown.

Names, notes, ids, values and file contents are written by others. Whatever shows
them, a terminal, a page, a table or a diagram, sends them through this module, so
that no text can steer a terminal, turn around or hide what stands beside it, or
pass for a line of ours. What a program reads, such as JSON, keeps the characters
and writes them as escapes.
"""

from __future__ import annotations

import re
from typing import Final

ORDERS: Final = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # what a terminal obeys
    "\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # turns around or hides
    "\u115f\u1160\u3164\uffa0\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # looks like nothing
    "\U000e0000-\U000e00ff]"  # tags, which can hold a whole text that nobody sees
)
"""A pattern of the characters that are not shown, for Arrow's regular expressions, too."""

LINE_END: Final = "↵"
"""How the end of a line is shown within a line."""

_ORDERS = re.compile(f"{ORDERS}|[\ud800-\udfff]")
SECRET: Final = re.compile("pass|pwd|secret|token|key", re.IGNORECASE)
"""What an option of an address contains whose value is not shown."""
# Before a host, or behind the name of an option. A password may hold slashes and blanks. What follows the
# host of a page may be a port, a path and, further on, an `@` of its own. How an address is to be written
# is shown in messages, too. The lengths are limited so that a long text takes no long time.
_PASSWORD = re.compile(
    r"((?<!http)(?<!https)://[^\s:@]{0,300}:)(?!(?:PASSWORD|密码)@)"
    r"(?:\S{0,300}(?=@)|(?!\d+(?:[/?\s]|$))[^\s`'\"@][^\n`'\"@]{0,300}(?:@\S{0,300})?(?=@))"
    r"|(://[^\s:@]{0,300}:)(?!(?:PASSWORD|密码)@)[^\s/]{0,300}(?=@)"
    rf"|((?:[?&](?=[^\s&`]{{0,300}}?(?:{SECRET.pattern}))[^\s=&`]{{0,300}}|\bpassword)=)[^\s&`]*",
    re.IGNORECASE,
)
# An address as a word of its own ends with the word: whatever quotes, blanks and marks the password holds.
_ADDRESS = re.compile(r"(?:--?[\w-]+=)?[a-z][a-z0-9+.]*://", re.IGNORECASE)
_IN_ADDRESS = re.compile(
    rf"(://[^:@/?]*:).*(?=@)|([?&][^=&]*?(?:{SECRET.pattern})[^=&]*=).*?(?=&[a-z_]+=|$)",
    re.IGNORECASE | re.DOTALL,
)
_ENDS = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")


def harmless(text: str) -> str:
    """
    Replace what would be obeyed or hidden, one character for one; lines stay lines.

    >>> harmless("a\\x1b[31mb\\tc")
    'a?[31mb c'
    """
    return _ORDERS.sub("?", text.replace("\r\n", "\n").replace("\t", " "))


def masked(text: str) -> str:
    """
    Leave the passwords out of the addresses in a text.

    >>> masked("no map for `postgresql://me:s3cret@host/db?password=x&a=1`")
    'no map for `postgresql://me:***@host/db?password=***&a=1`'
    >>> masked("postgresql://me:s3 c/r@et@host/db"), masked("host=a password=x")
    ('postgresql://me:***@host/db', 'host=a password=***')
    """
    return _PASSWORD.sub(r"\1\2\3***", text) if "://" in text or "=" in text else text


def masked_word(word: str) -> str:
    """
    Leave the passwords out of one word of a command line, which may be an address or an option with one.

    >>> masked_word("--ledger=postgresql://me:s3'c r@et@host/db?password=x&y&user=z")
    '--ledger=postgresql://me:***@host/db?password=***&user=z'
    """
    return masked(_IN_ADDRESS.sub(r"\1\2***", word) if _ADDRESS.match(word) else word)


def encodable(text: str) -> str:
    r"""
    Write as escapes what UTF-8 cannot hold: half characters, as in a file's name in another encoding.

    >>> encodable("\udcb0.csv")
    '\\udcb0.csv'
    """
    return text.encode("utf-8", "backslashreplace").decode()


def masked_path(path: str) -> str:
    """
    Leave out of a path what is a password if the path is an address written wrongly.

    >>> masked_path("clerk:secret@127.0.0.1/duties"), masked_path("a/b.db")
    ('clerk:***@127.0.0.1/duties', 'a/b.db')
    """
    return re.sub(r"(?<=:)[^/\s:@][^\s@]*(?=@)", "***", path)


def one_line(text: str, limit: int | None = None) -> str:
    """
    Show a text on one line without passwords, cut after `limit` characters.

    >>> one_line("street\\nincident 2", limit=12)
    'street↵inci…'
    """
    text = masked(text)
    cut = text if limit is None or len(text) <= limit else text[: limit - 1] + "…"
    return harmless(_ENDS.sub(LINE_END, cut.rstrip("\r\n")))


def markdown(text: str) -> str:
    """
    Show a text on one line of Markdown, which must not read a link, a tag or a table into it.

    >>> markdown("[a](b)|")
    '\\\\[a\\\\](b)\\\\|'
    """
    return re.sub(r"([\\`*_\[\]<>|#&~])", r"\\\1", one_line(text))


def escaped(written: str) -> str:
    """
    Write in JSON as escapes what would be obeyed or hidden.

    >>> escaped('"a\u202eb"')
    '"a\\\\u202eb"'
    """

    def escape(found: re.Match[str]) -> str:
        units = found[0].encode("utf-16-be", "surrogatepass").hex()
        return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))

    return _ORDERS.sub(escape, written)
