"""The exact likelihood of the two noises, the unknown start integrated out.

Second divided differences z of the observed positions know nothing of where and how fast the track began, and
Cov z = q R + r W per axis, with R tridiagonal (of integrated white noise) and W pentadiagonal (of white noise): the
matrices of the cubic smoothing spline, which is the posterior mean of this model (Wecker & Ansley 1983). One banded
Cholesky factor gives the density of all positions after the first two, equal to the sum over the filter's innovations,
in compiled code. Where r outweighs q so much, or steps differ so much, that W's condition spoils the factor, the filter
itself is asked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_solve_banded, cholesky_banded

from compute.trajectory.filter import Variances, run_filter

Array = NDArray[np.float64]
LOG_2PI = float(np.log(2 * np.pi))
SAFE_SPREAD = 1e4  # longest step over shortest, above which it does too (tried: seven digits are left at 1e6)
SAFE_RATIO = 1e-7  # q h^3 / r below which the factor of long tracks loses digits (tried: 1e5 irregular rows)


@dataclass(frozen=True)
class Density:
    """What the log-likelihood is made of, for noises known up to a common factor.

    Attributes
    ----------
    log_determinant : of the covariance of one axis
    quadratic : z' Cov^-1 z, summed over the axes
    """

    log_determinant: float
    quadratic: float


@dataclass(frozen=True)
class ObservedTrack:
    """The observed positions, (n, d) with n > 2, at times (n,) in seconds."""

    positions: Array
    times: Array

    @property
    def n_differences(self) -> int:
        """Values that tell of the noises: n - 2 for each axis."""
        return int((self.positions.shape[0] - 2) * self.positions.shape[1])

    @property
    def typical_step(self) -> float:
        """The median time between observations, in seconds."""
        return float(np.median(np.diff(self.times)))

    @cached_property
    def differences(self) -> Array:
        """Second divided differences z, (n - 2, d), in units/s."""
        return np.asarray(np.diff(np.diff(self.positions, axis=0) / self._steps[:, None], axis=0))

    def log_likelihood(self, noise: Variances) -> float:
        """Return log p(third to last position | first two)."""
        return self.assemble(self.density(noise), 1.0)

    def assemble(self, density: Density, scale: float) -> float:
        """Return the log-likelihood when both variances of `density` are multiplied by `scale`."""
        n, d = self.n_differences, self.positions.shape[1]
        jacobian = float(np.log(self._steps[1:]).sum())
        determinant = float(d * (density.log_determinant + 2 * jacobian))
        return -0.5 * (n * (LOG_2PI + float(np.log(scale))) + determinant + density.quadratic / scale)

    def density(self, noise: Variances) -> Density:
        """Return log-determinant and quadratic form of the differences; all noises but q = 0 in closed form."""
        if noise.q == 0:
            return self._line_density(noise.r)
        if self._is_uneven or noise.q * self.typical_step**3 < SAFE_RATIO * noise.r:
            return self._filter_density(noise)
        factor = cholesky_banded(noise.q * self._drift + noise.r * self._jitter, check_finite=False)
        solved = cho_solve_banded((factor, False), self.differences, check_finite=False)
        return Density(2 * float(np.log(factor[2]).sum()), float(np.sum(self.differences * solved)))

    def _line_density(self, r: float) -> Density:
        """Return the density of a straight line with white noise: least squares."""
        centred = self.times - self.times.mean()
        moment = float(centred @ centred)
        slope = centred @ self.positions / moment
        residuals = self.positions - self.positions.mean(axis=0) - centred[:, None] * slope
        n = self.positions.shape[0]
        determinant = (n - 2) * np.log(r) + np.log(n * moment) - 2 * np.log(self._steps).sum()
        return Density(float(determinant), float(np.sum(residuals**2)) / r)

    def _filter_density(self, noise: Variances) -> Density:
        filtered = run_filter(self.positions, np.ones(self.times.size, dtype=bool), self.times, noise)
        variances = filtered.innovation_variances[1:]
        quadratic = float(np.sum(filtered.innovations[1:] ** 2 / variances[:, None]))
        return Density(float(np.log(variances).sum() - 2 * np.log(self._steps[1:]).sum()), quadratic)

    @cached_property
    def _steps(self) -> Array:
        return np.diff(self.times)

    @cached_property
    def _is_uneven(self) -> bool:
        return bool(self._steps.max() > SAFE_SPREAD * self._steps.min())

    @cached_property
    def _drift(self) -> Array:
        """R in upper banded form, (3, n - 2)."""
        h = self._steps
        bands = np.zeros((3, h.size - 1))
        bands[2] = (h[:-1] + h[1:]) / 3
        bands[1, 1:] = h[1:-1] / 6
        return bands

    @cached_property
    def _jitter(self) -> Array:
        """W in upper banded form, (3, n - 2)."""
        before, after = 1 / self._steps[:-1], 1 / self._steps[1:]
        middle = -(before + after)
        bands = np.zeros((3, before.size))
        bands[2] = before**2 + middle**2 + after**2
        bands[1, 1:] = middle[:-1] * before[1:] + after[:-1] * middle[1:]
        bands[0, 2:] = after[:-2] * before[2:]
        return bands


Profile = Callable[[float], tuple[float, Variances]]
"""From log(q h^3 / r) to the log-likelihood and the noises it belongs to."""


def profile_of(track: ObservedTrack, r: float | None, q: float | None) -> Profile:
    """Return the likelihood as a function of the ratio of the noises, what is None concentrated out."""
    unit = track.typical_step**3

    def profile(log_ratio: float) -> tuple[float, Variances]:
        ratio = float(np.exp(log_ratio)) / unit
        if r is not None:
            noise = Variances(r, ratio * r)
        elif q is not None:
            noise = Variances(q / ratio, q)
        else:
            # the larger of the two is 1 in units of one step: no ratio leaves the range of numbers
            size = 1 / (1 + ratio * unit)
            noise = Variances(size, ratio * size)
            density = track.density(noise)
            scale = density.quadratic / track.n_differences
            return track.assemble(density, scale), Variances(scale * noise.r, scale * noise.q)
        return track.log_likelihood(noise), noise

    return profile


def line_profile(track: ObservedTrack, r: float | None) -> tuple[float, Variances]:
    """Return the likelihood of no process noise at all, and the noises it belongs to."""
    density = track.density(Variances(1.0, 0.0))
    scale = density.quadratic / track.n_differences if r is None else r
    return track.assemble(density, scale), Variances(scale, 0.0)
