"""The noises by maximum likelihood: a search over one number, their ratio, the other concentrated out."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.optimize import minimize_scalar

from compute.schema import RequestError
from compute.trajectory.filter import Variances
from compute.trajectory.likelihood import ObservedTrack, Profile, line_profile, profile_of

# log10 of q h^3 / r: from a memory of about 50 steps to measurements that are exact for all practical purposes
RATIOS = np.arange(-7.0, 9.0) * np.log(10)
DECADE = float(np.log(10))
MIN_OBSERVED = {0: 2, 1: 3, 2: 5}
"""Observed positions needed, by how many noises are estimated: four leave two differences, which any ratio fits."""
TOLERANCE = 1e-3  # of the log ratio: a tenth of its standard error for a hundred thousand positions
ROUNDING = 1e-13  # of the largest coordinate or the track's extent: what no measurement can tell from zero
HESSIAN_STEP = 0.03  # in log units: the curvature is right to a thousandth, and rounding stays below it


@dataclass(frozen=True)
class Estimate:
    """The noises, how sure they are, and what there is to say about them.

    Attributes
    ----------
    log_likelihood : None when fewer than three positions were observed
    sigma_error, q_error : standard errors of the standard deviation and of q; None where given or not to be told
    """

    noise: Variances
    log_likelihood: float | None
    sigma_error: float | None = None
    q_error: float | None = None
    notes: tuple[str, ...] = ()


def estimate_noise(
    track: ObservedTrack, sigma: float | None, q: float | None, near: Variances | None = None
) -> Estimate:
    """Return the noises, those that are None estimated; the search begins `near` others, where they are known.

    Raises RequestError when too few positions were observed to tell them.
    """
    check_enough(track.times.size, sigma, q)
    r = None if sigma is None else sigma**2
    if r is not None and q is not None:
        noise = Variances(r, q)
        return Estimate(noise, track.log_likelihood(noise) if track.times.size > 2 else None)
    floor = _rounding(track)
    if np.abs(track.differences).max() * track.typical_step <= floor:
        noise = Variances(floor**2 if r is None else r, 0.0 if q is None else q)
        note = "The positions lie on a straight line at constant velocity: they tell nothing of the noises."
        return Estimate(noise, track.log_likelihood(noise), notes=(note,))
    return _search(track, r, q, near)


def check_enough(n_observed: int, sigma: float | None, q: float | None) -> None:
    """Refuse a track with too few observed positions, at the field that would help."""
    missing = (sigma is None) + (q is None)
    if n_observed >= MIN_OBSERVED[missing]:
        return
    if n_observed < MIN_OBSERVED[0]:
        raise RequestError.at(
            "track", msg=f"{n_observed} observed position has no velocity; give at least {MIN_OBSERVED[0]}"
        )
    field = "measurement_noise" if sigma is None else "process_noise"
    both = "both noises" if missing == 2 else f"the {field.replace('_', ' ')}"
    raise RequestError.at(
        field,
        msg=f"{n_observed} observed positions are too few to estimate {both}; give at least "
        f"{MIN_OBSERVED[missing]} positions, or the noises",
    )


def _search(track: ObservedTrack, r: float | None, q: float | None, near: Variances | None) -> Estimate:
    profile = profile_of(track, r, q)
    log_ratio = _near_ratio(track, profile, near)
    if log_ratio is None:
        log_ratio = _best_ratio(profile, _lowest(track))
    value, noise = profile(log_ratio)
    notes: tuple[str, ...] = ()
    is_line = False
    if q is None:
        line_value, line_noise = line_profile(track, r)
        if line_value >= value - 1e-9 * abs(value):
            is_line, value, noise = True, line_value, line_noise
            notes = ("No process noise is needed: a straight line at constant velocity explains the track.",)
    is_exact = log_ratio >= RATIOS[-1] - 0.5 and not is_line
    if is_exact:
        notes = ("No measurement noise can be told from zero: the path goes through the positions.",)
    sigma_error, q_error = _errors(track, noise, r is None and not is_exact, q is None and not is_line)
    return Estimate(noise, value, sigma_error, q_error, notes)


def _lowest(track: ObservedTrack) -> float:
    """Return the log ratio at which the memory of the filter is ten times the track: below it nothing changes."""
    span = float(track.times[-1] - track.times[0]) / track.typical_step
    return min(-4 * float(np.log(10 * span)), float(RATIOS[0]))


def _best_ratio(profile: Profile, lowest: float) -> float:
    """Return the log ratio of the highest likelihood: a coarse grid, which no local maximum deceives, then Brent."""
    values = {float(at): profile(float(at))[0] for at in RATIOS}
    at, reach = float(RATIOS[0]), DECADE
    while max(values, key=lambda each: values[each]) <= at + reach and at > lowest:
        reach = 2 * DECADE  # beyond the safe ratios each look costs a walk of the filter: as far as it climbs, quickly
        at -= reach
        values[at] = profile(at)[0]
    best = max(values, key=lambda each: values[each])
    found, value = _climb(profile, best, reach)
    return found if value > values[best] else best


def _near_ratio(track: ObservedTrack, profile: Profile, near: Variances | None) -> float | None:
    """Return the log ratio of a maximum within a decade of the known noises; None when there is none."""
    if near is None or near.q == 0:
        return None
    known = float(np.log(near.q * track.typical_step**3 / near.r))
    found, _ = _climb(profile, known, DECADE)
    return found if abs(found - known) < 0.99 * DECADE else None


def _climb(profile: Profile, centre: float, reach: float) -> tuple[float, float]:
    """Return the log ratio of a maximum of the likelihood within `reach` of `centre`, and the likelihood there."""
    found = minimize_scalar(
        lambda each: -profile(each)[0],
        bounds=(centre - reach, centre + reach),
        method="bounded",
        options={"xatol": TOLERANCE},
    )
    return float(found.x), -float(found.fun)


def _errors(track: ObservedTrack, noise: Variances, tells_r: bool, tells_q: bool) -> tuple[float | None, float | None]:
    """Return standard errors of sigma and q from the observed information in log r and log q."""
    free = [index for index, is_told in enumerate((tells_r, tells_q)) if is_told]
    covariance = _inverse_information(track, noise, free)
    if covariance is None:
        return None, None
    spread = dict(zip(free, np.sqrt(np.diag(covariance)).tolist(), strict=True))
    sigma_error = noise.r**0.5 * spread[0] / 2 if 0 in spread else None
    return sigma_error, noise.q * spread[1] if 1 in spread else None


def _inverse_information(track: ObservedTrack, noise: Variances, free: list[int]) -> np.ndarray | None:
    def value(shift: np.ndarray) -> float:
        full = np.zeros(2)
        full[free] = shift
        return track.log_likelihood(Variances(noise.r * float(np.exp(full[0])), noise.q * float(np.exp(full[1]))))

    if not free:
        return None
    unit = HESSIAN_STEP * np.eye(len(free))
    centre = value(np.zeros(len(free)))
    information = np.empty((len(free), len(free)))
    for i, e in enumerate(unit):
        information[i, i] = -(value(e) - 2 * centre + value(-e))
    for i, j in pairwise(range(len(free))):
        cross = (
            value(unit[i] + unit[j]) - value(unit[i] - unit[j]) - value(unit[j] - unit[i]) + value(-unit[i] - unit[j])
        )
        information[i, j] = information[j, i] = -cross / 4
    information /= HESSIAN_STEP**2
    if np.linalg.eigvalsh(information).min() <= 0:
        return None
    return np.asarray(np.linalg.inv(information))


def _rounding(track: ObservedTrack) -> float:
    return ROUNDING * float(np.abs(track.positions).max() or 1.0)
