"""The lags of one source and one target: its information at each, and what its surrogates reach there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.information.result import LagEstimate
from compute.information.sharing import share_out
from compute.information.significance import BAND, adjust, interval, p_value, standard_error

Array = NDArray[np.float64]

PORTION = 100_000  # rows of surrogates between two reports: about a tenth of a second
TOGETHER = 64  # sources that neighbour lists take side by side: portions leave none of these places empty

Progress = Callable[[int], None]
"""Called with how many estimates were made since the last call."""


@dataclass(frozen=True)
class LagScan:
    """What was found, in nats.

    Attributes
    ----------
    lags : (m,)
    local : (m, n) of each row
    surrogates : (m, s) means; column j is one surrogate at every lag
    linear : (m,) what the Gaussian closed form finds
    """

    lags: tuple[int, ...]
    local: Array
    surrogates: Array
    linear: Array

    @property
    def values(self) -> Array:
        """The information at each lag, (m,)."""
        return np.asarray(self.local.mean(axis=1))

    @property
    def best(self) -> int:
        """The place of the largest value."""
        return int(np.argmax(self.values))

    @property
    def p_value(self) -> float | None:
        """Of the largest value among the lags, beside the largest of each surrogate: no lag was chosen for free."""
        largest = self.surrogates.max(axis=0, initial=-np.inf)
        return p_value(float(self.values[self.best]), largest)


def scan_sources(
    estimate: Callable[[Array], Array], sources: Array, progress: Progress, threads: int = 1
) -> list[Array]:
    """Return the estimates of each portion of many sources, (s, dx, n), in order, reporting on the way."""
    size = max(1, PORTION // sources.shape[2])
    size -= size % TOGETHER if size > TOGETHER else 0
    portions = [sources[start : start + size] for start in range(0, len(sources), size)]
    return share_out(estimate, portions, threads, lambda found: progress(len(found)))


@dataclass(frozen=True)
class Telling:
    """How estimates are told: one `unit` in nats, bootstrap samples and their seed, and how they are normalised."""

    unit: float
    n_bootstrap: int
    seed: int
    normalise: Callable[[float], float]


def describe(scan: LagScan, telling: Telling) -> tuple[LagEstimate, ...]:
    """Return what is told of each lag."""
    return adjust_all([describe_one(scan, at, telling) for at in range(len(scan.lags))])


def adjust_all(told: Sequence[LagEstimate]) -> tuple[LagEstimate, ...]:
    """Return estimates with their p values adjusted for how many they are."""
    p_values = [each.p_value for each in told if each.p_value is not None]
    if len(p_values) < len(told):
        return tuple(told)
    adjusted = adjust(np.array(p_values)).tolist()
    return tuple(each.model_copy(update={"adjusted_p": p}) for each, p in zip(told, adjusted, strict=True))


def describe_one(scan: LagScan, at: int, telling: Telling) -> LagEstimate:
    """Return what is told of one lag, beside others or not."""
    value = float(scan.values[at])
    return LagEstimate(
        lag=scan.lags[at],
        linear=float(scan.linear[at]) / telling.unit,
        p_value=p_value(value, scan.surrogates[at]),
        **_sureness(scan.local[at], telling),
        **_beside(value, scan.surrogates[at], telling),
    )


def _sureness(local: Array, telling: Telling) -> dict[str, float]:
    found = {"value": float(local.mean()) / telling.unit, "standard_error": standard_error(local) / telling.unit}
    ends = interval(local, telling.n_bootstrap, np.random.default_rng(telling.seed))
    return (
        found
        if ends is None
        else found | {"interval_low": ends[0] / telling.unit, "interval_high": ends[1] / telling.unit}
    )


def _beside(value: float, surrogates: Array, telling: Telling) -> dict[str, float]:
    if not surrogates.size:
        return {}
    mean, spread = float(surrogates.mean()), float(surrogates.std(ddof=1)) if surrogates.size > 1 else 0.0
    low, high = np.quantile(surrogates, BAND)
    told = {
        "effective": (value - mean) / telling.unit,
        "normalised": telling.normalise(value - mean),
        "surrogate_mean": mean / telling.unit,
        "surrogate_low": float(low) / telling.unit,
        "surrogate_high": float(high) / telling.unit,
    }
    return told | {"z_score": (value - mean) / spread} if spread > 0 else told
