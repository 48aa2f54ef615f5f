"""Cells of text: what is trimmed and what counts as missing."""

import re
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

MISSING = (
    r"(?i)^(?:-{0,2}|—|–|\.{1,2}|\?|n/?a|n\.a\.|nan|null|none|nil|nat|missing|<na>|\(null\)"
    r"|#(?:n/?a|value!|div/0!|ref!|name\?|num!|null!))$"
)
"""What people and programs write for a value that is not there."""


def trim(cells: Any) -> Any:
    """Return the text without blanks around it, null where it is one of the words for missing."""
    trimmed = pc.utf8_trim_whitespace(cells)
    missing = pc.match_substring_regex(trimmed, MISSING)
    return pc.if_else(missing, pa.scalar(None, pa.string()), trimmed)


def is_missing(cell: str) -> bool:
    """True when a cell without blanks around it stands for nothing."""
    return compiled(MISSING).match(cell) is not None


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern of ours for Python's own matcher, which is quicker than Arrow's on a few cells."""
    return re.compile(pattern, re.ASCII)


def first_where(mask: Any) -> int | None:
    """Return the first position where the boolean array is true, or None."""
    position = pc.index(mask, pa.scalar(True)).as_py()
    return None if position < 0 else int(position)
