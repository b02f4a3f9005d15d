"""Shares in per cent."""

from __future__ import annotations


def percent(share: float | None, digits: int = 1, *, rounds_down: bool = False) -> str:
    """
    Write a share in per cent; one between 0 and 1 is never shown as 0 % or 100 %.

    Set `rounds_down` where the share is compared with a required minimum: 87.96 %
    of at least 88 % must not show as 88.0 %. None is shown as a dash.

    >>> percent(2 / 3), percent(1), percent(0.9999), percent(0.00001), percent(None)
    ('66.7%', '100.0%', '99.9%', '0.1%', '–')
    >>> percent(0.8796, rounds_down=True)
    '87.9%'
    """
    if share is None:
        return "–"
    step = 10.0 ** -(digits + 2)
    # A share such as 0.29 is a little less than it says when it is scaled.
    shown = int(share / step + 1e-9) * step if rounds_down else share
    if 0 < share < 1:
        shown = min(max(shown, step), 1 - step)
    return f"{shown:.{digits}%}"
