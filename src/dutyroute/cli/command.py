"""Commands made of the tables, and their help pages in the reader's language."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

import click
from click.core import ParameterSource

from dutyroute.cli.options import COMBINATIONS, COMMANDS, COUNT, OPTIONS, RENAMED_COMMANDS, RENAMED_OPTIONS
from dutyroute.cli.output import Exit, answer_to, columns, complain, echo
from dutyroute.cli.view.wrapping import indented
from dutyroute.diagnostics import nearest, width
from dutyroute.messages import LANGUAGES, Phrasebook

ARGUMENTS = "dutyroute.arguments"
"""Under which key of click's `meta` the words of the whole call are kept."""

# Click has no codes for its messages, so they are told apart by their text, in all its versions.
_CLICK = (
    (r"Missing command\.", "missing-command"),
    (r"Missing option '(?P<option>.+?)'\..*", "missing-option"),
    (r"Missing (?:argument|parameter) '(?P<argument>.+?)'\..*", "missing-argument"),
    (r"Option '(?P<option>.+?)' requires an argument\.", "option-needs-value"),
    (r"Option '(?P<option>.+?)' does not take a value\.", "option-takes-no-value"),
    (r"Got unexpected extra arguments? \((?P<arguments>.+)\)", "too-many-arguments"),
    (r"Invalid value for (?P<name>.+?): '(?P<value>.*)' is not one of (?P<known>.+?)\.", "not-a-choice"),
    (r"Invalid value for (?P<name>.+?): (?P<reason>.*)", "invalid-value"),
)
"""What click says of a wrong call, as patterns, and the code of our text for it."""

# Longer lines of running text are hard to read.
_WIDEST = 100
_OPTION_CELLS = 26


class HelpPage(click.Command):
    """What commands and groups share: help written in one language."""

    say: Phrasebook

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Give click's own `--help` our words."""
        found = super().get_help_option(ctx)
        if found is not None:
            found.help = self.say("option-help")
        return found

    def get_usage(self, ctx: click.Context) -> str:
        """Write the line that shows how the command is called."""
        return f"{self.say('usage')}{ctx.command_path} {' '.join(self.collect_usage_pieces(ctx))}"

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the whole page, Chinese counted by its cells."""
        formatter.write("\n".join(self.page(ctx, min(columns(), _WIDEST))) + "\n")

    def page(self, ctx: click.Context, cells: int) -> Iterator[str]:
        """Yield the lines of the help page."""
        yield from indented(self.get_usage(ctx), cells, "", "  ")
        for paragraph in (self.help or "").split("\n"):
            yield ""
            yield from indented(paragraph, cells, "  ")
        for heading, rows in self.sections(ctx):
            yield ""
            yield self.say(heading)
            for name, text in rows:
                first = f"  {name}"
                if width(first) > _OPTION_CELLS - 2:
                    yield first
                    first = ""
                yield from indented(text, cells, first + " " * (_OPTION_CELLS - width(first)))
        if self.epilog:
            yield ""
            yield self.say("examples")
            yield from (f"  {line}" for line in self.epilog.splitlines())

    def sections(self, ctx: click.Context) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """Yield each list of the help page under its heading."""
        params = self.get_params(ctx)
        found = [param for param in params if isinstance(param, click.Argument)]
        if found:
            yield "arguments", [(p.metavar or "", self.say(f"argument-{p.name}")) for p in found]
        options = [param for param in params if isinstance(param, click.Option)]
        # Click's own text would say in English, and in brackets, what is required.
        names = ((option.get_help_record(ctx) or ("",))[0] for option in options)
        texts = ((each.help or "") + (self.say("required") if each.required else "") for each in options)
        yield "options", list(zip(names, texts, strict=True))


class Group(HelpPage, click.Group):
    """The program, or a command that has commands of its own; each is made when it is asked for."""

    def __init__(self, path: str, say: Phrasebook, params: Iterable[click.Parameter] = ()) -> None:
        self.say = say
        self.words: list[str] = path.split()
        depth = len(self.words)
        keys = (key.split() for key in COMMANDS)
        self.names: list[str] = list(dict.fromkeys(key[depth] for key in keys if key[:depth] == self.words))
        super().__init__(
            path or "dutyroute",
            params=[*params, _option(say, "lang")],
            help=say(f"{path}-help" if path else "about"),
            options_metavar=say("options-metavar"),
            subcommand_metavar=say("command-metavar"),
            invoke_without_command=True,
            callback=_help_unless_asked,
        )

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands in the order in which people need them."""
        return self.names

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Make one command."""
        path = " ".join((*self.words, cmd_name))
        if path in COMMANDS:
            return Command(path, self.say)
        return Group(path, self.say) if cmd_name in self.names else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; where there is none, say what it is called now or which was likely meant."""
        name = args[0]
        if name not in self.names and not name.startswith("-"):
            if not self.words and name in RENAMED_COMMANDS:
                new = _metavar(self.say, RENAMED_COMMANDS[name])
                ctx.fail(self.say("renamed-command", old=name, new=new))
            near = nearest(name, self.names)
            key = "no-such-command-near" if near else "no-such-command"
            ctx.fail(self.say(key, command=name, suggestion=near))
        return super().resolve_command(ctx, args)

    def sections(self, ctx: click.Context) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """List the commands before the options; none is made for that."""
        keys = {name: "-".join((*self.words, name)) for name in self.names}
        yield "commands", [(name, self.say(f"{key}-short")) for name, key in keys.items()]
        yield from super().sections(ctx)


