"""The package where it is not a folder of the source tree: in a zip, bundled with a program, incomplete."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PARTS = {
    "src/dutyroute": "dutyroute",
    "rules": "dutyroute/_shipped/rules",
    "cases": "dutyroute/_shipped/cases",
    "packaging": "dutyroute/_shipped/packaging",
}
MINE = """\
rulebook: {id: mine, title: 我的, english: Mine, edition: "1"}
parties: [{id: housing, name: 住建局, english: housing, level: city}]
"""
WORK = """\
import dutyroute, sys
from dutyroute.rulebook.shipped import shipped
router = dutyroute.Router.shipped()
print(dutyroute.__file__, router.rulebook.id, *router.route({"matter": "fire-lane-blocking"}).rulings[0].lead)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A zip of what the wheel holds."""
    archive = tmp_path_factory.mktemp("packaged") / "dutyroute.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for outside, inside in PARTS.items():
            for path in sorted((ROOT / outside).rglob("*")):
                if path.is_file() and path.suffix != ".pyc":
                    file.write(path, f"{inside}/{path.relative_to(ROOT / outside)}")
    return archive


def run(place: Path, *arguments: str, cwd: Path, temp: Path | None = None) -> tuple[int, str]:
    """Run Python with the package from one place; return the exit code and what it said."""
    ours = {"PYTHONPATH": str(place), "DUTYROUTE_LANG": "en", "TMPDIR": str(temp or cwd)}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, **ours},
        capture_output=True,
        encoding="utf-8",
    )
    return done.returncode, done.stdout + done.stderr


def test_a_zip_routes_by_the_rules_in_it_and_leaves_nothing_behind(wheel: Path, tmp_path: Path) -> None:
    code, said = run(wheel, "-c", WORK, cwd=tmp_path)
    assert (code, said.split()) == (
        0,
        [f"{wheel}/dutyroute/__init__.py", "property-management", "street-office"],
    )
    assert list(tmp_path.iterdir()) == []


def test_the_command_runs_from_a_zip(wheel: Path, tmp_path: Path) -> None:
    made = tmp_path / "new"
    assert run(wheel, "-m", "dutyroute", "new", "rulebook", str(made), cwd=tmp_path)[0] == 0
    code, said = run(wheel, "-m", "dutyroute", "check", "--explain", "lead-gap", cwd=tmp_path)
    assert (code, "lead" in said) == (0, True), said


def test_pyinstaller_is_told_what_to_bundle(wheel: Path, tmp_path: Path) -> None:
    """By the entry point that it asks for; it then needs no option."""
    module, _, name = PROJECT["entry-points"]["pyinstaller40"]["hook-dirs"].partition(":")
    with zipfile.ZipFile(wheel) as file:
        file.extractall(tmp_path)
    listing = f"import os; from {module} import {name}; print(*map(os.listdir, {name}()))"
    assert run(tmp_path, "-c", listing, cwd=tmp_path) == (0, "['hook-dutyroute.py']\n")


def test_a_program_that_bundles_the_package_has_a_folder_rules_of_its_own(
    wheel: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(wheel) as file:
        file.extractall(tmp_path / "app" / "src")
    (tmp_path / "app" / "pyproject.toml").write_text('[project]\nname = "service"\n')
    (tmp_path / "app" / "rules").mkdir()
    (tmp_path / "app" / "rules" / "rulebook.yaml").write_text(MINE, "utf-8")
    code, said = run(tmp_path / "app" / "src", "-c", WORK, cwd=tmp_path / "app")
    assert (code, said.split()[1:]) == (0, ["property-management", "street-office"])

    # Without rules of its own the package does not take those of the program.
    shutil.rmtree(tmp_path / "app" / "src" / "dutyroute" / "_shipped")
    code, said = run(tmp_path / "app" / "src", "-m", "dutyroute", "matrix", cwd=tmp_path)
    assert code == 3, said
    assert "the files that come with dutyroute are missing from this installation" in said

    (tmp_path / "app" / "src" / "dutyroute" / "messages" / "help.yaml").unlink()
    code, said = run(tmp_path / "app" / "src", "-m", "dutyroute", "matrix", cwd=tmp_path)
    assert "PyInstaller needs --collect-all dutyroute" in said
