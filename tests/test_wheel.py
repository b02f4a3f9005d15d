"""
The wheel, and what works after a plain `pip install` of it.

Takes a registry and some seconds, so it has its own command: `make wheel`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.wheel

ROOT = Path(__file__).resolve().parent.parent
IMPORTED = {
    "dutyroute",
    *("annotated_types", "pydantic", "pydantic_core", "typing_extensions", "typing_inspection"),
    *("yaml", "_yaml"),
}
"""The top-level modules that the library may bring in, beside the standard library."""

CACHES = {"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    """Return what a command says, or fail with what it said."""
    inherited = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    environment = {**inherited, "PIP_USER": "0"}
    done = subprocess.run(
        command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def build(source: Path, out: Path) -> Path:
    """Return the wheel of a source tree or archive."""
    pip_wheel = (sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation")
    run(*pip_wheel, "--wheel-dir", out, source)
    (wheel,) = out.glob("*.whl")
    return wheel


def names(wheel: Path) -> set[str]:
    """Return the names of the files in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this source tree."""
    return build(ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def plain(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that holds the wheel and what it depends on, and nothing else."""
    venv = tmp_path_factory.mktemp("plain") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", venv)
    install(venv, str(wheel))
    return venv


def install(venv: Path, what: str) -> None:
    """Install a package into an environment, held to the pinned versions."""
    pins = venv / "pins.txt"
    pins.write_text(run(sys.executable, ROOT / "tools" / "pins.py", "--bare"))
    pip = (sys.executable, "-m", "pip", "--python", venv / "bin" / "python")
    run(*pip, "install", "--constraint", pins, what)


def python(venv: Path, code: str) -> str:
    """Run code far from the source tree, as a stranger would."""
    return run(venv / "bin" / "python", "-I", "-c", code, cwd=venv).strip()


def expected() -> set[str]:
    """Return the names that the files of the source tree have in the wheel."""
    homes = {"src/dutyroute": ""} | {each: f"_shipped/{each}/" for each in ("rules", "cases", "packaging")}
    return {
        f"dutyroute/{inside}{path.relative_to(ROOT / outside).as_posix()}"
        for outside, inside in homes.items()
        for path in (ROOT / outside).rglob("*")
        if path.is_file() and not CACHES & set(path.parts)
    }


def test_the_wheel_holds_the_package_its_rules_its_types_and_its_licence(wheel: Path) -> None:
    about = ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")
    assert names(wheel) == expected() | {f"dutyroute-0.1.0.dist-info/{name}" for name in about}
    assert names(wheel) >= {"dutyroute/py.typed", "dutyroute/_shipped/rules/rulebook.yaml"}


def test_the_source_archive_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", tmp_path)
    (archive,) = tmp_path.glob("*.tar.gz")
    assert names(build(archive, tmp_path)) == names(wheel)


def test_the_shipped_rulebook_routes_after_a_plain_install(plain: Path) -> None:
    code = (
        "from dutyroute import Router;"
        "print(Router.shipped().route({'matter': 'fire-lane-blocking'}).rulings[0].lead)"
    )
    assert python(plain, code) == "('street-office',)"


def test_the_library_imports_pydantic_and_yaml_alone(plain: Path) -> None:
    code = (
        "import sys; before = set(sys.modules); import dutyroute; dutyroute.Router.shipped();"
        "files = {name: getattr(module, '__file__', None) or '' for name, module in sys.modules.items()};"
        "print(*(name for name in set(files) - before if 'site-packages' in files[name]))"
    )
    assert {name.partition(".")[0] for name in python(plain, code).split()} <= IMPORTED


def test_the_command_names_its_extra_where_it_is_missing(plain: Path) -> None:
    command = [plain / "bin" / "dutyroute", "--help"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env={"DUTYROUTE_LANG": "en"})
    said = "click is required here, but it is not installed; run: pip install 'dutyroute[cli]'\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)


def test_cases_run_under_pytest_without_the_command(plain: Path, tmp_path: Path) -> None:
    install(plain, "pytest")
    shutil.copy(ROOT / "cases" / "fire.yaml", tmp_path)
    assert " passed" in run(plain / "bin" / "pytest", "-q", "fire.yaml", cwd=tmp_path)


def test_the_command_works_with_its_extra(plain: Path, wheel: Path) -> None:
    install(plain, f"{wheel}[cli]")
    assert "violation" in run(plain / "bin" / "dutyroute", "matrix", cwd=plain)
