"""The command's own words in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence

from dutyroute.messages import LANGUAGES, Lang, Phrasebook, language

__all__ = ["Phrasebook", "spoken"]


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
