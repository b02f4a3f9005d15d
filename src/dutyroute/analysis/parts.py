"""The parts of a written condition, and what is left or changed where one is replaced."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from dutyroute.rulebook.written import written

At = tuple[str | int, ...]
"""The keys and indexes that lead to a place."""

BRANCHES = ("any", "all")


class Part(NamedTuple):
    """
    One part of a `when`: an entry, a branch of `any` or `all`, a value, or an end of a range.

    `key` is the fact or word that it stands under, and `among` holds it and what
    stands beside it.
    """

    kind: Literal["entry", "branch", "value", "end"]
    at: At
    key: str
    value: Any
    among: Collection[Any]

    @property
    def said(self) -> str:
        """The part as it is written, with the keys that it is under."""
        said = written({self.at[-1]: self.value} if self.kind == "end" else self.value)
        above = [str(key) for key in self.at if key in BRANCHES]
        return ": ".join([*above, *([] if self.key in BRANCHES else [self.key]), said])


def parts(when: Mapping[str, Any], at: At = ()) -> Iterator[Part]:
    """
    Yield each part of a condition, at any depth.

    >>> [each.said for each in parts({"matter": ("fire", "noise"), "residential": True})]
    ['matter: [fire, noise]', 'matter: fire', 'matter: noise', 'residential: true', 'residential: true']
    """
    for key, value in when.items():
        yield Part("entry", (*at, key), key, value, when)
        yield from _inside(key, value, (*at, key))


def _inside(key: str, value: Any, at: At) -> Iterator[Part]:
    """Yield the parts of what stands under a key."""
    if key in BRANCHES:
        yield from (Part("branch", (*at, i), key, branch, value) for i, branch in enumerate(value))
        for i, branch in enumerate(value):
            yield from parts(branch, (*at, i))
    elif key == "not":
        yield from parts(value, at)
    elif isinstance(value, Mapping) and "not" in value:
        yield from _inside(key, value["not"], (*at, "not"))
    elif isinstance(value, Mapping):
        yield from (Part("end", (*at, end), key, limit, value) for end, limit in value.items())
    elif isinstance(value, tuple):
        yield from (Part("value", (*at, i), key, each, value) for i, each in enumerate(value))
    else:
        yield Part("value", at, key, value, (value,))


def replaced(whole: Any, at: At, *new: Any) -> Any:
    """
    Put something else, or nothing, at a place inside mappings and tuples.

    >>> replaced({"matter": ("fire", "noise")}, ("matter", 0))
    {'matter': ('noise',)}
    """
    key, *below = at
    if below:
        new = (replaced(whole[key], tuple(below), *new),)
    if isinstance(whole, tuple):
        index = int(key)
        return (*whole[:index], *new, *whole[index + 1 :])
    entries = ((k, new[0] if k == key else v) for k, v in whole.items() if new or k != key)
    return dict(entries)
