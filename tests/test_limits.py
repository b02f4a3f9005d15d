"""The page of limits says what the code says."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "limits.md"
ROWS = re.findall(r"^\| `([\w.]+)\.(\w+)` \| (\d+) \| (.+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)


def test_every_limit_has_the_value_that_the_page_gives() -> None:
    """A limit that is moved or changed is changed on the page, too."""
    code = {
        (module, name): getattr(import_module(f"dutyroute.{module}"), name) for module, name, _, _ in ROWS
    }
    assert code == {(module, name): int(value) for module, name, value, _ in ROWS}
    assert len(code) > 15


def test_every_code_on_the_page_is_a_message() -> None:
    """What is said beyond a limit can be looked up."""
    from dutyroute.messages import codes

    named = {code for _, _, _, beyond in ROWS for code in re.findall(r"`([a-z]+(?:-[a-z]+)+)`", beyond)}
    assert named - codes() == set()
