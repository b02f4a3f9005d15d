"""A pytest plugin: `pytest cases/` collects the case files and runs each case."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from dutyroute.cases import Case
    from dutyroute.routing.router import Router


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that names the rulebook."""
    group = parser.getgroup("dutyroute")
    help_text = (
        "the rulebook that cases are run against (default: rules/ near the file, else the shipped one)"
    )
    group.addoption("--dutyroute-rules", metavar="DIR", default=None, help=help_text)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect YAML files that hold cases; others are nobody's."""
    if file_path.suffix != ".yaml" or not _begins_with_cases(file_path):
        return None
    found: pytest.Collector = CaseFile.from_parent(parent, path=file_path)
    return found


def _begins_with_cases(path: Path) -> bool:
    """Look for the key at the start of a line; what the file really says is the loader's to tell."""
    try:
        with path.open("rb") as file:
            return any(line.startswith(b"cases:") for line in file)
    except OSError:
        return False


class CaseFile(pytest.File):
    """One file of cases."""

    def collect(self) -> Iterator[CaseItem]:
        """Yield a test for each case."""
        from dutyroute.cases import load_cases
        from dutyroute.errors import RulebookError

        try:
            router = _router(_rules(self.config, self.path))
            cases = load_cases([self.path], router.rulebook)
        except RulebookError as error:
            raise self.CollectError(error.describe()) from None
        for case in cases:
            yield CaseItem.from_parent(self, name=case.id, case=case, router=router)


class CaseItem(pytest.Item):
    """One case."""

    def __init__(self, *, case: Case, router: Router, **others: Any) -> None:
        super().__init__(**others)
        self.case = case
        self.router = router

    def runtest(self) -> None:
        """Run the case; fail with every difference."""
        from dutyroute.cases import run

        done = run(self.case, self.router)
        if not done.passed:
            raise DifferentDecision("\n".join(f"- {d.message()}" for d in done.mismatches))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *_: Any, **__: Any) -> Any:
        """Show the place, the case and the differences; a clerk has no use for a traceback."""
        if isinstance(excinfo.value, DifferentDecision):
            from dutyroute.messages import language
            from dutyroute.messages.outside import one_line

            place = f"{self.case.span}: " if self.case.span else ""
            title, because = one_line(self.case.called(language())), one_line(self.case.because)
            return f"{place}{title}\n{excinfo.value}\n{because}"
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Tell pytest where the case stands."""
        return self.path, self.case.span.line - 1 if self.case.span else None, f"case: {self.name}"


class DifferentDecision(Exception):
    """The decision is not what the case expects."""


def _rules(config: pytest.Config, path: Path) -> Path:
    """Find the rulebook: the one named, the one beside the cases, the nearest `rules/`, the shipped one."""
    from dutyroute.rulebook.shipped import rules_beside, shipped

    named = config.getoption("--dutyroute-rules")
    if named:
        return Path(named)
    beside = rules_beside(path)
    if beside is not None:
        return beside
    near = (folder / "rules" for folder in path.resolve().parents)
    return next((folder for folder in near if (folder / "rulebook.yaml").is_file()), shipped("rules"))


@cache
def _router(rules: Path) -> Router:
    from dutyroute.routing.router import Router

    return Router.load(rules)
