"""Auditing: the whole tree grown anew from the entries, against the tiles and checkpoints that were kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from service.ledger.tree import HEIGHT, WIDTH, Read, TileId, grow, nodes_of, root
from service.ledger.verify import HASH_BYTES, Checkpoint

UNREADABLE: Final = bytes(HASH_BYTES)
"""Stands for the leaf of an entry that holds what none can hold: no hash is like it."""
LAST: Final = 2**62


class Wrong(NamedTuple):
    """What is wrong first: by which rule, and where.

    Of what was rewritten together with its tiles only the range is known: the first wrong entry lies from ``position``
    to ``until``. Elsewhere the two are the same.
    """

    rule: str
    position: int
    until: int


class Audit:
    """Grows the tree from leaf hashes, and holds it against what was kept.

    Args:
        signed: how many entries the kept tiles cover.
        kept: the tiles.
        checkpoints: whose signatures hold, smallest first; also those that were held elsewhere.
    """

    def __init__(self, signed: int, kept: Read, checkpoints: Iterable[Checkpoint]) -> None:
        self.size = 0
        self._signed = signed
        self._kept = kept
        self._tiles: dict[TileId, bytes] = {}
        self._coming = iter(checkpoints)
        self._next = next(self._coming, None)
        self._agreed = 0
        self._found: list[Wrong] = []
        self._meet_checkpoints()

    def take(self, leaves: bytes) -> None:
        """Take in the next leaf hashes, one after the other."""
        start = 0
        while start < len(leaves):
            room = min(WIDTH - self.size % WIDTH, self._until_checkpoint())
            part = leaves[start : start + room * HASH_BYTES]
            self.size = grow(self.size, _hashes(part), self._tiles)
            start += len(part)
            self._meet_checkpoints()
            if self.size % WIDTH == 0:
                self._compare(TileId(0, self.size // WIDTH - 1))

    def _until_checkpoint(self) -> int:
        return max(1, self._next.size - self.size) if self._next else LAST

    def _meet_checkpoints(self) -> None:
        while self._next and self._next.size <= self.size:
            met, self._next = self._next, next(self._coming, None)
            if root(met.size, nodes_of(self._tiles.__getitem__)) == met.root:
                self._agreed = met.size
            else:
                self._found.append(Wrong("rewritten", min(self._agreed + 1, met.size), met.size))

    def _compare(self, at: TileId) -> None:
        """Hold a tile against the kept one, as far as that was signed; a full one of leaves is not needed any more."""
        grown = self._tiles.pop(at) if at.level == 0 else self._tiles[at]
        first = at.place * WIDTH
        grown = grown[: max(0, (self._signed >> HEIGHT * at.level) - first) * HASH_BYTES]
        kept = self._kept(at) if grown else b""
        if self.size < self._signed:  # what is missing at the end is found by the checkpoints
            kept = kept[: len(grown)]
        if kept == grown:
            return
        index = next(n for n, (a, b) in enumerate(_beside(grown, kept)) if a != b)
        covered = 1 << HEIGHT * at.level
        position = (first + index) * covered + 1
        rule = "entry-changed" if at.level == 0 and index < len(grown) // HASH_BYTES else "tile-changed"
        self._found.append(Wrong(rule, position, position + covered - 1))

    def wrong(self) -> Wrong | None:
        """Return what is wrong first, once every leaf was taken in; None when nothing is."""
        for at in sorted(self._tiles):
            self._compare(at)
        if self._next:
            last = max([self._next.size, *(one.size for one in self._coming)])
            self._found.append(Wrong("cut", self.size + 1, last))
        first = min(self._found, key=lambda one: (one.until, -one.position), default=None)
        return self._judged(first) if first else None

    def _judged(self, found: Wrong) -> Wrong:
        """Say what the signatures say of it: a checkpoint that the entries agree with speaks for them."""
        if found.rule == "rewritten" and self._agreed >= found.until:
            return Wrong("forked", 1, found.until)
        if found.rule == "entry-changed" and self._agreed >= found.position:
            return found._replace(rule="tile-changed")
        if found.rule == "tile-changed" and self._agreed < min(found.until, self._signed):
            return found._replace(rule="rewritten")
        return found


def _hashes(part: bytes) -> Iterator[bytes]:
    return (part[at : at + HASH_BYTES] for at in range(0, len(part), HASH_BYTES))


def _beside(grown: bytes, kept: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the hashes of two tiles beside each other; the shorter one is filled up with nothing."""
    for at in range(0, max(len(grown), len(kept)), HASH_BYTES):
        yield grown[at : at + HASH_BYTES], kept[at : at + HASH_BYTES]
