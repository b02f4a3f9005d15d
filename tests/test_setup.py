"""The pinned packages, their hashes, and the set-up that holds an installation to them."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
import tomllib
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def tool(name: str, root: Path = ROOT) -> ModuleType:
    """Import one of the programs in tools/."""
    spec = importlib.util.spec_from_file_location(f"tools_{name}", root / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PINS = tool("pins")


def names(*requirements: str) -> set[str]:
    return {PINS.canonical(pin.name) for pin in PINS.needed(requirements, PINS.read())}


def test_every_pin_has_hashes_and_is_needed() -> None:
    pins = PINS.read()
    assert len(pins) == (ROOT / "constraints.txt").read_text("utf-8").count("==")
    for pin in pins.values():
        assert pin.hashes, pin.name
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", digest) for digest in pin.hashes), pin.name
    assert names(*PINS.EVERYTHING) == set(pins)


def test_every_package_of_pyproject_is_pinned_to_a_version_that_it_allows() -> None:
    pins = PINS.read()
    extras = PROJECT["optional-dependencies"]
    for text in (*PROJECT["dependencies"], *(text for extra in extras.values() for text in extra)):
        requirement = Requirement(text)
        if requirement.name != "dutyroute":
            assert pins[PINS.canonical(requirement.name)].version in requirement.specifier, text


def test_an_extra_brings_what_its_packages_need_and_nothing_else() -> None:
    assert names("dutyroute[report]") - names("dutyroute") == {"jinja2", "markupsafe"}
    assert {"pyspark", "py4j", "numpy", "pyarrow"} <= names("dutyroute[spark]")
    assert "pyspark" not in names("dutyroute[dev]")
    assert names("hatchling") >= {"hatchling", "packaging", "pathspec", "pluggy", "trove-classifiers"}


def test_a_package_without_a_pin_is_named() -> None:
    with pytest.raises(SystemExit, match=r"constraints\.txt has no left-pad"):
        names("left-pad")


def test_a_hash_that_does_not_match_stops_the_set_up_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    setuptools = PINS.read()["setuptools"]
    # Another file by the name of the pinned one, as a registry that was broken into would give.
    about = f"setuptools-{setuptools.version}.dist-info"
    with zipfile.ZipFile(tmp_path / f"setuptools-{setuptools.version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{about}/METADATA", f"Name: setuptools\nVersion: {setuptools.version}\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")
    bootstrap = tool("bootstrap", tmp_path)
    for name, value in {
        "DRY_RUN": "1",
        "IGNORE_INSTALLED": "1",
        "NO_INDEX": "1",
        "FIND_LINKS": str(tmp_path),
    }.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    with open(tmp_path / "log", "a+b") as log:
        pip = [sys.executable, "-m", "pip"]
        assert not bootstrap.add(pip, ("setuptools",), bootstrap.running(), log)
        assert bootstrap.complaint(log) == (
            f"what the package index has as setuptools=={setuptools.version} is not what constraints.txt has "
            "the hash of: install it nowhere; or, if you changed that version, run "
            "`python3 tools/pins.py --renew`"
        )
