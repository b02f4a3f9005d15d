"""Engines whose rules are a spreadsheet or a system of variables: pyDMNrules, OpenFisca."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from peers.form import Decide, Duty, Peer, Plain, Rule

_FIELDS = (
    "matter",
    "community_kind",
    "has_property_company",
    "is_public_area",
    "repeat_count",
    "reported_at",
)


def _openfisca(listed: list[Rule]) -> Decide:
    """One yes-or-no variable a rule; one simulation an incident, as its documentation does."""
    import numpy as np
    from openfisca_core import entities, periods, variables
    from openfisca_core.simulation_builder import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem

    single = entities.SingleEntity("incident", "incidents", "", "")
    system = TaxBenefitSystem([single])
    kinds = {"matter": str, "community_kind": str, "has_property_company": bool, "is_public_area": bool}
    for name in _FIELDS:
        body = {
            "value_type": kinds.get(name, int),
            "entity": single,
            "definition_period": periods.DateUnit.DAY,
            "label": name,
        }
        system.add_variable(type(name, (variables.Variable,), body))

    def formula(rule: Rule) -> Any:
        def matched(incident: Any, period: Any) -> Any:
            found = np.isin(incident("matter", period), rule.matters)
            for name, value in (
                ("community_kind", rule.kind),
                ("has_property_company", rule.has_company),
                ("is_public_area", rule.is_public),
            ):
                if value is not None:
                    found = found & (incident(name, period) == value)
            for name, least in (("repeat_count", rule.repeats), ("reported_at", rule.since)):
                if least is not None:
                    found = found & (incident(name, period) >= least)
            return found

        return matched

    for number, rule in enumerate(listed):
        body = {
            "value_type": bool,
            "entity": single,
            "definition_period": periods.DateUnit.DAY,
            "label": rule.id,
            "formula": formula(rule),
        }
        system.add_variable(type(f"r{number}", (variables.Variable,), body))
    names = [f"r{number}" for number in range(len(listed))]

    def decide(incident: Plain) -> Iterable[Duty]:
        simulation = SimulationBuilder().build_default_simulation(system, count=1)
        for name in _FIELDS:
            simulation.set_input(name, "2026-01-01", np.array([incident[name]]))
        return [
            duty
            for number, name in enumerate(names)
            if simulation.calculate(name, "2026-01-01")[0]
            for duty in listed[number].duties
        ]

    return decide


def _dmn_rules(listed: list[Rule]) -> Decide:
    """A workbook with one collect table."""
    import openpyxl
    import pyDMNrules
    from openpyxl.styles import Border, Side

    book = openpyxl.Workbook()
    glossary = book.active
    glossary.title = "Glossary"
    for line in (("Glossary",), ("Variable", "Business Concept", "Attribute")):
        glossary.append(line)
    for number, name in enumerate(_FIELDS):
        glossary.append((name, None if number else "Incident", name))
    glossary.merge_cells(start_row=3, end_row=2 + len(_FIELDS), start_column=2, end_column=2)
    glossary.append(("place", "Answer", "place"))
    decision = book.create_sheet("Decision")
    for line in (("Decision",), ("Decisions", "Execute Decision Tables"), ("duties", "duties")):
        decision.append(line)
    table = book.create_sheet("duties")
    table.append(("duties",))
    table.append(("C", *_FIELDS, "place"))
    for number, rule in enumerate(listed):
        table.append((number + 1, *_cells(rule), number))
    double, none = Side(style="double"), Side()
    for row in table.iter_rows(min_row=2, max_col=len(_FIELDS) + 2):
        for cell in row:
            left = double if cell is row[-1] else none
            right = double if cell is row[-2] else none
            cell.border = Border(left=left, right=right, top=none, bottom=double if cell.row == 2 else none)
    rules = pyDMNrules.DMN()
    status = rules.use(book)
    if "errors" in status:
        raise ValueError(status["errors"][0])

    def decide(incident: Plain) -> Iterable[Duty]:
        _, data = rules.decide({name: incident[name] for name in _FIELDS})
        places = data["Result"]["place"] or () if data else ()
        return [duty for place in places for duty in listed[int(place)].duties]

    return decide


def _cells(rule: Rule) -> tuple[Any, ...]:
    return (
        ", ".join(f'"{matter}"' for matter in rule.matters),
        f'"{rule.kind}"' if rule.kind is not None else "-",
        "-" if rule.has_company is None else str(rule.has_company).lower(),
        "-" if rule.is_public is None else str(rule.is_public).lower(),
        "-" if rule.repeats is None else f">= {rule.repeats}",
        "-" if rule.since is None else f">= {rule.since}",
    )


PEERS = (
    Peer(
        "OpenFisca",
        ("OpenFisca-Core",),
        "one variable a rule, one simulation an incident",
        _openfisca,
    ),
    Peer(
        "pyDMNrules",
        ("pyDMNrules",),
        "one collect table of a workbook",
        _dmn_rules,
    ),
)