class Command(HelpPage):
    """One command; its module is loaded when it runs, and its texts are filed under its name."""

    def __init__(self, path: str, say: Phrasebook) -> None:
        self.say = say
        self.words: list[str] = path.split()
        (arguments, options), key = COMMANDS[path], "-".join(self.words)
        self.answers_to_file: bool = "out" in options.split()
        super().__init__(
            self.words[-1],
            params=[
                *(_argument(say, word) for word in arguments.split()),
                *(_option(say, word) for word in (*options.split(), "lang")),
            ],
            help=say(f"{key}-help"),
            epilog=say(f"{key}-examples"),
            options_metavar=say("options-metavar"),
        )

    def invoke(self, ctx: click.Context) -> int:
        """Run the command: the function of its last name, in the module of its first."""
        self._refuse_combinations(ctx)
        # Loaded only now: most of a command line's time goes into imports.
        module = import_module(f"dutyroute.cli.commands.{self.words[0]}")
        settings = dict(ctx.params)
        file = settings.pop("out") if self.answers_to_file else None
        with answer_to(file):
            status: int = getattr(module, self.words[-1])(self.say, **settings)
            # What was refused on standard error must not cost an earlier answer its file.
            if file is not None and status >= Exit.USAGE and sys.stdout.seekable() and not sys.stdout.tell():
                raise click.exceptions.Exit(status)
        if file is not None:
            complain(self.say("written-to", file=file), Exit.FINE)
        return status

    def _refuse_combinations(self, ctx: click.Context) -> None:
        """Refuse an option that would be ignored silently, or contradicts another."""
        for combination in COMBINATIONS.get(" ".join(self.words), ()):
            left, verb, right = combination.split()
            others = right.split("|")
            given = [other for other in others if _is_given(ctx, other)]
            if bool(given) != (verb == "excludes"):
                continue
            for option in left.split("|"):
                if _is_given(ctx, option):
                    named = [self._called(other) for other in given[:1] or others]
                    partner = f" {self.say('or').strip()} ".join(named)
                    raise unusable(self.say, f"option-{verb}", option=self._called(option), partner=partner)

    def _called(self, word: str) -> str:
        """Say a word of `COMBINATIONS` as the command line does; an argument by its metavar."""
        if word.startswith("--"):
            return word.replace("=", " ")
        name, _, value = word.lower().partition("=")
        argument = next((p.metavar or "").strip("[]") for p in self.params if p.name == name)
        return value or self.say("argument-named", name=argument)


def _is_given(ctx: click.Context, word: str) -> bool:
    """Tell whether the call has an option or argument of `COMBINATIONS`."""
    name, _, value = word.removeprefix("--").lower().replace("-", "_").partition("=")
    if value:
        return bool(ctx.params[name] == value)
    return ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE


