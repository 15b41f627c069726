"""Growing the tree, and proving from it (RFC 6962 section 2.1), over tiles (C2SP tlog-tiles)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, MutableMapping
from itertools import islice
from typing import Final, NamedTuple

from service.ledger.verify import EMPTY_ROOT, ENTRY_FIELDS, ENTRY_HEADER, HASH_BYTES, ProofError, node_hash

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
"""Hashes in a full tile."""

Node = Callable[[int, int], bytes]
"""(level, index) -> the hash of the whole subtree of 2**level leaves that begins at leaf index * 2**level."""


class TileId(NamedTuple):
    """Which tile: its level (0 holds leaf hashes) and its place there."""

    level: int
    place: int


Read = Callable[[TileId], bytes]
"""The hashes of a tile, one after the other; a partial tile has fewer than `WIDTH`."""


def entry_bytes(fields: Iterable[object], state: bytes) -> bytes:
    """Return what the log covers of an event: its columns, a line each, then its state as it is stored.

    Args:
        fields: the values of `ENTRY_FIELDS`, in order.
        state: the stored bytes.

    Raises:
        ProofError: when a column holds a line break: no event of ours does, and two entries could look alike.
    """
    head = "\n".join([ENTRY_HEADER, *map(str, fields), ""])
    if head.count("\n") != len(ENTRY_FIELDS) + 1:
        raise ProofError("A column was changed: it holds what no event holds.")
    return head.encode() + state


class Frontier:
    """A tree that only grows: the roots of its whole subtrees, largest first."""

    def __init__(self) -> None:
        self.size = 0
        self._subtrees: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Take in the next leaf hash."""
        waiting = self.size
        while waiting & 1:
            leaf = node_hash(self._subtrees.pop(), leaf)
            waiting >>= 1
        self._subtrees.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of what was taken in."""
        if not self._subtrees:
            return EMPTY_ROOT
        *left, found = self._subtrees
        for beside in reversed(left):
            found = node_hash(beside, found)
        return found


def root(size: int, node: Node) -> bytes:
    """Return the root of the first ``size`` leaves."""
    return _subtree(0, size, node) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """Return the path from a leaf to the root of the tree of ``size`` leaves."""
    if not 0 <= index < size:
        raise ProofError(f"There is no leaf {index} in a tree of {size}.")
    start, end, path = 0, size, list[bytes]()
    while end - start > 1:
        middle = start + _left(end - start)
        if index < middle:
            path.append(_subtree(middle, end, node))
            end = middle
        else:
            path.append(_subtree(start, middle, node))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, node: Node) -> list[bytes]:
    """Return the proof that the tree of ``new`` leaves begins with the tree of ``old``."""
    if not 0 <= old <= new:
        raise ProofError(f"A tree of {old} is no beginning of a tree of {new}.")
    if old in {0, new}:
        return []
    start, end, path = 0, new, list[bytes]()
    while old != end:
        middle = start + _left(end - start)
        if old <= middle:
            path.append(_subtree(middle, end, node))
            end = middle
        else:
            path.append(_subtree(start, middle, node))
            start = middle
    if start:
        path.append(_subtree(start, end, node))
    return path[::-1]


def _left(count: int) -> int:
    """Return the largest power of two below ``count`` (at least 2)."""
    return 1 << ((count - 1).bit_length() - 1)


def _subtree(start: int, end: int, node: Node) -> bytes:
    count = end - start
    if count & (count - 1) == 0:
        return node(count.bit_length() - 1, start // count)
    middle = start + _left(count)
    return node_hash(_subtree(start, middle, node), _subtree(middle, end, node))


# ------------------------------------------------------------------ tiles
def nodes_of(read: Read) -> Node:
    """Return the nodes of the tree that these tiles hold."""

    def node(level: int, index: int) -> bytes:
        within = level % HEIGHT
        first = index << within
        tile = read(TileId(level // HEIGHT, first // WIDTH))
        return _fold(tile, first % WIDTH, 1 << within)

    return node


def grow(size: int, leaves: Iterable[bytes], tiles: MutableMapping[TileId, bytes]) -> int:
    """Add leaf hashes to a tree of ``size``, changing its tiles; return the new size.

    Args:
        size: of the tree so far.
        leaves: the next leaf hashes.
        tiles: at least the last, partial tile of each level; they are changed, and new ones added.
    """
    coming = iter(leaves)
    while part := b"".join(islice(coming, WIDTH - size % WIDTH)):
        _add(TileId(0, size // WIDTH), part, tiles)
        size += len(part) // HASH_BYTES
    return size


def _add(at: TileId, part: bytes, tiles: MutableMapping[TileId, bytes]) -> None:
    """Add hashes to a tile; the root of a full one goes into the tile above."""
    tiles[at] = tiles.get(at, b"") + part
    if len(tiles[at]) == WIDTH * HASH_BYTES:
        _add(TileId(at.level + 1, at.place // WIDTH), _fold(tiles[at], 0, WIDTH), tiles)


def last_tiles(size: int) -> list[TileId]:
    """Return the tiles that the next leaf of a tree of ``size`` is, or may be, added to: the last of each level."""
    found, level = [], 0
    while size:
        found.append(TileId(level, size // WIDTH))
        level, size = level + 1, size // WIDTH
    return found


def _fold(tile: bytes, first: int, count: int) -> bytes:
    hashes = tile[first * HASH_BYTES : (first + count) * HASH_BYTES]
    if len(hashes) != count * HASH_BYTES:
        raise ProofError("A tile is shorter than the tree: it was cut, or is not written yet.")
    while len(hashes) > HASH_BYTES:
        pairs = range(0, len(hashes), 2 * HASH_BYTES)
        hashes = b"".join(
            [node_hash(hashes[at : at + HASH_BYTES], hashes[at + HASH_BYTES : at + 2 * HASH_BYTES]) for at in pairs]
        )
    return hashes
