"""The command's own words in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dutyroute.messages import LANGUAGES, Lang, language
from dutyroute.messages.analysis import WORDS as ANALYSIS
from dutyroute.messages.authoring import WORDS as AUTHORING
from dutyroute.messages.cli import WORDS
from dutyroute.messages.document import WORDS as DOCUMENT
from dutyroute.messages.editions import WORDS as EDITIONS
from dutyroute.messages.engines import WORDS as ENGINES
from dutyroute.messages.ledger import WORDS as LEDGER
from dutyroute.messages.oversight import WORDS as OVERSIGHT
from dutyroute.messages.replaying import WORDS as REPLAYING
from dutyroute.messages.usage import PAGES

__all__ = ["PHRASES", "Phrasebook", "spoken"]

PHRASES = {
    **WORDS,
    **PAGES,
    **ANALYSIS,
    **AUTHORING,
    **REPLAYING,
    **LEDGER,
    **EDITIONS,
    **DOCUMENT,
    **ENGINES,
    **OVERSIGHT,
}
"""Every phrase by its key; no key stands in two of the books."""


class Phrasebook:
    """Says a phrase of the command line in one language."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang

    def __call__(self, key: str, **values: object) -> str:
        """Return one phrase, its gaps filled."""
        return PHRASES[key][self.lang].format(**values)

    def listed(self, words: Iterable[str]) -> str:
        """Write words one after the other, as the language does."""
        return self("comma").join(words)


def spoken(arguments: Sequence[str]) -> Lang:
    """
    Tell which language the arguments ask for; without `--lang`, the reader's own.

    Looked for before anything else is read: help and errors need it too.

    >>> spoken(["route", "--lang", "zh", "--help"])
    'zh'
    """
    found = language()
    for position, argument in enumerate(arguments):
        if argument == "--":
            break
        name, _, value = argument.partition("=")
        if name == "--lang":
            wanted = value or (arguments[position + 1] if position + 1 < len(arguments) else "")
            found = next((lang for lang in LANGUAGES if lang == wanted), found)
    return found
