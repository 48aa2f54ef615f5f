"""One pass over time: what could be predicted at each step from what had been seen until then.

The errors with zeros before the sample are `e0_t = e_t + z_t' b`, where b holds what is unknown: the unobserved past c
and minus the offset of each placeholder, and z_t its remaining response. Given the values before t, b is Gaussian;
each observation updates it (recursive least squares), which is the Kalman filter in the unknowns' coordinates. Once
the responses have died out, predictions need no correction and the pass skips ahead.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from compute.forecast.sarima.orders import Orders
from compute.forecast.sarima.polynomials import Polynomials, difference_polynomial
from compute.forecast.sarima.presample import presample_covariance
from compute.forecast.sarima.sample import Sample

Array = NDArray[np.float64]

NEGLIGIBLE = 1e-10  # of a response, in units of the errors: predictions are shown to six digits
DIFFUSE = 1e8  # variance over sigma2 of a placeholder about which nothing is known yet


@dataclass(frozen=True)
class Unknowns:
    """What is still unknown after the last observation, and how it enters the errors.

    `first_rows[i]` is the step at which unknown i begins to act, `is_offset[i]` whether it is (minus) the offset of a
    placeholder, `mean` and `covariance` (over sigma2) what the data say of it.
    """

    mean: Array
    covariance: Array
    first_rows: NDArray[np.intp]
    is_offset: NDArray[np.bool_]


@dataclass(frozen=True)
class Innovations:
    """Prediction errors of the differenced series, (n,), in units of the series, and their variances over sigma2.

    At a placeholder `errors` is placeholder minus prediction. `raw` are the errors with zeros before the sample.
    """

    errors: Array
    variances: Array
    raw: Array
    unknowns: Unknowns
    past_response: Array
    offset_response: Array


def run_innovations(orders: Orders, sample: Sample, polynomials: Polynomials, mean: float) -> Innovations:
    """Return the innovations of the sample at given coefficients and mean."""
    n = sample.n
    raw = np.asarray(lfilter(polynomials.ar, polynomials.ma, sample.columns[0] - mean))
    impulse = np.zeros(n + orders.lost + 1)
    impulse[0] = 1.0
    whole = np.convolve(polynomials.ar, difference_polynomial(orders))
    pass_ = _Pass(
        raw=raw,
        past_response=np.asarray(lfilter([1.0], polynomials.ma, impulse)),
        offset_response=np.asarray(lfilter(whole, polynomials.ma, impulse)),
        is_missing=np.isin(np.arange(n) + orders.lost, sample.missing),
    )
    covariance = presample_covariance(polynomials.ar, polynomials.ma)
    if covariance is None:
        raise ValueError("the process is not stationary: innovations exist only where the likelihood does")
    pass_.add_past(covariance)
    pass_.add_initial(sample.missing[sample.missing < orders.lost] - orders.lost)
    pass_.run()
    return pass_.result()


class _Pass:
    """The state of the pass: the unknowns that still act, and what was predicted so far."""

    def __init__(self, raw: Array, past_response: Array, offset_response: Array, is_missing: NDArray[np.bool_]) -> None:
        self._raw = raw
        self._past_response, self._offset_response = past_response, offset_response
        self._past_length, self._offset_length = _length(past_response), _length(offset_response)
        self._is_missing = is_missing
        self._errors, self._variances = raw.copy(), np.ones(raw.size)
        self._mean, self._covariance = np.zeros(0), np.zeros((0, 0))
        self._first_rows = np.zeros(0, dtype=np.intp)
        self._is_offset = np.zeros(0, dtype=np.bool_)

    def add_past(self, covariance: Array) -> None:
        size = covariance.shape[0]
        self._append(np.zeros(size), np.zeros((0, size)), covariance, np.arange(size), False)

    def add_initial(self, first_rows: NDArray[np.intp]) -> None:
        """Add placeholders among the values that differencing uses up: nothing precedes them."""
        size = first_rows.size
        cross = np.zeros((self._mean.size, size))
        self._append(np.zeros(size), cross, DIFFUSE * np.eye(size), first_rows, True)

    def run(self) -> None:
        t, n = 0, self._raw.size
        while t < n:
            if self._mean.size == 0 and not self._is_missing[t]:
                following = np.flatnonzero(self._is_missing[t:])
                t = t + int(following[0]) if following.size else n
                continue
            self._step(t)
            self._forget(t + 1)
            t += 1

    def result(self) -> Innovations:
        unknowns = Unknowns(self._mean, self._covariance, self._first_rows, self._is_offset)
        return Innovations(
            self._errors, self._variances, self._raw, unknowns, self._past_response, self._offset_response
        )

    def _step(self, t: int) -> None:
        responses = unknown_responses(t, self._first_rows, self._is_offset, self._past_response, self._offset_response)
        gain = self._covariance @ responses
        variance = 1.0 + float(responses @ gain)
        error = float(self._raw[t] - responses @ self._mean)
        self._errors[t], self._variances[t] = error, variance
        if self._is_missing[t]:
            self._append(np.array([error]), -gain[:, None], np.array([[variance]]), np.array([t]), True)
        else:
            self._mean = self._mean + gain * (error / variance)
            self._covariance = self._covariance - np.outer(gain, gain / variance)

    def _append(
        self, mean: Array, cross: Array, covariance: Array, first_rows: NDArray[np.intp], is_offset: bool
    ) -> None:
        self._mean = np.concatenate([self._mean, mean])
        self._covariance = np.block([[self._covariance, cross], [cross.T, covariance]])
        self._first_rows = np.concatenate([self._first_rows, first_rows])
        self._is_offset = np.concatenate([self._is_offset, np.full(first_rows.size, is_offset)])

    def _forget(self, t: int) -> None:
        """Drop the unknowns whose response has died out before step t."""
        lengths = np.where(self._is_offset, self._offset_length, self._past_length)
        kept = t - self._first_rows < lengths
        if not kept.all():
            self._mean, self._covariance = self._mean[kept], self._covariance[np.ix_(kept, kept)]
            self._first_rows, self._is_offset = self._first_rows[kept], self._is_offset[kept]


def unknown_responses(
    t: int,
    first_rows: NDArray[np.intp],
    is_offset: NDArray[np.bool_],
    past_response: Array,
    offset_response: Array,
) -> Array:
    """Return how much each unknown enters the error of step t."""
    age = t - first_rows
    responses = np.where(is_offset, offset_response[np.maximum(age, 0)], past_response[np.maximum(age, 0)])
    return np.where(age >= 0, responses, 0.0)


def _length(response: Array) -> int:
    """Return the number of terms before a response has died out."""
    alive = np.flatnonzero(np.abs(response) > NEGLIGIBLE)
    return int(alive[-1]) + 1 if alive.size else 0
