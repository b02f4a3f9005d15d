"""The program: what is asked for, in which language, and how it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from itertools import takewhile, zip_longest

import click

from dutyroute.cli.command import ARGUMENTS, Group, Unusable, worded
from dutyroute.cli.output import Exit, abandon, complain, echo, prepare
from dutyroute.errors import DutyrouteError, IncidentError, LedgerCorruptError, RulebookError
from dutyroute.messages import LANGUAGES, Lang, Phrasebook, language
from dutyroute.messages.reason import reason
from dutyroute.version import __version__

_COMPLETION = "_DUTYROUTE_COMPLETE"


def run(arguments: list[str]) -> int:
    """Run one command line; return the exit status, whatever happens."""
    prepare()
    say = Phrasebook(spoken(arguments))
    try:
        status = _invoke(say, arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # as after `| head`: nobody reads on, which is no fault
        abandon()
        return Exit.PIPE_CLOSED
    except (KeyboardInterrupt, click.Abort):
        abandon()
        return Exit.INTERRUPTED
    except OSError as error:
        abandon()
        said = reason(error)[say.lang]
        said = f"{error.filename}: {said}" if error.filename else said
        return complain(say("system-error", reason=said), Exit.USAGE)
    return status


def spoken(arguments: Sequence[str]) -> Lang:
    """
    Tell which language the arguments ask for; without `--lang`, the reader's own.

    Looked for before anything else is read: help and errors need it too.

    >>> spoken(["route", "--lang", "zh", "--help"])
    'zh'
    """
    found = language()
    read = [*takewhile(lambda argument: argument != "--", arguments)]
    for argument, following in zip_longest(read, arguments[1:], fillvalue=""):
        name, _, value = argument.partition("=")
        if name == "--lang":
            found = next((lang for lang in LANGUAGES if lang == (value or following)), found)
    return found


def _invoke(say: Phrasebook, arguments: list[str]) -> int:
    """Let click read the arguments and run the command that they name."""
    asked = click.Option(
        ["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_print_version,
        help=say("option-version"),
    )
    root = Group("", say, [asked])
    # Click would look at this itself, had it been started by its own `main`.
    instruction = os.environ.get(_COMPLETION)
    if instruction:
        from click.shell_completion import shell_complete

        return shell_complete(root, {}, "dutyroute", _COMPLETION, instruction)
    try:
        with root.make_context("dutyroute", arguments, obj=say) as context:
            context.meta[ARGUMENTS] = arguments
            return int(root.invoke(context) or Exit.FINE)
    except click.exceptions.Exit as error:
        return error.exit_code
    except Unusable as error:
        return complain(error.message, Exit.USAGE)
    except click.ClickException as error:
        message = say("usage-error", message=worded(error, say))
        called: click.Context | None = getattr(error, "ctx", None)
        if called is not None:
            message += f"\n{called.get_usage()}\n{say('try-help', command=called.command_path)}"
        return complain(message, Exit.USAGE)
    except IncidentError as error:
        return complain(say("broken", code=error.code, message=error.describe(say.lang)), Exit.USAGE)
    except DutyrouteError as error:
        statuses: dict[type, Exit] = {RulebookError: Exit.RULEBOOK, LedgerCorruptError: Exit.LEDGER}
        return complain(error.describe(say.lang), statuses.get(type(error), Exit.USAGE))


def _print_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    """Print which program, Python and rulebook answer."""
    if not value or ctx.resilient_parsing:
        return
    # Loaded here, so that `--help` need not wait for it.
    import platform

    from dutyroute.cli.view.names import ScreenNames
    from dutyroute.routing.router import Router

    echo(f"dutyroute {__version__}\n{platform.python_implementation()} {platform.python_version()}")
    # The versions are printed first: they are needed most where the rulebook cannot be loaded.
    rulebook = Router.shipped().rulebook
    echo(f"{ScreenNames(rulebook, ctx.obj).stamp()}\n{rulebook.digest}")
    ctx.exit()
