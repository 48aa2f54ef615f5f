"""What a server and its route child say to each other: one letter, and what belongs to it."""

from collections.abc import Sequence

from pydantic import TypeAdapter

from compute.schema import FieldProblem

READY = b"+"
FOUND = b"R"
REFUSED = b"E"
NO_MEMORY = b"M"
FAILED = b"F"
_PROBLEMS = TypeAdapter(tuple[FieldProblem, ...])


def problems_json(problems: Sequence[FieldProblem]) -> bytes:
    """Return problems as JSON."""
    return _PROBLEMS.dump_json(tuple(problems))


def read_problems(body: bytes) -> tuple[FieldProblem, ...]:
    """Return problems from JSON."""
    return _PROBLEMS.validate_json(body)
