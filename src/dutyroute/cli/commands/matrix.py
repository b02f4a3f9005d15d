"""`dutyroute matrix`: for each matter and role, who holds it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from dutyroute.analysis import Matrix, MatrixRow
from dutyroute.analysis import matrix as build
from dutyroute.cli.answers import read_pairs
from dutyroute.cli.options import Pairs
from dutyroute.cli.output import Exit, echo_json
from dutyroute.cli.rulebooks import load_rules
from dutyroute.cli.view.grid import echo_grid
from dutyroute.cli.view.names import ScreenNames
from dutyroute.formats.timestamp import today
from dutyroute.messages import Phrasebook
from dutyroute.routing.router import Router
from dutyroute.rulebook.vocabulary import MATTER


def matrix(
    say: Phrasebook, *, matter: tuple[str, ...], fact: Pairs, rules: str | None, format: str, bom: bool
) -> int:
    """Print the matrix; the status tells whether any matter was too open to tell."""
    rulebook = load_rules(rules, say)
    names = ScreenNames(rulebook, say)
    # Rules of another day would make rows of what is not in force.
    router = Router(rulebook, today=partial(today, rulebook.header.zone))
    facts = read_pairs(rulebook.vocabulary, fact)
    found = build(router, facts, [router.incident({MATTER: name}).matters[0] for name in matter])
    if format == "json":
        echo_json(found.to_dict(say.lang))
    elif format == "text":
        # Loaded here, as rich takes longer to load than the CSV takes to write.
        from dutyroute.cli.view.matrix import MatrixWriter

        MatrixWriter(names, found).write(_legend(found, names, "-"))
    else:
        # People read Markdown: roles that nobody holds would only widen it. Programs read CSV.
        roles, gap = (found.roles, say("gap")) if format == "csv" else (found.held(), "—")
        headings = [say("matter"), *map(names.role, roles)]
        rows = [[names.matter(row.matter), *_texts(row, names, roles, gap)] for row in found.rows]
        echo_grid(format, headings, rows, has_mark=bom, remarks=_legend(found, names, gap))
    return Exit.FOUND if any(row.is_open for row in found.rows) else Exit.FINE


def _texts(row: MatrixRow, names: ScreenNames, roles: Sequence[str], gap: str) -> Iterator[str]:
    for role in roles:
        held = (
            names.party(each.party) + ("" if each.certain else names.say("if-so"))
            for each in row.cells.get(role, ())
        )
        # An empty cell would say that nobody holds the role, which is not known here.
        yield names.say("too-open") if row.is_open else names.say("semicolon").join(held) or gap


def _legend(found: Matrix, names: ScreenNames, gap: str) -> Iterator[str]:
    say = names.say
    yield say("matrix-legend", gap=gap)
    unknown = [names.matter(row.matter) for row in found.rows if row.is_open]
    nobody = [names.role(role) for role in found.roles if role not in found.held()]
    if unknown:
        yield say("matrix-too-open", matters=say.listed(unknown))
    elif nobody:
        yield say("matrix-nobody", roles=say.listed(nobody))
    given = {**found.facts, **dict(found.assumed)}
    if given:
        pairs = (say("equals", fact=names.fact(f), value=names.value(f, v)) for f, v in given.items())
        yield say("matrix-given", facts=say("semicolon").join(pairs))
    yield names.stamp()
