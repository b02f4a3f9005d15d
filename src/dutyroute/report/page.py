"""Page: the report as one HTML file that loads nothing, which its policy says."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from dutyroute.errors import needs
from dutyroute.formats.atomic import write_whole_text
from dutyroute.formats.percent import percent
from dutyroute.messages import Lang, Phrasebook
from dutyroute.oversight import OversightReport
from dutyroute.replay.duplicates import LOOKED_AT
from dutyroute.replay.outcome import Outcome
from dutyroute.replay.summary import COMPARED, Summary
from dutyroute.replay.wording import Wording
from dutyroute.report.panels import panels
from dutyroute.report.view import View

__all__ = ["environment", "imprint", "ready", "render", "write_report"]

_HERE = Path(__file__).parent


def ready() -> None:
    """
    Load what the report needs, before a long run and not after it.

    Raises:
        MissingExtraError: if Jinja2 is not installed.
    """
    environment()


def render(summary: Summary, lang: Lang, account: OversightReport | None = None) -> str:
    """
    Write the report of a replay as one HTML page.

    With an `account` of oversight, what stands about each subject is its last section.

    Raises:
        MissingExtraError: if Jinja2 is not installed.
    """
    wording = Wording(summary.rulebook, lang)
    view = View(summary, wording)
    style = (_HERE / "report.css").read_text("utf-8")
    page: str = (
        environment()
        .get_template("report.html.j2")
        .render(
            view=view,
            summary=summary,
            lang="zh-CN" if lang == "zh" else "en",
            say=Phrasebook(lang, "report"),
            wording=wording,
            style=style,
            style_hash=imprint(style),
            outcomes=[str(outcome) for outcome in Outcome],
            compared=sum(view.counts[outcome] for outcome in COMPARED),
            looked=LOOKED_AT,
            account=account,
            panels=tuple(panels(account)) if account else (),
            title=summary.rulebook.header.title if lang == "zh" else summary.rulebook.header.english,
        )
    )
    return page


def write_report(summary: Summary, path: Path, lang: Lang, account: OversightReport | None = None) -> Path:
    """Write the report to a file; return its path."""
    write_whole_text(path, render(summary, lang, account))
    return path


def imprint(style: str) -> str:
    """Return what a page's policy names its style by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


@cache
def environment() -> Any:
    """Make what fills the template: every value is escaped, a missing one is an error."""
    with needs("report"):
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
        from markupsafe import Markup
    made = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"percent": percent, "number": _number, "trusted": Markup}
    return made


def _number(value: int) -> str:
    return f"{value:,}"
