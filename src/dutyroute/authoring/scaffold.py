"""Starting a rulebook, and adding entries to one: files that a person then edits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from string import Template

from dutyroute.authoring.schema import write_schemas
from dutyroute.cases import load_cases
from dutyroute.errors import AuthoringError
from dutyroute.rulebook.loader import load, read_document
from dutyroute.rulebook.loader.insertion import insert
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.rules import LEAD
from dutyroute.rulebook.shipped import packaged
from dutyroute.rulebook.vocabulary import MATTER

ENTRIES: dict[str, str] = {"rule": "rules", "matter": "matters", "party": "parties", "case": "cases"}
"""What can be added, and the list of a file that it goes into."""

Draft = Callable[[Rulebook, str, str], str]
"""Writes a case, by a rulebook, the case's name and its matter."""

_FIRST = packaged("authoring", "first")
"""The files of a minimal rulebook."""
_SKELETONS = packaged("authoring", "skeletons")
"""An entry of each kind, with placeholders."""


def start(folder: Path) -> tuple[Path, ...]:
    """
    Write a minimal rulebook of another city, which checks clean and routes.

    Raises:
        AuthoringError: if the folder is there already and holds something.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AuthoringError("init-not-empty", {"path": str(folder)})
    written = []
    for template in sorted(_FIRST.rglob("*.yaml"), key=lambda path: (len(path.parts), path)):
        path = folder / template.relative_to(_FIRST)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(template.read_bytes())
        written.append(path)
    return (*written, *write_schemas(folder / "schema", load(folder)))


def add(
    kind: str,
    name: str,
    folder: Path,
    *,
    cases: Path | None = None,
    matter: str | None = None,
    draft: Draft | None = None,
) -> Path:
    """
    Write a skeleton entry at the end of the right list, and return its file.

    `draft` writes a case that expects what is decided; without it there are
    placeholders. A rule goes where most rules about its matter stand. The rulebook and the
    cases still load afterwards, or the file is left as it was.

    Raises:
        RulebookError: if the rulebook has faults to begin with, or the name is none.
        AuthoringError: if there is no file with such a list, or the matter is unknown.
    """
    book = load(folder)
    if matter is not None and matter not in book.vocabulary.matters:
        raise AuthoringError("new-no-matter", {"matter": matter})
    if kind == "case":
        path = _case_file(cases or folder, matter)
        about = matter or next(iter(book.vocabulary.matters))
        entry = draft(book, name, about).splitlines() if draft else _skeleton(kind, name, matter, book)
    else:
        path = _file_for(kind, folder, matter)
        entry = _skeleton(kind, name, matter, book)

    def check() -> None:
        whole = load(folder)
        if kind == "case":
            load_cases([cases or path], whole)

    insert(path, ENTRIES[kind], entry, check)
    return path


def _case_file(folder: Path, matter: str | None) -> Path:
    """Find the file for a case; the first case of a city gets a file of its own."""
    try:
        return _file_for("case", folder, matter)
    except AuthoringError:
        if not folder.is_dir():
            raise
        empty = (p for p in sorted(folder.rglob("*.yaml")) if "cases" in (read_document(p)[0].data or ()))
        return next(empty, folder / "cases.yaml")


def _file_for(kind: str, folder: Path, matter: str | None) -> Path:
    """Find the file whose list is about the matter most, else the longest list."""
    ranked = []
    for path in sorted(folder.rglob("*.yaml")):
        data = read_document(path)[0].data
        entries = data.get(ENTRIES[kind]) if isinstance(data, Mapping) else None
        if isinstance(entries, tuple):
            about = [e for e in entries if isinstance(e, Mapping) and _is_about(e, matter)]
            ranked.append((len(about), len(entries), path))
    if not ranked:
        raise AuthoringError("new-no-file", {"section": ENTRIES[kind], "path": str(folder)})
    return max(ranked, key=lambda found: found[:2])[2]


def _is_about(entry: Mapping[str, object], matter: str | None) -> bool:
    when = entry.get("when") or entry.get("incident")
    about = when.get(MATTER) if isinstance(when, Mapping) else None
    return matter is not None and (about == matter or (isinstance(about, tuple) and matter in about))


def _skeleton(kind: str, name: str, matter: str | None, book: Rulebook) -> list[str]:
    """Write an entry that loads, line by line; whoever adds it fills in the rest."""
    words = book.vocabulary
    about = matter or next(iter(words.matters))
    clauses = sorted(words.clauses(), key=lambda pair: not pair[1].duty)  # one that bears a duty, if any
    template = Template((_SKELETONS / f"{kind}.yaml").read_text("utf-8"))
    filled = template.substitute(
        name=name,
        matter=about,
        matter_name=words.matters[about].name,
        party=next(iter(words.parties)),
        role=next((role for role in words.roles if role != LEAD), LEAD),
        clause=clauses[0][0] if clauses else "x/1",
    )
    return filled.splitlines()
