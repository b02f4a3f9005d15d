"""
What can be told about a rulebook without an incident: the public functions.

Each function takes a rulebook and returns a frozen report. A name is loaded
when it is first used, so that importing this package loads nothing else.

>>> from dutyroute import Router
>>> from dutyroute.analysis import check, trace
>>> rulebook = Router.shipped().rulebook
>>> check(rulebook).counts["error"]
0
>>> [each.clause for each in trace(rulebook) if each.is_unmapped]
[]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dutyroute.lazy import lazily

if TYPE_CHECKING:
    from dutyroute.analysis.acceptance import accept
    from dutyroute.analysis.checks.catalogue import CHECKS, UnknownCheck, explain
    from dutyroute.analysis.checks.check import check
    from dutyroute.analysis.checks.finding import Finding, Findings
    from dutyroute.analysis.coverage.measure import measure_coverage
    from dutyroute.analysis.coverage.report import Coverage, MissingCase
    from dutyroute.analysis.differences.comparison import CaseCount, CaseReader, Comparison, diff
    from dutyroute.analysis.differences.diff import Region
    from dutyroute.analysis.differences.difference import Difference
    from dutyroute.analysis.document import Passage, TextTrace, passages, trace_text
    from dutyroute.analysis.duty_list import DutyList, ListedDuty, duties
    from dutyroute.analysis.mutation.mutants import Mutant, mutants
    from dutyroute.analysis.mutation.score import MutationScore, Survivor, mutate
    from dutyroute.analysis.tables import Matrix, MatrixRow, Trace, matrix, trace
    from dutyroute.analysis.watcher import Look, Watcher

__all__ = [
    "CHECKS",
    "CaseCount",
    "CaseReader",
    "Comparison",
    "Coverage",
    "Difference",
    "DutyList",
    "Finding",
    "Findings",
    "ListedDuty",
    "Look",
    "Matrix",
    "MatrixRow",
    "MissingCase",
    "Mutant",
    "MutationScore",
    "Passage",
    "Region",
    "Survivor",
    "TextTrace",
    "Trace",
    "UnknownCheck",
    "Watcher",
    "accept",
    "check",
    "diff",
    "duties",
    "explain",
    "matrix",
    "measure_coverage",
    "mutants",
    "mutate",
    "passages",
    "trace",
    "trace_text",
]

# No submodule may be called like a function here: importing the submodule would
# set it as this package's attribute, in place of the function.
_HOMES = {
    "acceptance": ("accept",),
    "checks.catalogue": ("CHECKS", "UnknownCheck", "explain"),
    "checks.check": ("check",),
    "checks.finding": ("Finding", "Findings"),
    "coverage.measure": ("measure_coverage",),
    "coverage.report": ("Coverage", "MissingCase"),
    "differences.comparison": ("CaseCount", "CaseReader", "Comparison", "diff"),
    "differences.diff": ("Region",),
    "differences.difference": ("Difference",),
    "document": ("Passage", "TextTrace", "passages", "trace_text"),
    "duty_list": ("DutyList", "ListedDuty", "duties"),
    "mutation.mutants": ("Mutant", "mutants"),
    "mutation.score": ("MutationScore", "Survivor", "mutate"),
    "tables": ("Matrix", "MatrixRow", "Trace", "matrix", "trace"),
    "watcher": ("Look", "Watcher"),
}
if not TYPE_CHECKING:  # a type checker that sees `__getattr__` accepts every misspelt name
    __getattr__, __dir__ = lazily(__name__, _HOMES)