def _metavar(say: Phrasebook, written: str) -> str:
    """Say what stands for a value, as in `[FILE|-]`, in the reader's language."""
    return re.sub("[A-Z]+", lambda found: say(f"metavar-{found[0].lower()}"), written)


def _argument(say: Phrasebook, word: str) -> click.Argument:
    """Make an argument of what `COMMANDS` says about it."""
    name, _, metavar = word.partition("=")
    # The words of the usage line are the declaration: brackets, dots and bars say what may be given.
    settings: dict[str, Any] = {"metavar": _metavar(say, metavar), "required": not metavar.startswith("[")}
    if metavar.endswith("..."):
        settings["nargs"] = -1
    elif name == "kind":
        settings["type"] = click.Choice(metavar.split("|"))
    elif name == "number":
        settings["type"] = COUNT
    return click.Argument([name], **settings)


def _option(say: Phrasebook, word: str) -> click.Option:
    """Make an option of what `COMMANDS` says about it; its help is the message `option-…`."""
    if word == "lang":  # read long before click is asked, see `spoken`
        choice: dict[str, Any] = {"metavar": "|".join(LANGUAGES), "type": click.Choice(LANGUAGES)}
        return click.Option(["--lang"], help=say("option-lang"), expose_value=False, **choice)
    key, _, listed = word.removesuffix("!").partition("=")
    name = key.rpartition(":")[2]
    settings = {**OPTIONS.get(key, OPTIONS.get(name, {})), "required": word.endswith("!")}
    if "metavar" in settings:
        settings["metavar"] = _metavar(say, settings["metavar"])
    if listed:
        values = [value for value in listed.split("|") if value]
        settings |= {"metavar": "|".join(values), "type": click.Choice(values)}
        settings.setdefault("default", None if listed.startswith("|") else values[0])
    return click.Option([f"--{name}"], help=say(f"option-{key.replace(':', '-')}"), **settings)


@click.pass_context
def _help_unless_asked(ctx: click.Context) -> None:
    """Show the help where no command is named."""
    if ctx.invoked_subcommand is None:
        echo(ctx.get_help())


class Unusable(click.ClickException):
    """Something in the call that is of no use; its message is all there is to say."""


def unusable(say: Phrasebook, key: str, **values: object) -> Unusable:
    """Make the error that says so by a phrase."""
    return Unusable(say("usage-error", message=say(key, **values)))


def worded(error: click.ClickException, say: Phrasebook) -> str:
    """Say a usage error in the reader's language; what no pattern knows, as click says it."""
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    params = ctx.command.get_params(ctx) if ctx else []
    message = error.format_message()
    if isinstance(error, click.NoSuchOption):
        known = [name.removeprefix("--") for param in params for name in param.opts]
        near = nearest(error.option_name.removeprefix("--"), known)
        values = {"option": error.option_name, "suggestion": f"--{near}"}
        return _renamed(error.option_name, params, say) or say(
            "no-such-option-near" if near else "no-such-option", **values
        )
    for pattern, code in _CLICK:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found and code == "not-a-choice":
            near = nearest(found["value"], re.findall("'(.+?)'", found["known"]))
            renamed = _renamed(f"{found['name']} {found['value']}".replace("'", ""), params, say)
            return renamed or say("not-a-choice-near" if near else code, **found.groupdict(), suggestion=near)
        if found:
            return say(code, **found.groupdict(default=""))
    return message


def _renamed(old: str, params: Iterable[click.Parameter], say: Phrasebook) -> str | None:
    """Say what takes the place of an option, where the command has it."""
    new = RENAMED_OPTIONS.get(old)
    if new is None:
        return None
    taken = {param.name: param for param in params}
    if not new.startswith("--format "):
        has = new.lower() in taken
    else:  # the format is named only to a command that has it
        choice = getattr(taken.get("format"), "type", None)
        has = isinstance(choice, click.Choice) and new.split()[1] in choice.choices
    return say("renamed-option", old=old, new=_metavar(say, new)) if has else None
