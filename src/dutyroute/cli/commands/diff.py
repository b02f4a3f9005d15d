"""`dutyroute diff`: what an edit changes, region by region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING

from dutyroute.cli.incidents import incidents_in
from dutyroute.cli.output import Exit, complain, echo, echo_json
from dutyroute.cli.rulebooks import recorded, revision_of
from dutyroute.errors import IncidentError, RulebookError
from dutyroute.formats.json import JsonError
from dutyroute.messages import Phrasebook
from dutyroute.rulebook.rulebook import Rulebook

if TYPE_CHECKING:
    from dutyroute.analysis import CaseReader
    from dutyroute.analysis.differences.comparison import ReadCase
    from dutyroute.ledger import Ledger


def diff(say: Phrasebook, *, old: str, new: str, cases: str | None, format: str, ledger: str | None) -> int:
    """Print what changes between two rulebooks; the status tells whether anything does."""
    from dutyroute.analysis import CaseReader
    from dutyroute.analysis import diff as compare

    with ExitStack() as stack:
        record = recorded(ledger, stack)
        before, after = _side(old, "old", record, say), _side(new, "new", record, say)
    if isinstance(before, int) or isinstance(after, int):
        return Exit.RULEBOOK
    comparison = compare(before, after)
    if cases:
        # Read one by one while they are counted: a history may be larger than the memory.
        comparison = comparison.count(_readable(cases, CaseReader(before, after), say))
    if format == "json":
        echo_json(comparison.to_dict(say.lang), indent=2)
    elif format == "html":
        from dutyroute.report.analysis import render_diff

        echo(render_diff(comparison, say.lang))
    else:
        echo(comparison.to_markdown(say.lang) if format == "markdown" else comparison.to_text(say.lang))
    return Exit.FOUND if comparison.changes_anything else Exit.FINE


def _side(written: str, side: str, ledger: Ledger | None, say: Phrasebook) -> Rulebook | int:
    """Load one side; where it cannot be used, say which and why."""
    try:
        return revision_of(written, ledger, say)
    except RulebookError as error:
        heading = say(f"diff-side-{side}", name=written)
        return complain(f"{heading}\n\n{error.describe(say.lang)}", Exit.RULEBOOK)


def _readable(cases: str, reader: CaseReader, say: Phrasebook) -> Iterator[ReadCase]:
    """Read the cases; those that neither rulebook can read are reported and left out."""
    unread: list[str] = []
    for each in incidents_in(cases, None, say):
        try:
            if each.broken is not None:
                raise each.broken
            if not isinstance(each.data, Mapping):
                raise IncidentError("incident-not-a-mapping", None, each.data)
            yield reader.read(each.data)
        except (JsonError, IncidentError) as error:
            unread.append(say("unread-case", line=each.line or "?", message=error.describe(say.lang)))
    if unread:
        lines = "\n".join(f"  {line}" for line in unread[:10])
        complain(f"{say('diff-unread', count=len(unread))}\n{lines}", Exit.FINE)
