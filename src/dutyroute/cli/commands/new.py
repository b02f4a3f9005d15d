"""`dutyroute new`: a minimal rulebook, or a draft entry in the right file of one."""

from __future__ import annotations

from pathlib import Path

from dutyroute.authoring.scaffold import add, start
from dutyroute.cli.command import unusable
from dutyroute.cli.output import Exit, echo
from dutyroute.cli.rulebooks import folder
from dutyroute.errors import AuthoringError
from dutyroute.messages import Phrasebook, language
from dutyroute.routing.router import Router
from dutyroute.rulebook.loader.files import name_of
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import MATTER


def decided(book: Rulebook, name: str, matter: str) -> str:
    """Write a case that expects what is decided now, for a person to check."""
    from dutyroute.analysis.drafts import as_yaml, draft

    return as_yaml(draft(Router(book), name, {MATTER: matter}, language()))


def new(
    say: Phrasebook, *, kind: str, new_id: str, matter: str | None, cases: str | None, rules: str | None
) -> int:
    """Write what is asked for, and say where."""
    try:
        if kind == "rulebook":
            written = start(Path(new_id))
        # Nothing is changed in the shipped rulebook, which is what no `--rules` would mean.
        elif rules is None:
            raise unusable(say, "new-where")
        else:
            where = folder(cases, say) if cases is not None else Path("cases")
            written = (add(kind, new_id, folder(rules, say), cases=where, matter=matter, draft=decided),)
    except AuthoringError as error:
        raise unusable(say, error.code, **error.values) from None
    for path in written:
        echo(say("written", path=name_of(path)))
    return Exit.FINE
