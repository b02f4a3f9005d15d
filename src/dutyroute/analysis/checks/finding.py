"""Findings: what checks find in a rulebook; data, never an exception."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dutyroute.analysis.checks.catalogue import CHECKS, explain, heading
from dutyroute.diagnostics import Diagnostic, Related, Severity, Span, draw
from dutyroute.formats.sarif import log, result_of
from dutyroute.messages import LANGUAGES, Lang, both, joined, language, word
from dutyroute.rulebook.accepted import Acceptance, Key
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.vocabulary import Plain, Term, Vocabulary
from dutyroute.rulebook.written import plain, written

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""From the worst to the mildest."""


@dataclass(frozen=True, slots=True)
class Finding(Diagnostic):
    """
    One thing that a check found: a diagnostic whose code is the name of the check.

    `witness` is an incident that shows it, with as few facts as make it certain,
    ready for `Router.route`; empty where there is nothing to show (a rule that
    never applies has no incident). `rules` and `clauses` stand on both sides of
    it. `matters` lists every matter concerned, `matter` the one of the witness, and so
    do `obligations` and `obligation`. `about` names what an entry of the accepted
    findings names: rules, matters and the like, the same wherever they stand.

    `accepted` is that entry. `is_new` tells whether an earlier check had the same
    finding; it is None where no earlier one is known.
    """

    about: tuple[str, ...] = ()
    accepted: Acceptance | None = None
    is_new: bool | None = field(default=None, compare=False)
    matter: str | None = None
    matters: tuple[str, ...] = ()
    obligations: tuple[str, ...] = ()
    witness: Mapping[str, Plain] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()

    @property
    def check(self) -> str:
        """The check that found it, in kebab-case."""
        return self.code

    @property
    def obligation(self) -> str | None:
        """The obligation that the witness does not meet."""
        return self.obligations[0] if self.obligations else None

    @property
    def key(self) -> Key:
        """What tells this finding from others, and stays the same when lines move."""
        return self.check, frozenset(self.about)

    def example(self) -> str:
        """Write the witness as an incident is written; empty where there is none."""
        return ", ".join(f"{fact}: {written(value, quotes=False)}" for fact, value in self.witness.items())

    def to_dict(self, lang: Lang | None = None) -> dict[str, Any]:
        """Return the finding as plain data; its sentences are in the given language."""
        return {
            "check": self.check,
            "severity": self.severity,
            "message": self.message(lang),
            "help": self.help(lang),
            "about": list(self.about),
            "new": self.is_new,
            "accepted": self.accepted.model_dump(mode="json", include=_REASON) if self.accepted else None,
            "matter": self.matter,
            "obligation": self.obligation,
            **self._properties(),
            "span": _place(self.span),
            "related": [_place(other.span) for other in self.related],
        }

    def to_text(self, lang: Lang | None = None) -> str:
        """Draw the finding as a terminal shows it: as a fault in a file, with an example below."""
        chosen = lang or language()
        lines, example = [draw(self, chosen)], self.example()
        if example:
            lines.append(f"   = {word('check-example', chosen)}: {example}")
        if self.accepted:
            lines.append(f"   = {word('check-accepted', chosen)}: {self.reason(chosen)}")
        return "\n".join(lines)

    def reason(self, lang: Lang | None = None) -> str:
        """Say who accepted the finding, when and why; empty where nobody did."""
        said = self.accepted
        return word("check-reason", lang, author=said.author, date=said.date, note=said.note) if said else ""

    def __str__(self) -> str:
        return self.to_text()

    def _properties(self) -> dict[str, Any]:
        """What a machine may want to know besides the sentences, as plain data."""
        names = ("matters", "obligations", "witness", "rules", "clauses")
        return {name: plain(getattr(self, name)) for name in names}


