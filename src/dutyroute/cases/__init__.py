"""
Written cases: incidents with the duties that policy staff expect, and running them.

>>> from dutyroute import Router
>>> from dutyroute.cases import load_cases, run
>>> from dutyroute.rulebook.shipped import shipped
>>> router = Router.shipped()
>>> cases = load_cases([shipped("cases") / "fire.yaml"], router.rulebook)
>>> all(run(case, router).passed for case in cases)
True
"""

from __future__ import annotations

from dutyroute.cases.cases import Case, Expectation, load_cases
from dutyroute.cases.run import CaseRun, Mismatch, run

__all__ = ["Case", "CaseRun", "Expectation", "Mismatch", "load_cases", "run"]
