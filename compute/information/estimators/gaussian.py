"""Gaussian closed form: -1/2 ln(1 - R^2), what linear dependence explains of `y` beyond `z`.

For transfer entropy it is half of Granger's log ratio (Barnett, Barrett and Seth 2009).
"""

from dataclasses import dataclass

import numpy as np

from compute.information.encoding import standardise
from compute.information.estimators.estimator import Array, Link, Window

NEARLY_ALL = 1 - 1e-12  # of the variance: more than this is rounding
ROUNDING = 1e-24  # of the sum of squares: what is left of a target that is known already


@dataclass(frozen=True)
class Gaussian:
    """The estimator; it has no parameters."""

    is_counted = False

    def encode(self, values: Array, seed: int) -> Array:
        """Return the series with mean 0 and standard deviation 1."""
        return standardise(values)

    def link(self, y: Array, z: Array, window: Window) -> Link:
        """Return the link to `y` beyond `z`."""
        return GaussianLink(y, z)

    def entropy(self, y: Array, window: Window) -> float:
        """Return the entropy of a normal variable of the values' variance."""
        return float(0.5 * np.log(2 * np.pi * np.e * y.var()))


class GaussianLink:
    """A target without what `z` explains of it."""

    method, device = "closed form", "cpu"
    uncertainty: float | None = None

    def __init__(self, y: Array, z: Array) -> None:
        known = np.concatenate([np.ones((1, y.size)), z])
        self._basis = np.linalg.qr(known.T)[0]
        self._rest = self._without(y[None])[0]
        self._is_known = float(self._rest @ self._rest) <= ROUNDING * float(y @ y)

    def prepare(self, dx: int, count: int) -> None:
        """Need nothing: each source is asked about by itself."""

    def local(self, x: Array) -> Array:
        """Return the information of each row: its log density ratio."""
        part = self._explained(x[None])[0]
        variance = float(self._rest @ self._rest) / self._rest.size
        left = self._rest - part
        if self._is_known:
            return np.zeros(left.size)
        share = min(float(part @ part) / (variance * left.size), NEARLY_ALL)
        remaining = variance * (1 - share)
        return np.asarray(-0.5 * np.log1p(-share) + (self._rest**2 / variance - left**2 / remaining) / 2)

    def each(self, sources: Array) -> Array:
        """Return the information of each row for each source."""
        return np.stack([self.local(x) for x in sources])

    def means(self, sources: Array) -> Array:
        """Return the mean information for each source."""
        if self._is_known:
            return np.zeros(len(sources))
        parts = self._explained(sources)
        shares = np.einsum("sn,sn->s", parts, parts) / float(self._rest @ self._rest)
        return np.asarray(-0.5 * np.log1p(-np.minimum(shares, NEARLY_ALL)))

    def _explained(self, sources: Array) -> Array:
        """Return what each source, (s, dx, n), explains of the rest of `y`, (s, n)."""
        alone = self._without(sources)
        gram = alone @ alone.transpose(0, 2, 1)
        weights = np.linalg.pinv(gram, rcond=1e-12, hermitian=True) @ (alone @ self._rest)[..., None]
        return np.asarray(np.einsum("sdn,sd->sn", alone, weights[..., 0]))

    def _without(self, values: Array) -> Array:
        """Return values, (..., n), less what constant and `z` explain of them."""
        return np.asarray(values - (values @ self._basis) @ self._basis.T)
