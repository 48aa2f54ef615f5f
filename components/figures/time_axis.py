"""Where values stand on the time axis of a chart."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from components.numbers import step_words


def axis_times(timestamps: Sequence[datetime] | None, length: int, *, start: int = 1) -> NDArray[Any]:
    """Return ISO 8601 times without their zone, which is UTC; without times `length` step numbers from `start`."""
    if timestamps is None:
        return np.arange(start, start + length)
    return np.array([time.replace(tzinfo=None).isoformat() for time in timestamps], dtype=object)


def axis_title(timestamps: Sequence[datetime] | None, frequency: str | None) -> str:
    """Return the title of the time axis, with its unit."""
    if timestamps is None:
        return "Time (steps)"
    return f"Time (UTC, one step is a {step_words(frequency)})" if frequency else "Time (UTC)"
