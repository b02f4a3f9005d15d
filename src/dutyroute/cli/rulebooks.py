"""What a command works with: a rulebook, from a folder or a ledger, and the engines that decide by it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from dutyroute.cli.command import unusable
from dutyroute.cli.output import Exit, complain
from dutyroute.diagnostics import draw
from dutyroute.formats.timestamp import ZonelessError, day_of, shown_moment
from dutyroute.messages import Phrasebook
from dutyroute.messages.outside import masked_path, one_line
from dutyroute.routing.router import Router
from dutyroute.rulebook.editions import known_at, restore, zone_of
from dutyroute.rulebook.loader import load
from dutyroute.rulebook.loader.files import name_of
from dutyroute.rulebook.loader.git import load_revision
from dutyroute.rulebook.names import SHOWN_DIGEST
from dutyroute.rulebook.rulebook import Rulebook
from dutyroute.rulebook.shipped import ambiguous_rules, rules_beside, shipped

if TYPE_CHECKING:
    from dutyroute.ledger import Ledger

EDITION = "edition:"
"""What a published edition is named with, where else a folder is."""

Engine = Literal["diagram", "rete", "both"]


def place_of(rules: str | None, say: Phrasebook, cases: Iterable[Path] = ()) -> Path:
    """
    Return the folder that is named; else the rules beside the cases, `./rules`, or the shipped ones.

    Raises:
        RulebookError: where several folders may be meant.
        Unusable: if there is no such folder.
    """
    if rules is not None:
        return folder(rules, say)
    found = [found for each in cases if (found := rules_beside(each)) is not None]
    several = list({each.resolve(): each for each in found}.values())
    if len(several) > 1:
        raise ambiguous_rules(several)
    here = Path("rules")
    return several[0] if several else here if here.is_dir() else shipped("rules")


def load_rules(rules: str | None, say: Phrasebook, cases: Iterable[Path] = ()) -> Rulebook:
    """
    Load the rulebook of `place_of`, and say which it is.

    Raises:
        RulebookError: with every fault found in the files.
        Unusable: if there is no such folder.
    """
    place = place_of(rules, say, cases)
    return told(load(place), name_of(place), say)


def told(rulebook: Rulebook, place: str, say: Phrasebook, *, remarks: bool = True) -> Rulebook:
    """Say to standard error which rulebook is used, so that no answer is taken for that of another."""
    digest = rulebook.digest[:SHOWN_DIGEST]
    complain(say("rules-used", title=rulebook.header.called(say.lang), place=place, digest=digest), Exit.FINE)
    for remark in rulebook.remarks if remarks else ():
        complain(draw(remark, say.lang), Exit.FINE)
    return rulebook


def recorded(url: str | None, stack: ExitStack) -> Ledger | None:
    """
    Open the ledger that is named, until the stack is left.

    Raises:
        LedgerError: if there is none.
    """
    if url is None:
        return None
    from dutyroute.ledger import Ledger

    return stack.enter_context(Ledger.open(url, create=False))


def rulebook_of(
    rules: str | None,
    ledger: Ledger | None,
    say: Phrasebook,
    *,
    as_known: date | datetime | None = None,
    as_stated: date | datetime | None = None,
) -> Rulebook:
    """
    Load a folder or, as `edition:DIGEST`, an edition from a ledger.

    Where nothing is named, the ledger's newest edition counts, and what `place_of`
    finds where there is no ledger; `as_known` and `as_stated` go before all of these.

    Raises:
        RulebookError: with every fault found in the files.
        LedgerError: if there is no such edition.
        Unusable: if there is no such folder, or no ledger to look in.
    """
    if ledger is None:
        option = "--as-known" if as_known else "--as-stated" if as_stated else rules
        if option != rules or (rules or "").startswith(EDITION):
            raise unusable(say, "needs-ledger", option=option)
        return load_rules(rules, say)
    # A question about another time goes before the name of an edition, and that before the newest one.
    if as_known is not None:
        edition = known_at(ledger, as_known)
    elif as_stated is not None:
        edition = known_at(ledger, as_stated, as_stated=True)
        at, stated = (shown_moment(each, zone_of(ledger)) for each in (edition.published, edition.stated))
        complain(say("as-stated-used", at=at, stated=stated), Exit.FINE)
    elif rules is not None and rules.startswith(EDITION):
        edition = ledger.edition(rules.removeprefix(EDITION))
    else:
        published = ledger.editions() if rules is None else ()
        if not published:
            return load_rules(rules, say)
        edition = published[-1]
    return told(restore(edition, ledger.path), name_of(ledger.path), say)


def day_in(rulebook: Rulebook, at: date | datetime | None, say: Phrasebook) -> date | None:
    """
    Return the day that is meant, in the time zone of the rulebook.

    Raises:
        Unusable: for a moment with an offset where the rulebook names no zone.
    """
    try:
        return None if at is None else day_of(at, rulebook.header.zone)
    except ZonelessError:
        raise unusable(say, "needs-timezone", value=at) from None
    except ValueError:  # at the ends of the calendar
        raise unusable(say, "not-a-day", value=at) from None


def revision_of(written: str, ledger: Ledger | None, say: Phrasebook) -> Rulebook:
    """
    Load one side of a comparison: `edition:DIGEST`, a folder, or `folder@revision` in git.

    Raises:
        RulebookError: with every fault found in the files.
        LedgerError: if there is no such edition.
        Unusable: if there is no such folder, or no ledger to look in.
    """
    if written.startswith(EDITION):
        return rulebook_of(written, ledger, say)
    # With an `@` it may be a revision that has no folder now; an address is none.
    before, at, _ = written.rpartition("@")
    if not at or not Path(before).parent.is_dir():
        folder(written, say)
    return told(load_revision(written), name_of(written), say)


def folder(rules: str, say: Phrasebook) -> Path:
    """Return the path of rules; a name that does not exist is wrong usage."""
    try:
        exists = Path(rules).exists()
    except (OSError, ValueError):  # a name too long, or with a zero byte
        exists = False
    if not exists:
        raise unusable(say, "no-such-path", path=masked_path(name_of(rules)))
    return Path(rules)


def engines(
    rulebook: Rulebook, engine: Engine, stack: ExitStack, **options: Any
) -> tuple[Router, Router | None]:
    """
    Make the router that answers and, for `both`, the one that it is compared with.

    `options` are for the router that answers only: the second one records nothing.
    """
    # Of both engines the diagram answers: the other is there to be compared.
    named: Literal["diagram", "rete"] = "rete" if engine == "rete" else "diagram"
    router = stack.enter_context(Router(rulebook, engine=named, **options))
    return router, stack.enter_context(Router(rulebook, engine="rete")) if engine == "both" else None


def tell_engines(say: Phrasebook, told: Mapping[str, Any], *, as_call: bool = True) -> None:
    """
    Say to standard error whether the engines agree; the answers keep their stream to themselves.

    `told` is an `AgreementCount` as plain data. The smallest incident that shows a
    difference is written as the call that shows it again; where no call on the
    command line asks for it, `as_call` is False.
    """
    total = told["agreed"] + told["open"] + told["disagreed"]
    key = "engines-differ" if told["disagreed"] else "engines-agree"
    lines = [say(key, total=f"{total:,}", agreed=f"{told['agreed']:,}", disagreed=f"{told['disagreed']:,}")]
    if told["open"]:
        lines.append(say("engines-open", open=f"{told['open']:,}"))
    for each in told["shown"]:
        met, incident = each["met"], each["incident"]
        lines.append(say("engines-smallest", met=say("engines-met", incident=met) if met else ""))
        lines.append("  " + (_call(incident) if as_call else json.dumps(incident, ensure_ascii=False)))
        for engine, place in (("diagram", "first"), ("rete", "second")):
            answer = each[place].get("rulings", each[place])
            lines.append(f"  {engine}: {json.dumps(answer, ensure_ascii=False)}")
    complain("\n".join(lines), Exit.FINE)


def _call(incident: Mapping[str, Any]) -> str:
    """Write the call that shows it again."""
    facts = dict(incident)
    matters = facts.pop("matter")
    words = ["dutyroute", "route", "--engine", "both"]
    for matter in matters if isinstance(matters, list) else [matters]:
        words += ["--matter", matter]
    for fact, value in facts.items():
        # An empty value says that the fact is unknown, which a default would hide.
        shown = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        words += ["--fact", f"{fact}={shown}"]
    return one_line(shlex.join(words))
