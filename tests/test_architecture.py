"""How the code is built: arrows of import, owners of packages, the front door, sizes, messages."""

from __future__ import annotations

import ast
import doctest
import inspect
import os
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import dutyroute

ROOT = Path(dutyroute.__file__).parent
FILES = {".".join(("dutyroute", *p.relative_to(ROOT).with_suffix("").parts)): p for p in ROOT.rglob("*.py")}
MODULES = {name.removesuffix(".__init__"): path for name, path in FILES.items()}
OURS = [*FILES.values(), *Path(__file__).parent.rglob("*.py")]

LAYERS = """
cli | pytest_plugin
report
replay
analysis | authoring
oversight
cases
routing | ledger
rete
diagram
rulebook
formats
errors
diagnostics
messages
"""
"""Arrows of import point down; those on one line do not know each other."""

RANK = {name: depth for depth, line in enumerate(LAYERS.split("\n")) for name in line.split(" | ")}

OWNERS = {
    "yaml": {"rulebook"},
    "pydantic": {"rulebook", "authoring", "cases"},
    "pydantic_core": {"rulebook"},
    "click": {"cli"},
    "watchfiles": {"cli"},
    "rich": {"cli"},
    "pytest": {"pytest_plugin"},
    "pyarrow": {"replay", "routing", "diagram"},
    "pyspark": {"replay"},
    "py4j": {"replay"},
    "python_calamine": {"replay"},
    "sqlalchemy": {"replay", "ledger"},
    "pg8000": {"ledger"},
    "xlsxwriter": {"replay"},
    "jinja2": {"report"},
    "markupsafe": {"report"},
    "durable": {"rete"},
}
"""Who may import a third-party package."""

TO_MEND = {("analysis.mutation.mutants", "pydantic")}
"""What has no owner's leave, and is known."""

UPWARD = {("rete.engine", "routing")}
"""The last import that points up: the second engine reads incidents and writes their refusals."""


def imports(tree: ast.AST) -> Iterator[str]:
    """Yield every module that a file imports, as `package.module` where that is one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in MODULES else node.module for name in inner)


def parsed(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def part(module: str) -> str:
    """Return the part of the design that a module belongs to."""
    return [*module.split("."), ""][1]


EACH = pytest.mark.parametrize("module", sorted(MODULES))


@EACH
def test_arrows_of_import_point_down(module: str) -> None:
    """A new module has to be given its place in `LAYERS` first."""
    own = part(module)
    if own in ("", "__main__"):
        return  # the front door, and the command's: they compose
    assert own in RANK, f"where in the layers does {own} belong?"
    for name in imports(parsed(module)):
        known = (module.removeprefix("dutyroute."), part(name)) in UPWARD
        if name.startswith("dutyroute.") and part(name) != own and not known:
            assert RANK[own] < RANK[part(name)], f"{module} must not know {name}"


@EACH
def test_a_package_has_its_owners(module: str) -> None:
    """Everything else is the standard library's or ours."""
    foreign = {name.split(".")[0] for name in imports(parsed(module))} - set(sys.stdlib_module_names)
    for package in foreign - {"dutyroute"}:
        short = module.removeprefix("dutyroute.")
        assert part(module) in OWNERS.get(package, ()) or (short, package) in TO_MEND


def test_no_module_imports_itself_in_the_end() -> None:
    """Imports at the top of modules make no circle."""
    TopologicalSorter({module: set(at_the_top(module)) for module in MODULES}).prepare()


def at_the_top(module: str) -> Iterator[str]:
    tree = parsed(module)
    tree.body = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    is_package = MODULES[module].name == "__init__.py"
    for name in imports(tree):
        if name in MODULES and not (is_package and name == module):
            yield name


# -- the front door


def fresh(code: str) -> set[str]:
    """Run code in a new interpreter; return the modules that it loads."""
    report = "import sys; before = set(sys.modules)\n" + code + "\nprint(*(set(sys.modules) - before))"
    env = {**os.environ, "PYTHONPATH": str(ROOT.parent)}
    done = subprocess.run(
        [sys.executable, "-c", report], env=env, capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.split())


def installed(loaded: set[str]) -> set[str]:
    """Return the packages among loaded modules that some distribution brought."""
    return {name.split(".")[0] for name in loaded} & set(packages_distributions()) - {"dutyroute"}


LIGHT = {
    "pydantic",
    "pydantic_core",
    "annotated_types",
    "typing_extensions",
    "typing_inspection",
    "yaml",
    "_yaml",
}


def test_importing_the_library_loads_nothing_heavy() -> None:
    """Pydantic and YAML are all that it needs; click and rich are the command's."""
    loaded = fresh("import dutyroute")
    assert installed(loaded) <= LIGHT
    parts = {part(name) for name in loaded if name.startswith("dutyroute.")}
    assert parts & {"cli", "analysis", "cases", "authoring", "pytest_plugin"} == set()


def test_routing_loads_nothing_that_importing_did_not() -> None:
    """No import waits inside a call that a service makes."""
    work = "from dutyroute import Router\nRouter.shipped().explain({'matter': 'complaint'})"
    assert installed(fresh(work)) <= LIGHT


def rank(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions, as ruff sorts them."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name


@EACH
def test_what_is_public_is_named_sorted_and_there(module: str) -> None:
    """Nothing is public by accident."""
    loaded = import_module(module)
    public = getattr(loaded, "__all__", None)
    if module.endswith("__main__") or (not public and not defined(loaded)):
        return
    assert public is not None, f"{module} does not say what is public"
    assert public == sorted(set(public), key=rank)
    assert [name for name in public if not hasattr(loaded, name)] == []


def defined(module: ModuleType) -> list[Any]:
    """List the classes and functions that a module itself defines and names as public."""
    found = (value for name, value in vars(module).items() if not name.startswith("_"))
    return [
        value
        for value in found
        if (inspect.isclass(value) or inspect.isfunction(value)) and value.__module__ == module.__name__
    ]


@EACH
def test_whatever_is_public_says_what_it_is(module: str) -> None:
    """Module, class, function and method: a docstring each."""
    loaded = import_module(module)
    assert loaded.__doc__ or module.endswith("__main__"), module
    for thing in defined(loaded):
        if thing.__name__ in getattr(loaded, "__all__", ()):
            assert thing.__doc__, f"{module}.{thing.__name__}"
            for name, member in vars(thing).items() if inspect.isclass(thing) else ():
                if inspect.isfunction(member) and not name.startswith("_"):
                    assert member.__doc__, f"{module}.{thing.__name__}.{name}"


@EACH
def test_examples_in_docstrings_run(module: str) -> None:
    failed, _ = doctest.testmod(import_module(module))
    assert failed == 0


# -- sizes


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_a_file_is_small(path: Path) -> None:
    """From four hundred lines on it is two ideas, and wants two names."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_a_function_is_small(path: Path) -> None:
    """Seven lines are aimed at, forty are too many."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {f"{function.name}: {lines(function)}" for function in functions if lines(function) > 40}
    assert long == set()


def lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function's body, its docstring left out."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
