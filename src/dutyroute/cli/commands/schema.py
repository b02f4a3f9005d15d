"""`dutyroute schema`: JSON Schemas for editors that complete and explain."""

from __future__ import annotations

from pathlib import Path

from dutyroute.authoring.schema import write_schemas
from dutyroute.cli.output import Exit, echo
from dutyroute.cli.rulebooks import load_rules
from dutyroute.messages import Phrasebook
from dutyroute.rulebook.loader.files import name_of


def schema(say: Phrasebook, *, out: str, rules: str | None) -> int:
    """Write a JSON Schema for each kind of file."""
    for path in write_schemas(Path(out), load_rules(rules, say), say.lang):
        echo(say("written", path=name_of(path)))
    return Exit.FINE
