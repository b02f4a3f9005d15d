"""`dutyroute check`: faults in a rulebook's files, then what its diagram knows."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from dutyroute.cli.command import unusable
from dutyroute.cli.output import Exit, echo, echo_json
from dutyroute.cli.rulebooks import place_of, told
from dutyroute.cli.view.names import ScreenNames
from dutyroute.diagnostics import Diagnostic, Severity, draw
from dutyroute.errors import RulebookError, needs
from dutyroute.messages import Phrasebook
from dutyroute.rulebook.loader.files import name_of
from dutyroute.rulebook.rulebook import Rulebook

if TYPE_CHECKING:
    from dutyroute.analysis import Findings, Look

# How long the files of one save may take to be written, and how often is looked, in milliseconds.
_PAUSE, _PATIENCE = 50, 200


def check(
    say: Phrasebook,
    *,
    path: str | None,
    explain: str | None,
    format: str,
    fail_on: str,
    watch: bool,
    rules: str | None,
) -> int:
    """Check a rulebook; the status tells whether it can be used, and whether anything is found."""
    path = rules if path is None else path
    if explain is not None:
        return _explain(explain, say)
    place = place_of(path, say)
    if watch:
        return _watch(place, say)
    from dutyroute.rulebook import loader

    try:
        rulebook = loader.load(place)
    except RulebookError as error:
        _print_faults(error, format, say)
        return Exit.RULEBOOK
    told(rulebook, name_of(place), say)
    return _print_findings(rulebook, format, fail_on, say)


def _explain(check: str, say: Phrasebook) -> int:
    """Print what a check is about."""
    from dutyroute.analysis import UnknownCheck, explain

    try:
        echo(explain(check, say.lang).rstrip("\n"))
    except UnknownCheck as unknown:
        near = unknown.suggestion
        key = "no-such-check-near" if near else "no-such-check"
        raise unusable(say, key, check=check, suggestion=near) from None
    return Exit.FINE


def _print_faults(error: RulebookError, format: str, say: Phrasebook) -> None:
    """Print every fault of the files, in the format asked for."""
    faults = error.diagnostics
    if format == "json":
        more = {"may_hide_more": True} if error.may_hide_more else {}
        echo_json({"diagnostics": [each.to_dict(say.lang) for each in faults], **more})
    elif format == "sarif":
        from dutyroute.formats.sarif import log, result_of

        rules = [{"id": code} for code in sorted({each.code for each in faults})]
        echo_json(log([result_of(each, say.lang) for each in faults], rules, say.lang))
    else:
        echo(error.describe(say.lang))
        echo("\n" + say("check-faulty", counts=_counted(faults, say)))


def _print_findings(rulebook: Rulebook, format: str, fail_on: str, say: Phrasebook) -> int:
    """Print what the diagram finds; the status tells whether it is bad enough."""
    from dutyroute.analysis import check as analyse

    found = analyse(rulebook)
    if format == "json":
        echo_json(found.to_dict(say.lang))
    elif format == "sarif":
        echo_json(found.to_sarif(say.lang))
    else:
        for finding in found:
            echo(finding.to_text(say.lang) + "\n")
        words = rulebook.vocabulary
        counts = {"rules": len(rulebook.rules), "matters": len(words.matters), "parties": len(words.parties)}
        echo(say("check-counts", clauses=len(list(words.clauses())), **counts))
        echo(ScreenNames(rulebook, say).stamp())
        echo(_told_findings(found, say))
    is_bad = fail_on != "never" and (
        found.at_least(cast(Severity, fail_on)) or (rulebook.remarks and fail_on != "error")
    )
    return Exit.FOUND if is_bad else Exit.FINE


def _told_findings(found: Findings, say: Phrasebook) -> str:
    """Say in a line how many findings there are."""
    return say("check-found", counts=_counted(found, say)) if len(found) else say("check-nothing")


def _counted(found: Iterable[Diagnostic], say: Phrasebook) -> str:
    """Say how many there are of each severity, the gravest first."""
    counts = Counter(each.severity for each in found)
    listed: tuple[Severity, ...] = ("error", "warning", "note")
    return say.listed(say(f"counted-{level}", count=counts[level]) for level in listed if counts[level])


def _watch(path: Path, say: Phrasebook) -> int:
    """
    Show what a check finds, then at each save what is new; until Ctrl-C.

    Raises:
        MissingExtraError: if watchfiles is not installed.
        KeyboardInterrupt: at Ctrl-C, which is how it ends.
    """
    from dutyroute.analysis import Watcher

    with needs("watch"):
        import watchfiles
    is_folder = path.is_dir()

    def is_read(_: object, changed: str) -> bool:
        """Tell whether a change is about a file that the rulebook is read from, or a folder of such."""
        name = os.path.basename(changed)
        if not is_folder:
            return name == path.name
        return "." not in name or (name.endswith((".yaml", ".yml")) and not name.startswith("."))

    watcher, is_waiting = Watcher(path), False
    root = path if is_folder else path.parent
    pace: dict[str, Any] = {"step": _PAUSE, "rust_timeout": _PATIENCE, "yield_on_timeout": True}
    for changes in watchfiles.watch(root, watch_filter=is_read, recursive=is_folder, **pace):
        if is_waiting and changes:
            saved = sorted({os.path.relpath(name, root.resolve()) for _, name in changes})
            echo("\n" + say("watch-saved", files=say.listed(saved)) + "\n")
            _show(watcher.look(), say)
        # Only now is the folder watched: no save from here on is missed.
        if not is_waiting:
            _show(watcher.look(), say)
            echo("\n" + say("watch-waiting", path=name_of(str(path))))
            is_waiting = True
    return Exit.FINE


def _show(look: Look, say: Phrasebook) -> None:
    """Print what a look shows: what is new in full, what is gone in a line."""
    if look.findings is None:
        echo("\n\n".join(draw(each, say.lang) for each in look.faults))
        echo("\n" + say("watch-unusable", count=len(look.faults)))
        return
    for finding in look.appeared:
        echo(finding.to_text(say.lang) + "\n")
    for finding in look.gone:
        echo(say("watch-gone", finding=f"[{finding.check}] {finding.message(say.lang)}"))
    echo(_told_findings(look.findings, say))
    if look.comparison is not None:
        echo(look.comparison.to_text(say.lang))