@dataclass(frozen=True)
class Findings:
    """
    All findings of one check of a rulebook, the worst first.

    `unproven` names the matters of which not every incident was looked at; each
    has a `not-proven` finding too. No finding and nothing unproven means that
    there is nothing to find. `gone` are those of an earlier check that are not found any more.
    """

    rulebook: Rulebook = field(repr=False)
    findings: tuple[Finding, ...]
    unproven: tuple[str, ...] = ()
    gone: tuple[Finding, ...] = ()

    def __len__(self) -> int:
        return len(self.findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    @property
    def counts(self) -> dict[Severity, int]:
        """How many findings there are of each severity, less those that are accepted."""
        return {s: sum(f.severity == s for f in self.at_least("note")) for s in SEVERITIES}

    def since(self, earlier: Findings) -> Findings:
        """Return the same findings, each of which tells whether an earlier check had it, too."""
        before, now = ({each.key for each in found} for found in (earlier, self))
        marked = tuple(replace(each, is_new=each.key not in before) for each in self)
        return replace(self, findings=marked, gone=tuple(f for f in earlier if f.key not in now))

    @property
    def new(self) -> tuple[Finding, ...]:
        """The findings that an earlier check did not have; none where `since` was not asked."""
        return tuple(f for f in self.findings if f.is_new)

    def at_least(self, severity: Severity) -> tuple[Finding, ...]:
        """List the findings of a severity and those that are worse, less those that are accepted."""
        bad = SEVERITIES[: SEVERITIES.index(severity) + 1]
        return tuple(f for f in self.findings if f.severity in bad and not f.accepted)

    def to_dict(self, lang: Lang | None = None) -> dict[str, Any]:
        """Return all findings as plain data; their sentences are in the given language."""
        book = self.rulebook
        return {
            "rulebook": {"id": book.id, "edition": book.edition, "digest": book.digest},
            "counts": {**self.counts, "accepted": len(self) - len(self.at_least("note"))},
            "unproven": list(self.unproven),
            "findings": [finding.to_dict(lang) for finding in self.findings],
            "gone": [{"check": each.check, "about": list(each.about)} for each in self.gone],
        }

    def to_sarif(self, lang: Lang | None = None) -> dict[str, Any]:
        """
        Return all findings as a SARIF 2.1.0 log, for editors and code hosts.

        Each check that found something is described by its page; the witness, the
        rules and the clauses of a finding are among its properties. An accepted one
        is suppressed, with who, when and why.
        """
        chosen = lang or language()
        found = {finding.check for finding in self.findings}
        described = [
            {
                "id": check,
                "shortDescription": {"text": heading(check, chosen)},
                "help": dict.fromkeys(("text", "markdown"), explain(check, chosen)),
                "defaultConfiguration": {"level": severity},
            }
            for check, severity in CHECKS.items()
            if check in found
        ]
        results = [
            replace(
                result_of(each, chosen),
                related=[(word(o.word, chosen), o.span) for o in each.related if o.span is not None],
                properties=each._properties(),
                is_new=each.is_new,
                suppression=(each.reason(chosen), self.rulebook.span("accepted", each.accepted.id))
                if each.accepted
                else None,
            )
            for each in self.findings
        ]
        return log(results, described, chosen)


_REASON = {"author", "date", "note"}


def _place(span: Span | None) -> dict[str, Any] | None:
    if span is None:
        return None
    return {"path": span.path, "line": span.line, "column": span.column, "end": span.end}


BothLanguages = dict[str, str]
"""One value of a message, in each language."""

_MANY = 8


class FindingWriter:
    """Writes the findings about one rulebook: values, clauses and places from names."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.words: Vocabulary = rulebook.vocabulary

    def finding(
        self,
        check: str,
        at: tuple[str, str | int],
        values: Mapping[str, object],
        *,
        rules: Sequence[str] = (),
        others: Iterable[tuple[str, str | int]] = (),
        witness: Mapping[str, Plain] | None = None,
        matters: Sequence[str] = (),
        clauses: Sequence[str] | None = None,
        obligations: Sequence[str] = (),
        about: Sequence[str] = (),
    ) -> Finding:
        """
        Write a finding about what stands at `at`, a (kind, name) of the rulebook.

        `values` fill its message. Its further places are `others` and the rules,
        its clauses those of the rules unless given. It is about all these, unless
        `about` says what alone tells it from others.
        """
        if clauses is None:
            clauses = tuple(dict.fromkeys(c for rule in rules for c in self.rulebook.rules[rule].cite))
        # INVARIANT: what stands at `at` is not repeated among the further places.
        places = (*others, *(("rules", rule) for rule in rules))
        # Of dozens of rules, the first places are enough: all are among the finding's rules.
        spans = list(dict.fromkeys(self._span(*place) for place in places if place != at))[:_MANY]
        return Finding(
            code=check,
            severity=CHECKS[check],
            values=values,
            matter=matters[0] if matters else None,
            matters=tuple(matters),
            obligations=tuple(obligations),
            about=tuple(about or dict.fromkeys(str(name) for _, name in (at, *places))),
            witness=witness or {},
            rules=tuple(rules),
            clauses=tuple(clauses),
            span=self._span(*at),
            related=tuple(Related("also-here", span=span) for span in spans if span is not None),
        )

    def remark(self, remark: Diagnostic) -> Finding:
        """Write the finding that shows a likely mistake in the files."""
        about = (str(remark.values["word"]),)
        return Finding(remark.code, remark.values, span=remark.span, severity=remark.severity, about=about)

    def named(self, kind: str, name: str) -> BothLanguages:
        """Name an entry of the vocabulary: parties, roles, matters, facts or flags."""
        entry: Term = getattr(self.words, kind)[name]
        return both("check-named", name={lang: entry.called(lang) for lang in LANGUAGES}, id=name)

    def names(self, kind: str, names: Sequence[str]) -> BothLanguages:
        """Name several entries; of very many, the first."""
        return few([self.named(kind, name) for name in names])

    def obligation(self, name: str) -> BothLanguages:
        """Name an obligation."""
        owed = self.rulebook.obligations[name]
        return both("check-obligation", name={lang: owed.called(lang) for lang in LANGUAGES}, id=name)

    def _span(self, kind: str, name: str | int) -> Span | None:
        """Find where something stands; a clause may only be known by its instrument."""
        found = self.rulebook.span(kind, name)
        if found is None and kind == "clauses":
            return self.rulebook.span("instruments", str(name).partition("/")[0])
        return found


def few(words: Sequence[str | BothLanguages]) -> BothLanguages:
    """List words as messages do; of very many, the first."""
    first = joined(words[:_MANY])
    if len(words) <= _MANY:
        return first
    # Chinese says how many there are in all, English how many more.
    return both("check-and-more", names=first, n={"zh": len(words), "en": len(words) - _MANY})


def listed(names: Sequence[str]) -> BothLanguages | None:
    """List identifiers as messages do; None where there is none."""
    return joined([f"`{name}`" for name in names]) if names else None
