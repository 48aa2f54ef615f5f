"""What a server and its route child say to each other. A question holds its map apart, named by its content: whoever
drags a start asks about the same map again and again, and reading a large one takes longer than the search.
"""

from collections.abc import Sequence
from typing import NamedTuple

from pydantic import TypeAdapter

from compute.schema import FieldProblem

READY = b"+"
FOUND = b"R"
REFUSED = b"E"
NO_MEMORY = b"M"
FAILED = b"F"
"""First letters of answers."""
KEPT_MAPS = 4
KEY_BYTES = 16
LENGTH_BYTES = 4
_PROBLEMS = TypeAdapter(tuple[FieldProblem, ...])


class Question(NamedTuple):
    """A request for a route: its map as JSON and the map's key, and the request as JSON with another map in it."""

    key: bytes
    map_json: bytes
    rest: bytes

    def to_bytes(self) -> bytes:
        """Return it as one message."""
        return b"".join((self.key, len(self.map_json).to_bytes(LENGTH_BYTES, "big"), self.map_json, self.rest))

    @classmethod
    def from_bytes(cls, message: bytes) -> "Question":
        """Return the question in a message."""
        begin = KEY_BYTES + LENGTH_BYTES
        end = begin + int.from_bytes(message[KEY_BYTES:begin], "big")
        return cls(message[:KEY_BYTES], message[begin:end], message[end:])


def problems_json(problems: Sequence[FieldProblem]) -> bytes:
    """Return problems as JSON."""
    return _PROBLEMS.dump_json(tuple(problems))


def read_problems(body: bytes) -> tuple[FieldProblem, ...]:
    """Return problems from JSON."""
    return _PROBLEMS.validate_json(body)
