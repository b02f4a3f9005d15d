"""The program: what is asked for, in which language, and how it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any, NoReturn

import click

from dutyroute.cli import exits
from dutyroute.cli.options import Spoken, Unusable, lang_option, worded
from dutyroute.cli.output import abandon, complain, echo, flush, prepare
from dutyroute.cli.phrasebook import Phrasebook, spoken
from dutyroute.diagnostics import nearest
from dutyroute.errors import (
    EngineError,
    LedgerCorruptError,
    LedgerError,
    MissingExtraError,
    ReplayError,
    RulebookError,
)

__all__ = ["COMMANDS", "main", "run"]

COMMANDS = (
    "route",
    "check",
    "matrix",
    "trace",
    "test",
    "diff",
    "coverage",
    "mutate",
    "replay",
    "oversee",
    "publish",
    "history",
    "ledger",
    "init",
    "new",
    "schema",
    "version",
)
_COMPLETION = "_DUTYROUTE_COMPLETE"


class Root(Spoken, click.Group):
    """The commands, each loaded when it is asked for."""

    def __init__(self, say: Phrasebook) -> None:
        self.say = say
        super().__init__(
            "dutyroute",
            params=[_version_option(say), lang_option(say)],
            help=say("about"),
            options_metavar=say("options-metavar"),
            subcommand_metavar=say("command-metavar"),
            invoke_without_command=True,
            callback=_help_unless_asked,
        )

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands in the order in which people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"dutyroute.cli.commands.{cmd_name}")
        command: click.Command = module.command(self.say)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; say which was most likely meant where there is none."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            near = nearest(args[0], COMMANDS)
            key = "no-such-command-near" if near else "no-such-command"
            ctx.fail(self.say(key, command=args[0], suggestion=near))
        return super().resolve_command(ctx, args)

    def sections(self, ctx: click.Context) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """List the commands before the options; none is loaded for that."""
        yield "commands", [(name, self.say(f"{name}-short")) for name in COMMANDS]
        yield from super().sections(ctx)


@click.pass_context
def _help_unless_asked(ctx: click.Context) -> None:
    """Show the help where no command is named."""
    if ctx.invoked_subcommand is None:
        echo(ctx.get_help())


def _version_option(say: Phrasebook) -> click.Option:
    return click.Option(
        ["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_print_version,
        help=say("option-version"),
    )


def _print_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from dutyroute.cli.commands.version import installed

        echo(f"dutyroute {installed()}")
        ctx.exit()


class Main(click.Command):
    """What starts the program, for the shell and for click's own test runner."""

    def main(self, args: Sequence[str] | None = None, *_: Any, **__: Any) -> NoReturn:
        """Run the command line and end the process with its status."""
        sys.exit(run(list(sys.argv[1:] if args is None else args)))

    __call__ = main


main = Main("dutyroute")


def run(arguments: list[str]) -> int:
    """Run one command line; return the exit status, whatever happens."""
    prepare()
    say = Phrasebook(spoken(arguments))
    try:
        status = _invoke(Root(say), arguments)
        flush()
    except BrokenPipeError:
        abandon()
        return exits.PIPE_CLOSED
    except (KeyboardInterrupt, click.Abort):
        abandon()
        return exits.INTERRUPTED
    except OSError as error:
        abandon()
        return complain(say("system-error", reason=_reason(error)), exits.USAGE)
    return status


def _invoke(root: Root, arguments: list[str]) -> int:
    """Let click read the arguments and run the command that they name."""
    instruction = os.environ.get(_COMPLETION)
    if instruction:
        from click.shell_completion import shell_complete

        return shell_complete(root, {}, "dutyroute", _COMPLETION, instruction)
    try:
        with root.make_context("dutyroute", arguments) as context:
            return int(root.invoke(context) or exits.FINE)
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        return complain(_explained(error, root.say), exits.USAGE)
    except RulebookError as error:
        return complain(error.describe(root.say.lang), exits.RULEBOOK)
    except LedgerCorruptError as error:
        return complain(error.describe(root.say.lang), exits.LEDGER)
    except (EngineError, LedgerError, MissingExtraError, ReplayError) as error:
        return complain(error.describe(root.say.lang), exits.USAGE)


def _explained(error: click.ClickException, say: Phrasebook) -> str:
    """Say what is wrong with a call, how it goes, and where there is more."""
    if isinstance(error, Unusable):
        return error.message
    message = say("usage-error", message=worded(error, say))
    context = getattr(error, "ctx", None)
    if context is None:
        return message
    return f"{message}\n{context.get_usage()}\n{say('try-help', command=context.command_path)}"


def _reason(error: OSError) -> str:
    """Say what the system says, and about which file."""
    said = error.strerror or str(error)
    return f"{error.filename}: {said}" if error.filename else said
