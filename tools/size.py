"""
Measure how large the Python code is, and how it is cut up.

    python3 tools/size.py [FOLDER] [--limit]

Prints a table of code lines, comments and modules for each package, and below it some
figures of the whole. A code line is one that is not blank, a comment or a docstring.
With --limit it fails where the code is larger, or has fewer comments, than agreed.
"""

from __future__ import annotations

import argparse
import ast
import io
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

SOURCE = Path(__file__).resolve().parent.parent / "src"
CODE_LINES = 16_500
"""The most lines of code that src may have."""
COMMENTS = 3
"""The fewest comments for each 100 lines of code."""
SILENT = {tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module(NamedTuple):
    """One file: the package it belongs to, its syntax tree, and what was counted in it."""

    package: str
    tree: ast.Module
    code: int
    comments: int


def read(path: Path, folder: Path) -> Module:
    """Parse one file and count its lines of code and its comments."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    code: set[int] = set()
    comments = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            comments += 1
        elif token.type not in SILENT:
            code.update(range(token.start[0], token.end[0] + 1))
    # The folders are src/dutyroute/PACKAGE/…; a module beside them is its own package.
    inside = path.relative_to(folder).parts
    package = inside[1] if len(inside) > 2 else "(top)"
    return Module(package, tree, len(code - set(docstring_lines(tree))), comments)


def docstring_lines(tree: ast.AST) -> Iterator[int]:
    """Yield the numbers of the lines that docstrings take, those below an attribute too."""
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Expr) else None
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield from range(value.lineno, (value.end_lineno or value.lineno) + 1)


def functions(module: Module) -> list[Function]:
    """List the functions and methods of a module, inner ones too."""
    return [node for node in ast.walk(module.tree) if isinstance(node, Function)]


def body_lines(function: Function) -> int:
    """Count the lines of a function's body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def class_names(modules: list[Module]) -> Counter[str]:
    """Count in how many modules each class name is defined."""
    found: Counter[str] = Counter()
    for module in modules:
        found.update({node.name for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)})
    return found


def called_once(module: Module) -> list[str]:
    """List the private functions that their module names in one place only."""
    names = {f.name for f in functions(module) if f.name.startswith("_") and not f.name.endswith("__")}
    uses: Counter[str] = Counter()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name):
            uses[node.id] += 1
        elif isinstance(node, ast.Attribute):
            uses[node.attr] += 1
    return sorted(name for name in names if uses[name] == 1)


def table(modules: list[Module]) -> str:
    """Return a line for each package, and one for the whole."""
    rows = []
    for package in sorted({module.package for module in modules}):
        rows.append((package, [module for module in modules if module.package == package]))
    lines = [f"{'package':<14}{'code lines':>12}{'comments':>10}{'per 100':>9}{'modules':>9}"]
    for name, group in [*rows, ("total", modules)]:
        code, comments = sum(m.code for m in group), sum(m.comments for m in group)
        ratio = 100 * comments / max(code, 1)
        lines.append(f"{name:<14}{code:>12,}{comments:>10}{ratio:>9.1f}{len(group):>9}")
    return "\n".join(lines)


def figures(modules: list[Module]) -> str:
    """Return how long functions are, and which names and helpers repeat or serve one place."""
    every = [function for module in modules for function in functions(module)]
    bodies = [body_lines(function) for function in every]
    single = sum(len(called_once(module)) for module in modules)
    names = class_names(modules)
    shared = sorted(name for name, count in names.items() if count > 1)
    return "\n".join(
        [
            f"functions: {len(every):,}; body, median {median(bodies):g} lines,"
            f" 90th percentile {quantiles(bodies, n=10)[-1]:g}",
            f"private functions called in one place only: {single} ({100 * single / len(every):.0f} % of all)",
            f"class names defined in several modules: {len(shared)} of {len(names)}"
            + (f": {', '.join(shared)}" if shared else ""),
        ]
    )


def over_the_limit(modules: list[Module]) -> list[str]:
    """Return a line for each limit that the code breaks."""
    code, comments = sum(m.code for m in modules), sum(m.comments for m in modules)
    found = []
    if code > CODE_LINES:
        found.append(f"{code:,} lines of code; at most {CODE_LINES:,} are agreed")
    if 100 * comments < COMMENTS * code:
        found.append(
            f"{100 * comments / code:.1f} comments per 100 lines of code; at least {COMMENTS} are agreed"
        )
    return found


def measure(folder: Path = SOURCE) -> list[Module]:
    """Read every module below a folder."""
    return [read(path, folder) for path in sorted(folder.rglob("*.py"))]


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(description="Measure how large the Python code is.")
    parser.add_argument("folder", nargs="?", type=Path, default=SOURCE, help="default: src")
    parser.add_argument("--limit", action="store_true", help="fail where the code is above the limits")
    given = parser.parse_args(arguments)
    modules = measure(given.folder)
    print(table(modules), figures(modules), sep="\n\n")
    broken = over_the_limit(modules) if given.limit else []
    for line in broken:
        print(f"limit: {line}", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
