"""`dutyroute check`: faults in a rulebook's files, then what its diagram knows."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from dutyroute.cli.command import unusable
from dutyroute.cli.output import Exit, echo, echo_json
from dutyroute.cli.rulebooks import place_of, recorded, revision_of, told
from dutyroute.cli.view.names import ScreenNames
from dutyroute.diagnostics import Diagnostic, Severity, draw
from dutyroute.errors import RulebookError, needs
from dutyroute.formats.timestamp import today
from dutyroute.messages import Phrasebook
from dutyroute.messages.outside import harmless
from dutyroute.rulebook.loader import load
from dutyroute.rulebook.loader.files import name_of
from dutyroute.rulebook.loader.git import load_revision
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.types import LONGEST

if TYPE_CHECKING:
    from dutyroute.analysis import Finding, Findings, Look

# How long the files of one save may take to be written, and how often is looked, in milliseconds.
_PAUSE, _PATIENCE = 50, 200


def check(
    say: Phrasebook,
    *,
    path: str | None,
    explain: str | None,
    format: str,
    fail_on: str,
    notes: bool,
    since: str | None,
    ledger: str | None,
    accept: tuple[str, ...],
    author: str,
    note: str,
    watch: bool,
    rules: str | None,
) -> int:
    """Check a rulebook; the status tells whether it can be used, and whether anything is found."""
    from dutyroute.analysis import check as analyse
    from dutyroute.analysis import explain as explained
    from dutyroute.analysis.checks.survey import Parts

    if explain is not None:
        echo(explained(explain, say.lang).rstrip("\n"))
        return Exit.FINE
    place = place_of(rules if path is None else path, say)
    if watch:
        return _watch(place, notes, say)
    try:
        rulebook = load(place)
    except RulebookError as error:
        _print_faults(error, format, say)
        return Exit.RULEBOOK
    told(rulebook, name_of(place), say, remarks=False)
    # What is the same in both rulebooks is surveyed once.
    shared: dict[str, Any] = {"parts": Parts(), "today": today(rulebook.header.zone)}
    found = analyse(rulebook, **shared)
    if accept:
        return _accept(found, place, accept, author, note, say)
    if (earlier := _earlier(place, since, ledger, say)) is not None:
        is_same = earlier == rulebook and earlier.remarks == rulebook.remarks
        found = found.since(found if is_same else analyse(earlier, **shared))
    _print_findings(found, format, notes, since or f"{name_of(place)}@HEAD", say)
    is_bad = fail_on != "never" and found.at_least(cast(Severity, fail_on))
    return Exit.FOUND if is_bad else Exit.FINE


def _earlier(place: Path, since: str | None, ledger: str | None, say: Phrasebook) -> Rulebook | None:
    """Load what is compared with: what `--since` names, else what git has last; None where there is none."""
    if since is not None:
        with ExitStack() as stack:
            return revision_of(since, recorded(ledger, stack), say)
    try:
        return load_revision(f"{place}@HEAD")
    except RulebookError:
        return None


def _accept(
    found: Findings, place: Path, which: tuple[str, ...], author: str, note: str, say: Phrasebook
) -> int:
    """Write that somebody accepts the findings that are named, each by its check and perhaps an identifier."""
    from dutyroute.analysis import accept

    if not author.strip() or not note.strip():
        raise unusable(say, "accept-unsigned")
    if any(len(text) > LONGEST or harmless(text) != text for text in (author, note)):
        raise unusable(say, "accept-text", limit=f"{LONGEST:,}")
    chosen = []
    for each in which:
        check, _, name = each.replace("：", ":").partition(":")
        meant = [f for f in found if f.check == check and (not name or name in f.about)]
        if not meant:
            raise unusable(say, "nothing-to-accept", word=each)
        chosen += [f for f in meant if not f.accepted]
    day = today(found.rulebook.header.zone)
    file = accept(chosen, place, author=author, note=note, on=day)
    for finding in chosen:
        echo(f"[{finding.check}] {finding.message(say.lang)}")
    echo(say("accept-written", count=len(chosen), path=name_of(file)))
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


def _print_findings(found: Findings, format: str, notes: bool, since: str, say: Phrasebook) -> None:
    """Print what is found; as text new findings first, notes and accepted ones only where they are asked for."""
    if format != "text":
        echo_json(found.to_dict(say.lang) if format == "json" else found.to_sarif(say.lang))
        return
    shown = [each for each in found if _is_shown(each, notes)]
    is_headed = any(each.is_new for each in shown)
    for is_new, heading in ((True, "check-new"), (False, "check-known")):
        part = [each for each in shown if bool(each.is_new) is is_new]
        if part and is_headed:
            echo(say(heading, since=since) + "\n")
        for finding in part:
            echo(finding.to_text(say.lang) + "\n")
    rulebook = found.rulebook
    words = rulebook.vocabulary
    counts = {"rules": len(rulebook.rules), "matters": len(words.matters), "parties": len(words.parties)}
    echo(say("check-counts", clauses=len(list(words.clauses())), **counts))
    echo(ScreenNames(rulebook, say).stamp())
    if any(each.is_new is not None for each in found) or found.gone:
        echo(say("check-since", since=since, new=len(found.new), gone=len(found.gone)))
    echo(_told_findings(found, notes, say))


def _is_shown(finding: Finding, notes: bool) -> bool:
    """Tell whether a finding is printed: notes and accepted ones only where they are asked for."""
    return notes or (finding.severity != "note" and not finding.accepted)


def _told_findings(found: Findings, notes: bool, say: Phrasebook) -> str:
    """Say in a line how many findings there are, and how to see those that were not printed."""
    if not len(found):
        return say("check-nothing")
    accepted = sum(each.accepted is not None for each in found)
    counts = [_counted(found.at_least("note"), say)] if accepted < len(found) else []
    counts += [say("counted-accepted", count=accepted)] if accepted else []
    is_whole = all(_is_shown(each, notes) for each in found)
    return say("check-found", counts=say.listed(counts)) + ("" if is_whole else say("check-hidden"))


def _counted(found: Iterable[Diagnostic], say: Phrasebook) -> str:
    """Say how many there are of each severity, the gravest first."""
    counts = Counter(each.severity for each in found)
    listed: tuple[Severity, ...] = ("error", "warning", "note")
    return say.listed(say(f"counted-{level}", count=counts[level]) for level in listed if counts[level])


def _watch(path: Path, notes: bool, say: Phrasebook) -> int:
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
            _show(watcher.look(), notes, say)
        # Only now is the folder watched: no save from here on is missed.
        if not is_waiting:
            _show(watcher.look(), notes, say)
            echo("\n" + say("watch-waiting", path=name_of(str(path))))
            is_waiting = True
    return Exit.FINE


def _show(look: Look, notes: bool, say: Phrasebook) -> None:
    """Print what a look shows: what is new in full, what is gone in a line."""
    if look.findings is None:
        echo("\n\n".join(draw(each, say.lang) for each in look.faults))
        echo("\n" + say("watch-unusable", count=len(look.faults)))
        return
    new = look.findings.new if look.comparison else look.findings
    for finding in (each for each in new if _is_shown(each, notes)):
        echo(finding.to_text(say.lang) + "\n")
    for finding in (each for each in look.findings.gone if _is_shown(each, notes)):
        echo(say("watch-gone", finding=f"[{finding.check}] {finding.message(say.lang)}"))
    echo(_told_findings(look.findings, notes, say))
    if look.comparison is not None:
        echo(look.comparison.to_text(say.lang))
