"""Click in the reader's language: help pages, usage errors, options."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import click

from dutyroute.cli import exits
from dutyroute.cli.output import columns, echo
from dutyroute.cli.phrasebook import Phrasebook
from dutyroute.cli.view.wrapping import indented
from dutyroute.diagnostics import width
from dutyroute.messages import LANGUAGES

__all__ = [
    "Command",
    "Pairs",
    "Spoken",
    "Unusable",
    "option",
    "pairs_option",
    "refused",
    "rules_option",
    "unusable",
    "worded",
]

Pairs = tuple[tuple[str, str], ...]
"""What `--fact` and `--what-if` hold: keys and values, as they were written."""

_CLICK = (
    (r"No such option:? '?(?P<option>\S+?)'?\.?", "no-such-option"),
    (
        r"No such option:? '?(?P<option>\S+?)'?\.? \(?"
        r"(?:Did you mean|Possible options:)(?: one of:)? ?(?P<suggestion>.+?)\??\)?",
        "no-such-option-near",
    ),
    (r"Missing command\.", "missing-command"),
    (r"Missing option '(?P<option>.+?)'\..*", "missing-option"),
    (r"Missing (?:argument|parameter) '(?P<argument>.+?)'\..*", "missing-argument"),
    (r"Option '(?P<option>.+?)' requires an argument\.", "option-needs-value"),
    (r"Option '(?P<option>.+?)' does not take a value\.", "option-takes-no-value"),
    (r"Got unexpected extra arguments? \((?P<arguments>.+)\)", "too-many-arguments"),
    (r"Invalid value for (?P<name>.+?): '(?P<value>.*)' is not one of (?P<known>.+?)\.", "not-a-choice"),
    (r"Invalid value for (?P<name>.+?): '(?P<value>.*)' is not a valid (?:int|float).*", "not-a-number"),
    (r"Invalid value for (?P<name>.+?): (?P<value>\S+) is not in the range (?P<range>.+)\.", "out-of-range"),
    (r"Invalid value for (?P<name>.+?): (?P<reason>.*)", "invalid-value"),
)
"""What click says of a wrong call, as patterns, and the code of our text for it."""

_WIDEST = 100
_OPTION_CELLS = 26


class Spoken(click.Command):
    """What commands and the group share: help written in one language."""

    say: Phrasebook

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Give click's own `--help` our words."""
        found = super().get_help_option(ctx)
        if found is not None:
            found.help = self.say("option-help")
            found.callback = _print_help
        return found

    def get_usage(self, ctx: click.Context) -> str:
        """Write the line that shows how the command is called."""
        return f"{self.say('usage')}{ctx.command_path} {' '.join(self.collect_usage_pieces(ctx))}"

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the whole page, Chinese counted by its cells."""
        cells = min(columns(), _WIDEST)
        formatter.write("\n".join(self.page(ctx, cells)) + "\n")

    def page(self, ctx: click.Context, cells: int) -> Iterator[str]:
        """Yield the lines of the help page."""
        yield from indented(self.get_usage(ctx), cells, "", "  ")
        for paragraph in (self.help or "").split("\n"):
            yield ""
            yield from indented(paragraph, cells, "  ")
        for heading, rows in self.sections(ctx):
            yield ""
            yield self.say(heading)
            yield from _two_columns(rows, cells)
        yield from (self.epilog or "").splitlines()

    def sections(self, ctx: click.Context) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """Yield each list of the help page under its heading."""
        params = self.get_params(ctx)
        found = [param for param in params if isinstance(param, click.Argument)]
        if found:
            yield "arguments", [(p.metavar or "", self.say(f"argument-{p.name}")) for p in found]
        records = (param.get_help_record(ctx) for param in params if param not in found)
        yield "options", [record for record in records if record is not None]


class Command(Spoken):
    """One command, its texts found under its name in the phrasebook."""

    def __init__(
        self, name: str, say: Phrasebook, run: Callable[..., int], params: Iterable[click.Parameter]
    ) -> None:
        self.say = say
        super().__init__(
            name,
            callback=run,
            params=[*params, lang_option(say)],
            help=say(f"{name}-help"),
            epilog=_examples(say, name),
            options_metavar=say("options-metavar"),
        )


def _print_help(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        echo(ctx.get_help())
        ctx.exit()


def _examples(say: Phrasebook, name: str) -> str:
    lines = (f"  {line}" for line in say(f"{name}-examples").splitlines())
    return "\n".join(("", say("examples"), *lines))


def _two_columns(rows: Iterable[tuple[str, str]], cells: int) -> Iterator[str]:
    for name, text in rows:
        first = f"  {name}"
        if width(first) > _OPTION_CELLS - 2:
            yield first
            first = ""
        yield from indented(text, cells, first + " " * (_OPTION_CELLS - width(first)))


def option(
    say: Phrasebook, name: str, metavar: str | None = None, *, key: str | None = None, **settings: Any
) -> click.Option:
    """Make an option whose help stands in the phrasebook under `option-…`."""
    text = say(f"option-{key or name.removeprefix('--')}")
    return click.Option([name], metavar=metavar, help=text, **settings)


def lang_option(say: Phrasebook) -> click.Option:
    """Make `--lang`; `spoken` has read it long before click does."""
    return option(say, "--lang", "|".join(LANGUAGES), type=click.Choice(LANGUAGES), expose_value=False)


def rules_option(say: Phrasebook) -> click.Option:
    """Make `--rules`, the folder to use instead of the shipped one."""
    return option(say, "--rules", "DIR")


def pairs_option(say: Phrasebook, name: str) -> click.Option:
    """Make a repeatable option that takes `KEY=VALUE`; a full-width sign will do."""

    def split(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> Pairs:
        return tuple(_pair(say, value, ctx, param) for value in values)

    return option(say, name, "KEY=VALUE", multiple=True, callback=split)


def _pair(say: Phrasebook, value: str, ctx: click.Context, param: click.Parameter) -> tuple[str, str]:
    key, sign, rest = value.replace("＝", "=", 1).partition("=")
    if not sign or not key.strip():
        raise click.BadParameter(say("not-a-pair", value=value), ctx, param)
    return key.strip(), rest.strip()


class Unusable(click.ClickException):
    """Something named on the command line that is of no use; its message is all there is to say."""

    exit_code = exits.USAGE


def unusable(say: Phrasebook, key: str, **values: object) -> Unusable:
    """Make the error that says so by a phrase."""
    return Unusable(say("usage-error", message=say(key, **values)))


def refused(say: Phrasebook, key: str, **values: object) -> click.UsageError:
    """Make a wrong-usage error of a phrase."""
    return click.UsageError(say(key, **values))


def worded(error: click.ClickException, say: Phrasebook) -> str:
    """Say a usage error in the reader's language; what no pattern knows, as click says it."""
    message = error.format_message()
    for pattern, code in _CLICK:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            return say(code, **found.groupdict(default=""))
    return message
