"""What a portfolio may be: bounds, what weights sum to, and the further limits an investor sets.

Arrays only: how a request writes its limits belongs to `constraints.py`, whether they can be met to
`solvers/feasibility.py`.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def _nothing() -> Array:
    return np.zeros(0)


@dataclass(frozen=True, eq=False)
class Limits:
    """The set of allowed weights, (n,) each; fractions of the capital, risk per period.

    Raises ValueError for arrays whose shapes do not fit together or that hold NaN: a mistake of the caller. Limits
    that contradict each other are accepted here and raise InfeasibleError in the solvers.
    """

    lower: Array
    """(n,) least weight of each asset; negative for short positions."""
    upper: Array
    """(n,) largest weight of each asset."""
    net: float = 1.0
    """What the weights sum to."""
    rows: Array = field(default_factory=_nothing)
    """(r, n) coefficients of `row_lower <= rows @ w <= row_upper`: groups, sectors, factors; empty for none."""
    row_lower: Array = field(default_factory=_nothing)
    """(r,), -inf where there is no lower limit; empty for none anywhere."""
    row_upper: Array = field(default_factory=_nothing)
    """(r,), inf where there is no upper limit; empty for none anywhere."""
    names: tuple[str, ...] = ()
    """(r,) what each row is called."""
    gross: float | None = None
    """Largest sum of |w|."""
    previous: Array | None = None
    """(n,) weights held now."""
    max_turnover: float | None = None
    """Largest sum of |w - previous|: buying and selling both count."""
    benchmark: Array | None = None
    """(n,) weights of the benchmark."""
    max_tracking_error: float | None = None
    """Largest sqrt((w - benchmark)' S (w - benchmark)), per period."""
    max_volatility: float | None = None
    """Largest sqrt(w' S w), per period."""
    max_assets: int | None = None
    """Most assets held at once."""
    min_position: float = 0.0
    """Least |w| of an asset that is held at all."""
    assets: tuple[str, ...] = ()
    """(n,) what each asset is called; `asset 1`, ... when empty."""

    def __post_init__(self) -> None:
        _set(self, "lower", _vector("lower", self.lower, None))
        size = self.lower.size
        _set(self, "upper", _vector("upper", self.upper, size))
        for name in ("lower", "upper", "previous", "benchmark"):
            value = getattr(self, name)
            _set(self, name, None if value is None else _vector(name, value, size))
            if value is not None and not np.isfinite(getattr(self, name)).all():
                raise ValueError(f"{name} holds infinite weights; every asset needs finite bounds")
        rows = np.asarray(self.rows, dtype=np.float64)
        rows = rows if rows.size else np.zeros((0, size))
        if rows.ndim != 2 or rows.shape[1] != size or not np.isfinite(rows).all():
            raise ValueError(f"rows have shape {rows.shape} where (any, {size}) finite numbers are needed")
        _set(self, "rows", rows)
        count = len(rows)
        low = self.row_lower if np.size(self.row_lower) else np.full(count, -np.inf)
        high = self.row_upper if np.size(self.row_upper) else np.full(count, np.inf)
        _set(self, "row_lower", _vector("row_lower", low, count))
        _set(self, "row_upper", _vector("row_upper", high, count))
        _set(self, "names", self.names or tuple(f"row {i + 1}" for i in range(count)))
        _set(self, "assets", self.assets or tuple(f"asset {i + 1}" for i in range(size)))
        if len(self.names) != count or len(self.assets) != size:
            raise ValueError(f"{len(self.names)} names for {count} rows, {len(self.assets)} for {size} assets")
        if self.max_turnover is not None and self.previous is None:
            raise ValueError("max_turnover needs previous weights")
        if self.max_tracking_error is not None and self.benchmark is None:
            raise ValueError("max_tracking_error needs a benchmark")

    @classmethod
    def box(
        cls, n: int, lower: ArrayLike = 0.0, upper: ArrayLike = 1.0, net: float = 1.0, assets: tuple[str, ...] = ()
    ) -> "Limits":
        """Return bounds alone, equal for all `n` assets where they are given as one number."""
        low, high = np.asarray(lower, dtype=np.float64), np.asarray(upper, dtype=np.float64)
        return cls(np.broadcast_to(low, (n,)).copy(), np.broadcast_to(high, (n,)).copy(), net, assets=assets)

    @property
    def n(self) -> int:
        """Number of assets."""
        return int(self.lower.size)

    @cached_property
    def is_box(self) -> bool:
        """Are bounds and the sum of weights the only limits? A gross limit that no bounded portfolio can exceed and
        rows without limits do not count."""
        return self.is_linear and not self._has_binding_gross and self.max_turnover is None and not self._has_rows

    @cached_property
    def is_linear(self) -> bool:
        """Is the allowed set a polytope: no limit of volatility or tracking error, no count of assets?"""
        return self.max_tracking_error is None and self.max_volatility is None and not self.is_discrete

    @property
    def is_discrete(self) -> bool:
        """Does the set fall apart into pieces: a count of assets or a least position?"""
        return self.min_position > 0 or (self.max_assets is not None and self.max_assets < self.n)

    @property
    def is_long_only(self) -> bool:
        """Is no short position allowed?"""
        return bool((self.lower >= 0).all())

    def within(self, lower: Array, upper: Array) -> "Limits":
        """Return the same limits with other bounds."""
        return replace(self, lower=lower, upper=upper)

    def only_box(self) -> "Limits":
        """Return the bounds and the sum alone."""
        return Limits(self.lower, self.upper, self.net, assets=self.assets)

    @property
    def _has_rows(self) -> bool:
        return bool(np.isfinite(self.row_lower).any() or np.isfinite(self.row_upper).any())

    @property
    def _has_binding_gross(self) -> bool:
        if self.gross is None:
            return False
        if self.is_long_only:
            return self.gross < self.net
        return self.gross < float(np.maximum(np.abs(self.lower), np.abs(self.upper)).sum())


def _vector(name: str, value: ArrayLike, size: int | None) -> Array:
    array = np.asarray(value, dtype=np.float64)
    if array.ndim != 1 or (size is not None and array.size != size):
        raise ValueError(f"{name} has shape {array.shape} where ({size if size is not None else 'n'},) is needed")
    if np.isnan(array).any():
        raise ValueError(f"{name} holds NaN; every limit is a number, or infinite where there is none")
    return array


def _set(record: Limits, name: str, value: object) -> None:
    object.__setattr__(record, name, value)
