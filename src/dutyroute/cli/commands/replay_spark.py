"""A replay on a Spark cluster, asked for with `--spark`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dutyroute.cli.command import refused
from dutyroute.messages import Phrasebook
from dutyroute.routing.router import Router

if TYPE_CHECKING:
    from dutyroute.replay import Summary

__all__ = ["clustered", "refuse_beside"]


def refuse_beside(say: Phrasebook, options: Mapping[str, Any]) -> None:
    """
    Refuse what a cluster has no use for.

    Raises:
        UsageError: naming the first option.
    """
    for name, value in options.items():
        if value:
            raise refused(say, "spark-alone", option=f"--{name}")


def clustered(
    master: str,
    histories: Sequence[str],
    map: str | None,
    router: Router,
    out: Path,
    *,
    say: Phrasebook,
    formats: Sequence[str],
    as_of: date | None,
) -> Summary:
    """Run on a cluster, and write the report beside the other outputs."""
    from dutyroute.replay import load_map, map_beside, spark
    from dutyroute.report.html import ready
    from dutyroute.report.replay import write_report

    ready()
    mapping = load_map(map if map is not None else map_beside(histories[0]), router.rulebook)
    with spark.session(master) as opened:
        summary = spark.replay(
            opened, histories, mapping, router, out, lang=say.lang, formats=formats, as_of=as_of
        )
    write_report(summary, out / "report.html", say.lang)
    return summary
