"""A tree of hashes over all entries, as RFC 6962 builds it."""

from __future__ import annotations

from hashlib import sha256

__all__ = ["Tree"]


class Tree:
    """
    A Merkle tree that leaves are added to one by one.

    It keeps only the roots of complete subtrees, so a million entries need
    twenty hashes of memory.

    >>> tree = Tree()
    >>> tree.add(b"")
    >>> tree.root()[:23]
    'sha256:6e340b9cffb37a98'
    """

    def __init__(self) -> None:
        self.size: int = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Add a leaf."""
        # The RFC hashes leaves and inner nodes with different prefixes. Without them, an inner
        # node could be passed off as a leaf, and two different ledgers could have one root.
        node, rest = sha256(b"\0" + leaf).digest(), self.size
        while rest & 1:  # INVARIANT: one peak for each one-bit of the size
            node, rest = sha256(b"\1" + self._peaks.pop() + node).digest(), rest >> 1
        self._peaks.append(node)
        self.size += 1

    def root(self) -> str:
        """Return the root over all leaves so far, as `sha256:…`."""
        if not self._peaks:
            return "sha256:" + sha256().hexdigest()
        node = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            node = sha256(b"\1" + peak + node).digest()
        return "sha256:" + node.hex()
