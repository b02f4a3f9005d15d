"""`dutyroute matters`: which matters there are, and which a word or a text may be about."""

from __future__ import annotations

import re
from typing import Any

from dutyroute.cli.command import unusable
from dutyroute.cli.incidents import GivenIncident, incidents_in
from dutyroute.cli.output import Exit, echo, echo_json
from dutyroute.cli.rulebooks import load_rules
from dutyroute.cli.view.matters import candidate_lines, suggestion_lines
from dutyroute.cli.view.names import ScreenNames
from dutyroute.messages import Phrasebook
from dutyroute.routing.candidate import candidates
from dutyroute.routing.incident import LONGEST_ID, LONGEST_TEXT
from dutyroute.routing.router import Router
from dutyroute.rulebook.search import Match

# What has a stop or many characters is a text; words are shorter.
_TEXT = re.compile(r"[，。！？；、：,.!?;:\n]|.{16}", re.DOTALL)
_STDIN = "-"


def matters(say: Phrasebook, *, words: str | None, rules: str | None, format: str, json: bool) -> int:
    """Find matters; the status says whether any was found, of a stream whether every line could be read."""
    if words is not None and not words.strip():
        raise unusable(say, "no-word")
    router = Router(load_rules(rules, say))
    names, is_json = ScreenNames(router.rulebook, say), json or format == "json"
    if words == _STDIN:
        return _stream(router, names, is_json=is_json)
    search = router.rulebook.search
    listed = [Match(name) for name in names.words.matters] if words is None else search.matters(words, None)
    if words is not None and len(listed) != 1 and _TEXT.search(words):
        found = router.suggest(words)
        if is_json:
            echo_json(found.to_dict())
        else:
            echo("\n".join(suggestion_lines(words, found, router, names)))
        return Exit.FINE if found.answered else Exit.FOUND
    described = candidates(listed, router.rulebook, router.what_if, say.lang)
    if is_json:
        echo_json({"question": "matter", "candidates": [each.to_dict() for each in described]})
    else:
        echo("\n".join(candidate_lines(words, described, names)))
    return Exit.FINE if words is None or any(match.words for match in listed) else Exit.FOUND


def _stream(router: Router, names: ScreenNames, *, is_json: bool) -> int:
    """Answer one `{"id", "text"}` a line, as it comes; a line that cannot be read is told, and the next one read."""
    status = Exit.FINE
    for given in incidents_in(_STDIN, "jsonl", names.say):
        data = given.data if isinstance(given.data, dict) else {}
        name: Any = data.get("id")
        text: Any = data.get("text")
        error = _error(given, name, text, names.say)
        if error is not None:
            status = Exit.FOUND
            if is_json:
                echo_json({"id": name if isinstance(name, str | int) else None, "error": error})
            else:
                echo(names.say("line-broken", line=given.line, message=error["message"]))
        elif is_json:
            echo_json({"id": name, **router.suggest(text).to_dict()})
        else:
            heading = names.say("line", line=given.line) if name is None else names.say("incident", id=name)
            echo("\n".join([heading, *suggestion_lines(text, router.suggest(text), router, names), ""]))
    return status


def _error(given: GivenIncident, name: Any, text: Any, say: Phrasebook) -> dict[str, Any] | None:
    """Tell what is wrong with a line, in the form of `route`."""
    if given.broken is not None:
        code, message = given.broken.code, given.broken.describe(say.lang)
    elif not isinstance(text, str):
        code, message = "text-missing", say("text-missing")
    elif len(text) > LONGEST_TEXT:
        code, message = "text-too-long", say("text-too-long", longest=f"{LONGEST_TEXT:,}")
    elif not isinstance(name, str | int | None) or len(str(name)) > LONGEST_ID:
        code, message = "text-id", say("text-id", longest=LONGEST_ID)
    else:
        return None
    return {"code": code, "message": message, "line": given.line}
