"""
The pinned packages in constraints.txt: what an extra needs of them, and their hashes.

    python3 tools/pins.py 'dutyroute[demo]' hatchling    print these pins, and what they need, for
                                                         pip install --require-hashes -r
    python3 tools/pins.py --bare                         print all pins without hashes, for
                                                         pip install --constraint
    python3 tools/pins.py --renew [--upgrade]            write constraints.txt again

To renew keeps the versions that constraints.txt says (after one was changed by hand, or
pyproject.toml asks for another package), and to upgrade takes the newest ones. Both ask the
package index that pip is configured with. Do it on the oldest Python that is supported: it
decides which versions are pinned. Everything else works offline.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PINS = ROOT / "constraints.txt"
EVERYTHING = ("dutyroute[dev,rete,spark]", "hatchling", "pip", "setuptools")
"""All that tools/bootstrap.py installs anywhere, with the build tools for it."""

OURS = "dutyroute"
PIN = re.compile(r"^(\S+)==(\S+)((?: \\\n    --hash=\S+)*)\n(?:    # via (.+)\n)?", re.MULTILINE)
REQUIREMENT = re.compile(r"\s*([\w.-]+)\s*(?:\[([^\]]*)\])?")
SYSTEMS = ("any", "linux", "manylinux", "musllinux", "macosx", "win", "win32")
CPYTHONS = ("cp311", "cp312", "cp313", "cp314")


class Pin(NamedTuple):
    """A package with its exact version, the hashes of its files, and the packages that need it."""

    name: str
    version: str
    hashes: tuple[str, ...]
    via: tuple[str, ...]

    def __str__(self) -> str:
        """Return the pin as pip reads it."""
        hashes = "".join(f" \\\n    --hash={digest}" for digest in self.hashes)
        return f"{self.name}=={self.version}{hashes}\n"


def canonical(name: str) -> str:
    """Return a package's name as it is compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def split(requirement: str) -> tuple[str, list[str]]:
    """Return the name that a requirement begins with, and its extras."""
    found = REQUIREMENT.match(requirement)
    if found is None:
        raise SystemExit(f"{requirement!r} is not the name of a package")
    return canonical(found[1]), [extra.strip() for extra in (found[2] or "").split(",") if extra.strip()]


def read() -> dict[str, Pin]:
    """Return the pins by the name of their package."""
    found = PIN.findall(PINS.read_text("utf-8"))
    pins = (
        Pin(name, version, tuple(re.findall(r"--hash=(\S+)", hashes)), tuple(via.split(", ") if via else ()))
        for name, version, hashes, via in found
    )
    return {canonical(pin.name): pin for pin in pins}


def direct(requirements: Iterable[str]) -> set[str]:
    """Return the packages that requirements name; for dutyroute, those that pyproject.toml names for it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names: set[str] = set()
    for name, extras in map(split, requirements):
        if name != OURS:
            names.add(name)
            continue
        for extra in extras:
            if extra not in project["optional-dependencies"]:
                raise SystemExit(f"pyproject.toml has no extra {extra!r}")
            names |= direct(project["optional-dependencies"][extra])
        names.update(split(dependency)[0] for dependency in project["dependencies"])
    return names


def needed(requirements: Iterable[str], pins: dict[str, Pin]) -> list[Pin]:
    """Return the pins of what requirements name, and of what these packages need in turn."""
    names = direct(requirements)
    unknown = sorted(names - pins.keys())
    if unknown:
        raise SystemExit(f"constraints.txt has no {', '.join(unknown)}; run: python3 tools/pins.py --renew")
    found: set[str] = set()
    while names - found:
        found |= names
        names = {name for name, pin in pins.items() if found.intersection(map(canonical, pin.via))}
    return [pin for name, pin in pins.items() if name in found]


def resolved(constraints: Iterable[Pin]) -> list[Pin]:
    """Let pip choose the versions of everything; return them as pins, without hashes."""
    with tempfile.TemporaryDirectory() as folder:
        held = Path(folder, "constraints.txt")
        held.write_text("".join(str(pin._replace(hashes=())) for pin in constraints))
        pip = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "-qq"]
        wanted = [requirement.replace(OURS, ".", 1) for requirement in EVERYTHING]
        command = [*pip, "--report", "-", "--constraint", str(held), *wanted]
        report = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    items = [item for item in report["install"] if canonical(item["metadata"]["name"]) != OURS]
    via: dict[str, set[str]] = {canonical(item["metadata"]["name"]): set() for item in items}
    for item in items:
        for name in applying(item):
            via[name].add(item["metadata"]["name"])
    pins = []
    for item in items:
        name, version = item["metadata"]["name"], item["metadata"]["version"]
        pins.append(Pin(name, version, (), tuple(sorted(via[canonical(name)], key=str.lower))))
    return sorted(pins, key=lambda pin: pin.name.lower())


def applying(item: dict[str, Any]) -> Iterator[str]:
    """Yield the names of what an item of pip's report needs on this Python."""
    from pip._vendor.packaging.requirements import Requirement

    for text in item["metadata"].get("requires_dist", ()):
        requirement = Requirement(text)
        extras = ("", *item.get("requested_extras", ()))
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras):
            yield canonical(requirement.name)


