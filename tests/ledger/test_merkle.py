"""The tree of hashes is that of RFC 6962."""

from __future__ import annotations

from hashlib import sha256

from dutyroute.ledger.audit import Tree

LEAVES = [
    *(b"", b"\x00", b"\x10", b"\x20\x21", b"\x30\x31", b"\x40\x41\x42\x43"),
    *(bytes(range(0x50, 0x58)), bytes(range(0x60, 0x70))),
]


def plain(leaves: list[bytes]) -> bytes:
    """The definition, word for word: split at the largest power of two below the size."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return sha256(b"\0" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\1" + plain(leaves[:split]) + plain(leaves[split:])).digest()


def root(leaves: list[bytes]) -> str:
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()


def test_known_roots() -> None:
    """As the test data of Certificate Transparency has them."""
    assert root([]) == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert root(LEAVES[:1]) == "sha256:6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert root(LEAVES) == "sha256:5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_a_root_of_any_size_is_as_the_rfc_defines_it() -> None:
    leaves = [bytes([number]) for number in range(130)]
    assert [root(leaves[:size]) for size in range(130)] == [
        "sha256:" + plain(leaves[:size]).hex() for size in range(130)
    ]
