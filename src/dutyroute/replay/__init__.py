"""
Historical cases through a rulebook, and how the recorded handlers compare.

It needs the extra `batch`. A map says which column of a history is which fact,
and `suggest_map` drafts one. The same replay on a cluster is `dutyroute.replay.spark`.

>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> from dutyroute import Router
>>> from dutyroute.replay import open_source, open_tasks, replay, suggest_map
>>> router = Router.shipped()
>>> with TemporaryDirectory() as folder:
...     history = Path(folder, "history.csv")
...     _ = history.write_text("编号,事项,承办单位\\n1,治安,公安机关\\n2,治安,街道办\\n", "utf-8")
...     draft = suggest_map(open_source(str(history)), router.rulebook)
...     _ = Path(folder, "map.yaml").write_text(draft.text("zh"), "utf-8")
...     tasks = open_tasks([str(history)], None, router.rulebook)
...     summary = replay(tasks, router, Path(folder, "out"))
>>> summary.rows, {str(outcome): rows for outcome, rows in summary.counts.items() if rows}
(2, {'agree': 1, 'in-chain': 1})
"""

from __future__ import annotations

from dutyroute.errors import needs

with needs("batch"):
    from dutyroute.replay.events import EventSource, read_events
    from dutyroute.replay.inputs import Task, open_source, open_tasks
    from dutyroute.replay.mapping.map import Map, load_map
    from dutyroute.replay.mapping.suggestion import suggest_map
    from dutyroute.replay.outcome import Judgement, Outcome, judge
    from dutyroute.replay.recorder import Recorder
    from dutyroute.replay.run import Step, replay
    from dutyroute.replay.summary import Summary, SummaryRecord

__all__ = [
    "EventSource",
    "Judgement",
    "Map",
    "Outcome",
    "Recorder",
    "Step",
    "Summary",
    "SummaryRecord",
    "Task",
    "judge",
    "load_map",
    "open_source",
    "open_tasks",
    "read_events",
    "replay",
    "suggest_map",
]
