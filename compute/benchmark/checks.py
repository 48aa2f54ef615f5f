"""Whether products and arrays are right, held to double precision. Exact types are compared exactly."""

from collections.abc import Mapping
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from compute.benchmark.options import NumberType
from compute.benchmark.result import Check

ROWS = 4  # of a product that are computed again, whole
CHUNK = 256  # rows in double precision at a time: matrices may fill the memory
UNIT_ROUNDOFF: Mapping[NumberType, float] = {  # of one rounding to nearest: 2^-p with p digits (IEEE 754; bfloat16)
    "fp64": 2.0**-53,
    "fp32": 2.0**-24,
    "tf32": 2.0**-11,
    "fp16": 2.0**-11,
    "bf16": 2.0**-8,
    "int8": 0.0,
}
SINGLE = 2.0**-24
SAFETY = 8.0


def tolerance_of(dtype: NumberType, terms: int) -> float:
    """Return the largest error of a sum of so many products, as a share of the sum of their sizes.

    Rounding errors grow as the square root of their number (Higham and Mary 2019), with a safety of 8. Half and
    TensorFloat types are summed in single precision and rounded twice: where they come in and where they go out.
    """
    if dtype == "int8":
        return 0.0
    unit = UNIT_ROUNDOFF[dtype]
    summing = unit if dtype in ("fp64", "fp32") else SINGLE
    return SAFETY * (unit + summing * sqrt(terms))


def check_product(
    left: NDArray[np.generic],
    right: NDArray[np.generic],
    product: NDArray[np.generic],
    dtype: NumberType,
    rng: np.random.Generator,
) -> Check:
    """Return whether `product`, (m, n), is that of `left`, (m, k), and `right`, (k, n).

    Four rows are computed again in double precision, and all of it meets a random vector of signs (Freivalds 1979).
    Errors are shares of |A| |B|, element by element or summed over the row.
    """
    tolerance = tolerance_of(dtype, left.shape[1])
    rows = rng.choice(len(left), size=min(ROWS, len(left)), replace=False)
    exact, scale = _few_rows(_as_double(left[rows]), right)
    error = _worst(_as_double(product[rows]) - exact, scale)
    signs = rng.choice((-1.0, 1.0), size=product.shape[1])
    whole = _times(product, signs) - _times(left, _times(right, signs))
    ones = np.ones(product.shape[1])
    error = max(error, _worst(whole, _times(left, _times(right, ones, sizes=True), sizes=True)))
    return as_check(error, tolerance, "four rows in double precision, and all rows by Freivalds' check")


def as_check(error: float, tolerance: float, reference: str, unit: str = "") -> Check:
    """Return the check; an error that is no number has not passed."""
    is_number = bool(np.isfinite(error))
    return Check(
        has_passed=is_number and error <= tolerance,
        reference=reference,
        error=error if is_number else None,
        tolerance=tolerance,
        unit=unit,
    )


def _worst(difference: NDArray[np.float64], scale: NDArray[np.float64]) -> float:
    """Return the largest share; infinity where something is not a number."""
    shares = np.abs(difference) / np.where(scale > 0, scale, 1.0)
    return float(shares.max()) if np.isfinite(shares).all() else float("inf")


def _as_double(matrix: NDArray[np.generic]) -> NDArray[np.float64]:
    return matrix.astype(np.float64)


def _few_rows(rows: NDArray[np.float64], right: NDArray[np.generic]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the rows times the matrix, and their sizes times its sizes."""
    exact, scale = np.zeros((2, len(rows), right.shape[1]))
    for start in range(0, len(right), CHUNK):
        block, of_rows = _as_double(right[start : start + CHUNK]), rows[:, start : start + CHUNK]
        exact += of_rows @ block
        scale += np.abs(of_rows) @ np.abs(block)
    return exact, scale


def _times(matrix: NDArray[np.generic], vector: NDArray[np.float64], *, sizes: bool = False) -> NDArray[np.float64]:
    """Return the product with a vector in double precision, of the entries or of their sizes."""
    found = np.empty(len(matrix))
    for start in range(0, len(matrix), CHUNK):
        rows = _as_double(matrix[start : start + CHUNK])
        found[start : start + CHUNK] = (np.abs(rows) if sizes else rows) @ vector
    return found
