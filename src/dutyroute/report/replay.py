"""The report of a replay as a page."""

from __future__ import annotations

from pathlib import Path

from dutyroute.formats.atomic import write_whole_text
from dutyroute.messages import Lang, Phrasebook
from dutyroute.oversight import OversightReport
from dutyroute.replay.duplicates import LOOKED_AT
from dutyroute.replay.outcome import Outcome
from dutyroute.replay.summary import COMPARED, Summary
from dutyroute.replay.wording import Wording
from dutyroute.report.html import page
from dutyroute.report.oversight import panels
from dutyroute.report.view import View

__all__ = ["render_replay", "write_report"]


def render_replay(summary: Summary, lang: Lang, account: OversightReport | None = None) -> str:
    """
    Write the report of a replay as one HTML page.

    With an `account` of oversight, its last section is about each subject.

    Raises:
        MissingExtraError: if Jinja2 is not installed.
    """
    say = Phrasebook(lang, "report")
    # The template asks the view for each table when it draws it.
    view = View(summary, Wording(summary.rulebook, lang))
    header = summary.rulebook.header
    return page(
        "replay.html.j2",
        lang,
        title=say("title"),
        style="report.css",
        view=view,
        summary=summary,
        say=say,
        wording=view.wording,
        outcomes=[str(outcome) for outcome in Outcome],
        compared=sum(view.counts[outcome] for outcome in COMPARED),
        looked=LOOKED_AT,
        account=account,
        panels=tuple(panels(account)) if account else (),
        book=header.title if lang == "zh" else header.english,
    )


def write_report(summary: Summary, path: Path, lang: Lang, account: OversightReport | None = None) -> Path:
    """Write the report to a file; return its path."""
    write_whole_text(path, render_replay(summary, lang, account))
    return path
