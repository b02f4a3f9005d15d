"""How wide each column of a table may be, so that the whole fits."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["fitted"]


def fitted(natural: Sequence[int], least: Sequence[int], cells: int) -> list[int]:
    """
    Narrow the widest columns until all fit; below its least only where nothing else helps.

    >>> fitted([6, 30, 20], [4, 8, 12], 40)
    [6, 17, 17]
    >>> fitted([6, 30, 20], [6, 8, 12], 24)
    [6, 8, 10]
    """
    widths = list(natural)
    while sum(widths) > max(cells, len(widths)):
        slack = [index for index, width in enumerate(widths) if width > least[index]]
        widest = max(slack or range(len(widths)), key=widths.__getitem__)
        widths[widest] -= 1
    return widths
