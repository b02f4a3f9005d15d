"""One file as plain data, where every key and value still knows its place."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import Any, Literal

from dutyroute.diagnostics import Place, Span
from dutyroute.rulebook.loader.page import Page

__all__ = ["Data", "Document", "Nodes"]

Data = Any
"""Nested dicts with text keys, tuples, and text, bool, int, date or None."""


@dataclass(slots=True)
class Nodes:
    """
    Where every key and value of a file stands, in the order of the file.

    A node is a number: a mapping's key and its value are two nodes, and what a
    list or mapping holds follows it. Three machine integers a node instead of
    an object each: a file of 10,000 rules has 400,000 nodes.
    """

    starts: array[int] = field(default_factory=lambda: array("I"))
    ends: array[int] = field(default_factory=lambda: array("I"))
    after: array[int] = field(default_factory=lambda: array("I"))
    """For a list or mapping the node that follows it and all it holds; 0 or none for a scalar."""
    dropped: set[int] = field(default_factory=set)
    """Keys that were refused, and that the data therefore lacks."""

    def close(self, node: int, end: int) -> None:
        """End a list or mapping: what was noted since it began is inside."""
        self.after.frombytes(bytes(self.after.itemsize * (len(self.starts) - len(self.after))))
        self.after[node] = len(self.starts)
        self.ends[node] = end

    def inside(self, node: int) -> list[int]:
        """List the nodes directly inside a list or mapping."""
        found = []
        child, beyond = node + 1, self.beyond(node)
        while child < beyond:
            found.append(child)
            child = self.beyond(child)
        return found

    def beyond(self, node: int) -> int:
        """Return the node that follows one and all it holds."""
        return (self.after[node] if node < len(self.after) else 0) or node + 1

    def pairs(self, node: int) -> list[tuple[int, int]]:
        """List the keys and values of a mapping as nodes, less those refused."""
        inside = self.inside(node)
        pairs = zip(inside[::2], inside[1::2], strict=True)
        return [pair for pair in pairs if pair[0] not in self.dropped]


class Document:
    """
    One file as plain data, with the span of each place in it.

    `lost` names what stood in parts that could not be read: that something is
    called so is known, and a rule that names it is not at fault.
    """

    def __init__(
        self,
        page: Page,
        data: Data,
        nodes: Nodes,
        lost: frozenset[str] = frozenset(),
        *,
        is_whole: bool = True,
    ) -> None:
        self.page = page
        self.data = data
        self.lost = lost
        self.is_whole = is_whole
        self._nodes = nodes
        self._inside: dict[int, list[int] | dict[str, tuple[int, int]]] = {}

    @property
    def name(self) -> str:
        """The file, as its reader knows it."""
        return self.page.name

    def span(self, at: Place, on: Literal["key", "value"] | str = "value") -> Span | None:
        """
        Tell where a place stands: as much of the path as there is.

        A path that goes on below what was written ends there: the author wrote
        a party where the model has a list of one.
        """
        if not self._nodes.starts:
            return None
        key, node = self._find(at)
        return self._show(node if on == "value" or key is None else key)

    def _find(self, at: Place) -> tuple[int | None, int]:
        """Follow a path as far as it goes; the key is None where it goes on."""
        key, node, value = None, 0, self.data
        for part in at:
            if isinstance(value, dict) and part in value:
                key, node = self._keyed(node, value)[str(part)]
            elif isinstance(value, tuple) and isinstance(part, int) and part < len(value):
                key, node = None, self._listed(node)[part]
            elif part == 0:
                continue
            else:
                return None, node
            value = value[part]
        return key, node

    def lines(self, at: Place) -> tuple[int, int]:
        """Tell the line a place begins on, and the one on which the next begins."""
        node, starts = self._find(at)[1], self._nodes.starts
        beyond = self._nodes.beyond(node)
        end = starts[beyond] if beyond < len(starts) else len(self.page.text)
        return self.page.line_at(starts[node]) + 1, self.page.line_at(end) + 1

    def _keyed(self, node: int, value: dict[str, Data]) -> dict[str, tuple[int, int]]:
        if node not in self._inside:
            self._inside[node] = dict(zip(value, self._nodes.pairs(node), strict=True))
        return self._inside[node]  # type: ignore[return-value]

    def _listed(self, node: int) -> list[int]:
        if node not in self._inside:
            self._inside[node] = self._nodes.inside(node)
        return self._inside[node]  # type: ignore[return-value]

    def _show(self, node: int) -> Span:
        """Span a scalar, or of a list or mapping what stands on its first line."""
        nodes, start = self._nodes, self._nodes.starts[node]
        if nodes.beyond(node) == node + 1 or self.page.text[start : start + 1] in ("[", "{"):
            return self.page.span(start, nodes.ends[node])
        line, last = self.page.line_at(start), node
        for inner in range(node + 1, nodes.beyond(node)):
            if self.page.line_at(nodes.starts[inner]) != line:
                break
            last = inner
        return self.page.span(start, nodes.ends[last])
