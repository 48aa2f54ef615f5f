"""One pass over time: what could be predicted at each step from what had been seen until then.

The errors with zeros before the sample are `e0_t = e_t + z_t' b`, where b holds what is unknown: the unobserved past c
and minus the offset of each placeholder, and z_t its remaining response. Given the values before t, b is Gaussian;
each observation updates it (recursive least squares), which is the Kalman filter in the unknowns' coordinates. Once
the responses have died out, predictions need no correction and the pass skips ahead.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import block_diag

from compute.forecast.sarima.filters import impulse_response, run_filter
from compute.forecast.sarima.missing import early_columns
from compute.forecast.sarima.orders import Orders
from compute.forecast.sarima.polynomials import Polynomials
from compute.forecast.sarima.presample import presample_covariance
from compute.forecast.sarima.sample import Sample
from compute.job import Report, ignore_progress

Array = NDArray[np.float64]
Index = NDArray[np.intp]

PLACEHOLDER, EARLY = 1, 2  # rows of the responses: the past is row 0, early placeholders begin at 2
MAX_QUICK_MEMORY = 200  # steps, as for the likelihood: a loop over a larger matrix has no report of progress
STEPS_PER_REPORT = 1000  # some tens of milliseconds

NEGLIGIBLE = 1e-10  # of a response, in units of the errors: predictions are shown to six digits
DIFFUSE = 1e8  # variance over sigma2 of a placeholder about which nothing is known yet


@dataclass(frozen=True)
class Unknowns:
    """What is unknown at some step, and how it enters the errors.

    Attributes
    ----------
    mean, covariance : what the data say of the unknowns so far, (k,) and (k, k) over sigma2
    kinds : row of `responses` of each unknown, (k,)
    first_rows : step at which each begins to act, (k,)
    positions : place in the series of the placeholder whose offset it is (negated), -1 for the unobserved past, (k,)
    responses : (kinds, n): of the past, of a placeholder, of each placeholder that differencing uses up
    """

    mean: Array
    covariance: Array
    kinds: Index
    first_rows: Index
    positions: Index
    responses: Array

    def at(self, t: int) -> Array:
        """Return how much each unknown enters the error of step t, (k,)."""
        age = t - self.first_rows
        return np.where(age >= 0, self.responses[self.kinds, np.maximum(age, 0)], 0.0)


@dataclass(frozen=True)
class Innovations:
    """Prediction errors of the differenced series, (n,), and their variances over sigma2.

    At a placeholder `errors` is placeholder minus prediction. `raw` are the errors with zeros before the sample;
    `unknowns` is what remains open after the last observation.
    """

    errors: Array
    variances: Array
    raw: Array
    unknowns: Unknowns


def run_innovations(
    orders: Orders, sample: Sample, polynomials: Polynomials, mean: float, report: Report = ignore_progress
) -> Innovations:
    """Return the innovations of the sample at given coefficients and mean."""
    covariance = presample_covariance(polynomials.ar, polynomials.ma)
    if covariance is None:
        raise ValueError("the process is not stationary: innovations exist only where the likelihood does")
    if sample.missing.size == 0 and 0 < orders.memory <= min(MAX_QUICK_MEMORY, sample.n):
        return _run_quickly(orders, sample, polynomials, mean, covariance)
    raw = run_filter(polynomials.ar, polynomials.ma, sample.columns[:1] - mean)[0]
    whole = np.convolve(polynomials.ar, sample.difference)
    early = early_columns(sample, polynomials)
    of_past = impulse_response(np.ones(1), polynomials.ma, sample.n)
    of_placeholder = impulse_response(whole, polynomials.ma, sample.n)
    r, n_early = orders.memory, early.shape[0]
    unknowns = Unknowns(
        mean=np.zeros(r + n_early),
        covariance=block_diag(covariance, DIFFUSE * np.eye(n_early)),
        kinds=np.concatenate([np.zeros(r, dtype=np.intp), EARLY + np.arange(n_early)]),
        first_rows=np.concatenate([np.arange(r), np.zeros(n_early, dtype=np.intp)]),
        positions=np.concatenate([np.full(r, -1), sample.missing[:n_early]]),
        responses=np.vstack([of_past, of_placeholder, early]),
    )
    return _pass_over(sample, raw, unknowns, whole.size + polynomials.ma.size, report)


def _run_quickly(
    orders: Orders, sample: Sample, polynomials: Polynomials, mean: float, covariance: Array
) -> Innovations:
    """Return the innovations of a complete sample, by compiled loops."""
    from compute.forecast.sarima.quick import predict_each  # compiles when first imported

    r, n = orders.memory, sample.n
    response = impulse_response(np.ones(1), polynomials.ma, n)
    memory = polynomials.ar.size + sample.lost + polynomials.ma.size
    length = _length(response, memory)
    past = np.zeros(r)
    rows = predict_each(orders, polynomials, sample.columns[0] - mean, past, covariance, length + r)
    unknowns = Unknowns(
        mean=past,
        covariance=covariance,
        kinds=np.zeros(r, dtype=np.intp),
        first_rows=np.arange(r),
        positions=np.full(r, -1),
        responses=response[None, :],
    )
    return Innovations(rows[0], rows[1], rows[2], _forget(unknowns, n, np.array([length])))


def _pass_over(sample: Sample, raw: Array, unknowns: Unknowns, memory: int, report: Report) -> Innovations:
    errors, variances = raw.copy(), np.ones(raw.size)
    lengths = np.array([_length(response, memory) for response in unknowns.responses])
    is_missing = np.zeros(raw.size, dtype=np.bool_)
    is_missing[sample.missing[sample.missing >= sample.lost] - sample.lost] = True
    placeholders = np.append(np.flatnonzero(is_missing), raw.size)
    t = 0
    while t < raw.size:
        unknowns = _forget(unknowns, t, lengths)
        if unknowns.mean.size == 0 and not is_missing[t]:
            t = int(placeholders[np.searchsorted(placeholders, t)])  # nothing is unknown until there
            continue
        if t % STEPS_PER_REPORT == 0:
            report(t / raw.size, "Predicting one step ahead")
        entering = unknowns.at(t)
        gain = unknowns.covariance @ entering
        variances[t] = 1.0 + float(entering @ gain)
        errors[t] = raw[t] - entering @ unknowns.mean
        if is_missing[t]:
            unknowns = _add_placeholder(unknowns, t, sample.lost, errors[t], variances[t], gain)
        else:
            mean = unknowns.mean + gain * (errors[t] / variances[t])
            covariance = unknowns.covariance - np.outer(gain, gain / variances[t])
            unknowns = replace(unknowns, mean=mean, covariance=covariance)
        t += 1
    return Innovations(errors, variances, raw, unknowns)


def _add_placeholder(unknowns: Unknowns, t: int, lost: int, error: float, variance: float, gain: Array) -> Unknowns:
    """Add the offset of the placeholder at step t: what its error would have been, had it been observed."""
    size = unknowns.mean.size
    covariance = np.empty((size + 1, size + 1))
    covariance[:size, :size] = unknowns.covariance
    covariance[:size, size] = covariance[size, :size] = -gain
    covariance[size, size] = variance
    return replace(
        unknowns,
        mean=np.append(unknowns.mean, error),
        covariance=covariance,
        kinds=np.append(unknowns.kinds, PLACEHOLDER),
        first_rows=np.append(unknowns.first_rows, t),
        positions=np.append(unknowns.positions, t + lost),
    )


def _forget(unknowns: Unknowns, t: int, lengths: Index) -> Unknowns:
    """Drop the unknowns whose response has died out before step t."""
    kept = t - unknowns.first_rows < lengths[unknowns.kinds]
    if kept.all():
        return unknowns
    return replace(
        unknowns,
        mean=unknowns.mean[kept],
        covariance=unknowns.covariance[np.ix_(kept, kept)],
        kinds=unknowns.kinds[kept],
        first_rows=unknowns.first_rows[kept],
        positions=unknowns.positions[kept],
    )


def _length(response: Array, memory: int) -> int:
    """Return the steps after which nothing of a response is left, in the errors or in what they are remembered for.

    It is gone for good once it stays negligible for as long as the model remembers: seasonal responses come in pulses.
    """
    alive = np.flatnonzero(np.abs(response) > NEGLIGIBLE)
    last = int(alive[-1]) if alive.size else 0
    return response.size + 1 if last + memory >= response.size else last + memory
