"""How the code is built: directions of imports, owners of packages, the front door, sizes, messages."""

from __future__ import annotations

import ast
import doctest
import inspect
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType
from typing import Any

import dutyroute

ROOT = Path(dutyroute.__file__).parent
FILES = {".".join(("dutyroute", *p.relative_to(ROOT).with_suffix("").parts)): p for p in ROOT.rglob("*.py")}
MODULES = {name.removesuffix(".__init__"): path for name, path in FILES.items()}
HERE = Path(__file__).parent
OURS = [
    *FILES.values(),
    *(p for f in ("tests", "tools") for p in (HERE.parent / f).rglob("*.py")),
]

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
errors
control
record
formats
diagnostics
messages | version | lazy
"""
"""Arrows of import point down; those on one line do not know each other."""

RANK = {name: depth for depth, line in enumerate(LAYERS.strip().split("\n")) for name in line.split(" | ")}

OWNERS = {
    "yaml": {"rulebook"},
    "ahocorasick": {"rulebook"},
    "pydantic": {"rulebook", "authoring", "analysis", "cases", "record", "diagram", "routing"},
    "pydantic_core": {"rulebook", "errors", "routing"},
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
    "xlsxwriter": {"replay", "report"},
    "jinja2": {"report"},
    "markupsafe": {"report"},
    "durable": {"rete"},
}
"""Who may import a third-party package."""


def imports(module: str) -> Iterator[str]:
    """Yield every module that a file imports, inside functions too, as `package.module` where that is one."""
    for node in ast.walk(parsed(MODULES[module])):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in MODULES else node.module for name in inner)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def short(module: str) -> str:
    """Return a module's name without `dutyroute.`."""
    return module.removeprefix("dutyroute.")


def part(module: str) -> str:
    """Return the part of the design that a module belongs to; none for the package itself."""
    return [*module.split("."), ""][1]


COMPOSING = ("dutyroute", "dutyroute.__main__")
"""The front door and the command's: they may import everything."""


def test_every_part_has_its_layer() -> None:
    """A new package is given its place in `LAYERS` first."""
    assert {part(module) for module in MODULES if module not in COMPOSING} == set(RANK)


def test_imports_point_down() -> None:
    """No part imports one above it or beside it, not even inside a function."""
    found = [
        f"{short(module)} imports {short(name)}"
        for module in MODULES
        for name in imports(module)
        if module not in COMPOSING and name.startswith("dutyroute.") and part(name) != part(module)
        if RANK[part(module)] >= RANK.get(part(name), -1)
    ]
    assert found == []


def test_only_the_command_comes_in_by_the_front_door() -> None:
    """It imports every layer, so that whoever imports it imports upwards."""
    entering = {part(module) for module in MODULES if "dutyroute" in imports(module)}
    assert entering - {""} <= {"cli", "pytest_plugin"}


def test_no_import_leads_back() -> None:
    """Imports make no circle, with those inside functions and those for types alone."""
    graph = {
        module: {name for name in imports(module) if name in MODULES and name != module}
        for module in MODULES
        if module not in COMPOSING
    }
    TopologicalSorter(graph).prepare()  # raises CycleError with the circle


def test_a_package_has_its_owners() -> None:
    """Everything else is the standard library's or ours."""
    found = [
        f"{short(module)} imports {package}"
        for module in MODULES
        for package in {name.split(".")[0] for name in imports(module)}
        if package not in sys.stdlib_module_names and package != "dutyroute"
        if part(module) not in OWNERS.get(package, ())
    ]
    assert found == []


def test_a_public_class_name_is_defined_once() -> None:
    """Two classes of one name make a reader look up which one is meant."""
    homes: dict[str, list[str]] = {}
    for module, path in MODULES.items():
        for node in parsed(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(short(module))
    several = {name: modules for name, modules in homes.items() if len(modules) > 1}
    assert several == {}


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


def test_the_version_is_the_one_that_is_built() -> None:
    built = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    assert dutyroute.__version__ == built["project"]["version"]


def rank(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions, as ruff sorts them."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name


@cache
def loaded() -> dict[str, ModuleType]:
    """Import every module but the command's `__main__`."""
    return {module: import_module(module) for module in MODULES if not module.endswith("__main__")}


PUBLIC = (
    "dutyroute",
    *(f"dutyroute.{name}" for name in ("analysis", "cases", "ledger", "oversight", "replay")),
)


def test_what_is_public_is_named_sorted_and_there() -> None:
    """What is public says what it offers; elsewhere an underscore says what is private."""
    public = {name: list(module.__all__) for name, module in loaded().items() if hasattr(module, "__all__")}
    assert set(PUBLIC) <= public.keys()
    folders = {name for name in public if (HERE.parent / "src" / name.replace(".", "/")).is_dir()}
    assert public.keys() - folders - set(PUBLIC) == set()
    assert [name for name, names in public.items() if names != sorted(set(names), key=rank)] == []
    assert [f"{n}.{each}" for n in public for each in public[n] if not hasattr(loaded()[n], each)] == []


def test_what_has_an_underscore_stays_in_its_module() -> None:
    imported = [
        f"{path}: {alias.name}"
        for path in OURS
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name.startswith("_") and not alias.name.startswith("__")
    ]
    assert imported == []


def defined(module: ModuleType) -> list[Any]:
    """List the classes and functions that a module itself defines and names as public."""
    found = (value for name, value in vars(module).items() if not name.startswith("_"))
    return [
        value
        for value in found
        if (inspect.isclass(value) or inspect.isfunction(value)) and value.__module__ == module.__name__
    ]


def test_whatever_is_public_has_a_docstring() -> None:
    """Module, class, function and method."""
    things = [*loaded().values()]
    for module in loaded().values():
        public = defined(module)
        classes = [thing for thing in public if inspect.isclass(thing)]
        members = [m for each in classes for name, m in vars(each).items() if not name.startswith("_")]
        things += [*public, *filter(inspect.isfunction, members)]
    assert [getattr(thing, "__qualname__", thing.__name__) for thing in things if not thing.__doc__] == []


def test_examples_in_docstrings_run() -> None:
    assert [name for name, module in loaded().items() if doctest.testmod(module).failed] == []


# -- sizes


def test_a_file_is_small() -> None:
    """A file has at most 400 lines."""
    counted = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in OURS}
    assert [f"{path}: {count}" for path, count in counted.items() if count > 400] == []


def test_a_function_is_small() -> None:
    """Forty lines are too many."""
    functions = [
        (path, node)
        for path in OURS
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert [f"{path}: {node.name}" for path, node in functions if lines(node) > 40] == []


def lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function's body, its docstring left out."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
