"""How far a long run has come: a bar on a terminal, lines elsewhere."""

from __future__ import annotations

import sys
import time
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Any

from dutyroute.cli.output import harmless
from dutyroute.formats.percent import percent
from dutyroute.messages import Phrasebook

if TYPE_CHECKING:
    from dutyroute.replay import Step

__all__ = ["Progress"]

_SECONDS = 10
"""How often a line is written where there is no terminal."""


class Progress(AbstractContextManager["Progress"]):
    """Shows rows, rate and time left on standard error, which no pipe takes for an answer."""

    def __init__(self, say: Phrasebook) -> None:
        self.say = say
        self._begun = self._told = time.monotonic()
        self._bar = _Bar(say) if sys.stderr.isatty() else None

    def show(self, step: Step) -> None:
        """Show one more step."""
        now = time.monotonic()
        rate = step.fresh / max(now - self._begun, 1e-9)
        if self._bar is not None:
            self._bar.show(step, rate)
        elif now - self._told >= _SECONDS:
            self._told = now
            sys.stderr.write(harmless(self._line(step, rate)) + "\n")
            sys.stderr.flush()

    def _line(self, step: Step, rate: float) -> str:
        share = percent(step.done / step.size, 0) if step.size else "?"
        return self.say(
            "progress", source=step.source, rows=f"{step.rows:,}", rate=f"{rate:,.0f}", share=share
        )

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Bar:
    """A bar of rich, drawn to standard error."""

    def __init__(self, say: Phrasebook) -> None:
        from dutyroute.cli.view.terminal import bar

        self.say = say
        self._drawn: Any = bar()
        self._tasks: dict[str, Any] = {}
        self._drawn.start()

    def show(self, step: Step, rate: float) -> None:
        """Move the bar of a source."""
        if step.source not in self._tasks:
            self._tasks[step.source] = self._drawn.add_task("", total=step.size, said="")
        said = self.say("progress-bar", rows=f"{step.rows:,}", rate=f"{rate:,.0f}")
        name = harmless(step.source)
        self._drawn.update(self._tasks[step.source], completed=step.done, description=name[-40:], said=said)

    def close(self) -> None:
        """Take the bar away."""
        self._drawn.stop()
