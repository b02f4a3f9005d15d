"""Oversight: the page that shows each subject's timeline, what is proposed and why."""

from __future__ import annotations

from pathlib import Path

from dutyroute.oversight import OversightReport
from dutyroute.report.page import environment, imprint
from dutyroute.report.panels import panels

__all__ = ["render"]

_HERE = Path(__file__).parent


def render(account: OversightReport) -> str:
    """
    Write the page, self-contained, every value escaped.

    Raises:
        MissingExtraError: if Jinja2 is not installed.
    """
    style = (_HERE / "report.css").read_text("utf-8")
    page: str = (
        environment()
        .get_template("oversight.html.j2")
        .render(
            account=account,
            say=account.say,
            lang="zh-CN" if account.lang == "zh" else "en",
            panels=tuple(panels(account)),
            style=style,
            style_hash=imprint(style),
        )
    )
    return page
