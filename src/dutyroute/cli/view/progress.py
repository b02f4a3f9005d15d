"""How far a long run has come: a bar on a terminal, lines elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from dutyroute.cli.output import harmless
from dutyroute.formats.percent import percent
from dutyroute.messages import Phrasebook

if TYPE_CHECKING:
    from dutyroute.replay import Step

__all__ = ["Progress"]

# How often a line is written where there is no terminal.
_SECONDS = 10


class Progress:
    """Shows rows, rate and time left on standard error, which no pipe takes for an answer."""

    def __init__(self, say: Phrasebook) -> None:
        self.say = say
        self._begun = self._told = time.monotonic()
        self._bar: Any = None
        self._sources: dict[str, Any] = {}
        if sys.stderr.isatty():
            from dutyroute.cli.view.terminal import bar

            self._bar = bar()
            self._bar.start()

    def show(self, step: Step) -> None:
        """Show one more step."""
        now = time.monotonic()
        told = {"rows": f"{step.rows:,}", "rate": f"{step.fresh / max(now - self._begun, 1e-9):,.0f}"}
        if self._bar is not None:
            if step.source not in self._sources:
                self._sources[step.source] = self._bar.add_task("", total=step.size, said="")
            # The end of a long path tells more than its beginning.
            shown = {"description": harmless(step.source)[-40:], "said": self.say("progress-bar", **told)}
            self._bar.update(self._sources[step.source], completed=step.done, **shown)
        elif now - self._told >= _SECONDS:
            self._told = now
            share = percent(step.done / step.size, 0) if step.size else "?"
            sys.stderr.write(harmless(self.say("progress", source=step.source, share=share, **told)) + "\n")
            sys.stderr.flush()

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
