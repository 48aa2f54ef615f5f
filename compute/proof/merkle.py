"""A Merkle tree over the rows of a matrix, and one opening for several rows at once.

Leaves and nodes are hashed apart (RFC 6962, section 2.1), a leaf with its number: no hash can stand for another.
The last node of an odd level moves up as it is.
"""

import struct
from collections.abc import Iterable, Mapping

from blake3 import blake3

from compute.proof.generators import Bytes

_LEAF, _NODE = b"\x00", b"\x01"
Level = list[bytes]


class MerkleTree:
    """All hashes over the rows of one matrix, kept to open any of them."""

    def __init__(self, rows: Bytes) -> None:
        self._levels: list[Level] = [[leaf_hash(number, row.tobytes()) for number, row in enumerate(rows)]]
        while len(self._levels[-1]) > 1:
            self._levels.append(_above(self._levels[-1]))

    @property
    def root(self) -> bytes:
        """The hash of everything."""
        return self._levels[-1][0]

    def open(self, rows: Iterable[int]) -> tuple[bytes, ...]:
        """Return the hashes that whoever has these rows lacks for the root, from the leaves up, from left to right."""
        known, needed = set(rows), []
        for level in self._levels[:-1]:
            partners = {at ^ 1 for at in known} - known
            needed += [level[at] for at in sorted(partners) if at < len(level)]
            known = {at // 2 for at in known}
        return tuple(needed)


def leaf_hash(number: int, row: bytes) -> bytes:
    """Return the hash of a row."""
    return blake3(_LEAF + struct.pack("<I", number) + row).digest()


def root_of(leaves: Mapping[int, bytes], count: int, opening: Iterable[bytes]) -> bytes | None:
    """Return the root that leaf hashes by row and an opening lead to; None for too few or too many hashes.

    `count` is the number of rows of the whole matrix.
    """
    known, given = dict(leaves), iter(opening)
    while count > 1:
        above: dict[int, bytes] = {}
        missing = sorted({at ^ 1 for at in known} - known.keys())
        for at in missing:
            if at < count:
                supplied = next(given, None)
                if supplied is None:
                    return None
                known[at] = supplied
        for at in known:
            if at % 2 == 0:
                right = known.get(at + 1)
                above[at // 2] = known[at] if right is None else _node(known[at], right)
        known, count = above, (count + 1) // 2
    return known[0] if next(given, None) is None else None


def _above(level: Level) -> Level:
    pairs = [_node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
    return pairs + level[-1:] if len(level) % 2 else pairs


def _node(left: bytes, right: bytes) -> bytes:
    return blake3(_NODE + left + right).digest()
