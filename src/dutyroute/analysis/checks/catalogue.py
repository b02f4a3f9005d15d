"""Which checks there are, how seriously each is taken, and the page that explains it."""

from __future__ import annotations

from dataclasses import dataclass

from dutyroute.diagnostics import Severity, nearest
from dutyroute.errors import DutyrouteError
from dutyroute.messages import Lang, chosen, sentence
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.shipped import packaged
from dutyroute.rulebook.types import Grade

CHECKS: dict[str, Severity] = {
    "lead-gap": "error",
    "enforcer-without-lead": "error",
    "role-conflict": "error",
    "unmet-obligation": "error",
    "recused-empty": "error",
    "unrouted-matter": "warning",
    "dead-rule": "warning",
    "shadowed-rule": "warning",
    "beside-overrides": "warning",
    "redundant-rule": "note",
    "redundant-condition": "note",
    "date-gap": "warning",
    "date-overlap": "warning",
    "uncited-clause": "warning",
    "uncited-rule": "warning",
    "duty-without-object": "note",
    "unused-party": "note",
    "unused-matter": "note",
    "unused-fact": "note",
    "unused-role": "note",
    "unused-flag": "note",
    "undecided-flag": "note",
    "draft-rule": "note",
    "assumed-basis": "note",
    "empty-setting": "note",
    "open-facts": "warning",
    "not-proven": "warning",
    "unknown-check": "warning",
    "outdated-acceptance": "warning",
    "future-acceptance": "error",
    "text-after-hash": "warning",
}
"""Every check with its severity where nobody says otherwise, in the order of display."""

PAGES = packaged("analysis", "checks", "pages")
"""One Markdown file for each check: Chinese first, English after the line `---`."""

# Cannot be disabled: a report without it would look like a proof.
_ALWAYS = frozenset({"not-proven"})


@dataclass(eq=False, repr=False)
class UnknownCheck(DutyrouteError, LookupError):
    """A check that does not exist, with the one that was most likely meant."""

    word: str

    @property
    def suggestion(self) -> str | None:
        """The name of a check that is spelled much like it."""
        return nearest(self.word, CHECKS)

    def describe(self, lang: Lang | None = None) -> str:
        """Name the check, and the nearest one or all that there are."""
        known = ", ".join(CHECKS)
        return sentence(
            "unknown-check", {"word": self.word, "suggestion": self.suggestion, "known": known}, lang
        )


def grades(rulebook: Rulebook) -> dict[str, Grade]:
    """
    Return how seriously each check is taken: as the rulebook says, else by default.

    Names in the rulebook that are no checks are ignored here; `unknown-check`
    reports them.
    """
    written = {name: grade for name, grade in rulebook.header.checks.items() if name in CHECKS}
    chosen: dict[str, Grade] = {**CHECKS, **written}
    return {c: CHECKS[c] if g == "off" and c in _ALWAYS else g for c, g in chosen.items()}


def explain(check: str, lang: Lang | None = None) -> str:
    """
    Return the page of a check in the reader's language, as Markdown.

    Raises:
        UnknownCheck: if there is no such check.
    """
    if check not in CHECKS:
        raise UnknownCheck(check)
    chinese, english = (PAGES / f"{check}.md").read_text("utf-8").split("\n---\n")
    return chosen(lang, chinese, english).strip() + "\n"


def heading(check: str, lang: Lang | None = None) -> str:
    """
    Return a check in a few words: the heading of its page.

    >>> heading("lead-gap", "en")
    'Nobody leads'
    """
    first = explain(check, lang).partition("\n")[0]
    return first.removeprefix("#").partition(":")[2].strip()