def published(pins: list[Pin]) -> Iterator[Pin]:
    """Yield each pin with the hashes of all its files that a supported Python could install."""
    # pip prints no list of a release's files; its own reader of the index does.
    from pip._internal.commands import create_command
    from pip._internal.index.collector import LinkCollector, parse_links
    from pip._internal.models.link import Link

    command = create_command("download")
    options, _ = command.parse_args([])
    # Files that lie on this machine only must not be among them.
    options.extra_index_urls = options.find_links = []
    with command.main_context():
        collector = LinkCollector.create(command.get_default_session(options), options)  # type: ignore[attr-defined]
        for pin in pins:
            (url,) = collector.search_scope.get_index_urls_locations(pin.name)
            page = collector.fetch_response(Link(url))
            links = [link for link in parse_links(page) if belongs(link.filename, pin)] if page else []
            hashes = {f"sha256:{link.hash}" for link in links if link.hash_name == "sha256"}
            if not hashes:
                raise SystemExit(f"the package index has no file of {pin.name} {pin.version}")
            yield pin._replace(hashes=tuple(sorted(hashes)))


def belongs(file: str, pin: Pin) -> bool:
    """Whether a file is the pinned version as source, or as a wheel that a supported Python could install."""
    from pip._vendor.packaging import utils
    from pip._vendor.packaging.version import InvalidVersion, Version

    try:
        if not file.endswith(".whl"):
            return utils.parse_sdist_filename(file)[1] == Version(pin.version)
        _, version, _, tags = utils.parse_wheel_filename(file)
    except (utils.InvalidSdistFilename, utils.InvalidWheelFilename, InvalidVersion):
        return False  # a release of long ago, or an installer for Windows
    return version == Version(pin.version) and any(
        tag.platform.split("_")[0] in SYSTEMS
        and (
            tag.interpreter in CPYTHONS
            or (tag.abi in ("abi3", "none") and tag.interpreter[:3] in ("cp3", "py3"))
        )
        for tag in tags
    )


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Print or renew the pins in constraints.txt.")
    parser.add_argument("requirements", nargs="*", help="print the pins of these and of what they need")
    parser.add_argument("--bare", action="store_true", help="print all pins without hashes")
    parser.add_argument("--renew", action="store_true", help="write constraints.txt again, with all hashes")
    parser.add_argument("--upgrade", action="store_true", help="with --renew: take the newest versions")
    given = parser.parse_args()
    pins = read()
    if given.bare:
        print(*(pin._replace(hashes=()) for pin in pins.values()), sep="", end="")
        return
    if not given.renew:
        print(*needed(given.requirements, pins), sep="", end="")
        return
    text = PINS.read_text("utf-8")
    head = text[: text.index("\n\n") + 2]
    chosen = published(resolved(() if given.upgrade else pins.values()))
    entries = [f"{pin}    # via {', '.join(pin.via)}\n" if pin.via else str(pin) for pin in chosen]
    PINS.write_text(head + "".join(entries), "utf-8")


if __name__ == "__main__":
    main()
