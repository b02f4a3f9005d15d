"""The slips of `route --slip`: gathered while incidents are answered, written at the end."""

from __future__ import annotations

from collections import Counter

from dutyroute.cli.answers import Refusal, Reply
from dutyroute.cli.output import Exit, answer_to, complain, echo
from dutyroute.cli.view.names import ScreenNames
from dutyroute.messages.outside import one_line
from dutyroute.report.html import ready
from dutyroute.report.slip import Slip, render_slips, slip
from dutyroute.routing.router import Router


class SlipWriter:
    """Writes one page for each incident into a file, and at its end those that could not be read."""

    def __init__(self, names: ScreenNames, router: Router, file: str) -> None:
        """
        Prepare to write.

        Raises:
            MissingExtraError: if Jinja2 is not installed; nothing is answered then.
        """
        ready()
        self.names = names
        self.router = router
        self._file = file
        self._slips: list[Slip] = []
        self._unread: list[tuple[str, str]] = []

    def answer(self, reply: Reply) -> None:
        """Make a slip of one decision."""
        self._slips.append(slip(reply.decision, reply.incident, self.router, self.names.lang))

    def refuse(self, refusal: Refusal) -> None:
        """Keep why there is no slip for an incident, and say so at once."""
        say = self.names.say
        name = say("at-line", line=refusal.line) if refusal.incident is None else one_line(refusal.incident)
        self._unread.append((name, refusal.message))
        complain(say("pair", name=name, text=refusal.message), Exit.FINE)

    def close(self, counts: Counter[str]) -> None:
        """Write the page."""
        with answer_to(self._file):
            page = render_slips(self._slips, self._unread, self.names.rulebook, self.names.lang)
            echo(page.removesuffix("\n"))
        complain(self.names.say("written-to", file=self._file), Exit.FINE)
