"""What is wrong with columns of times and values, and how to mend it. Words for people belong to `services`."""

from compute.audit.fill import interpolate
from compute.audit.gaps import Gaps, fill_positions, find_gaps
from compute.audit.order import (
    Method,
    duplicate_positions,
    first_positions,
    merge_values,
    time_order,
    unsorted_positions,
)
from compute.audit.outliers import find_outliers, without_outliers

__all__ = [
    "Gaps",
    "Method",
    "duplicate_positions",
    "fill_positions",
    "find_gaps",
    "find_outliers",
    "first_positions",
    "interpolate",
    "merge_values",
    "time_order",
    "unsorted_positions",
    "without_outliers",
]
