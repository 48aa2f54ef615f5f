"""Accuracy on the held-out last part of the track: predictions from every position there, beside two naive ones."""

from dataclasses import dataclass

import numpy as np

from compute.trajectory.estimation import MIN_OBSERVED, estimate_noise
from compute.trajectory.filter import Array, Filtered, Flags, Variances, extrapolate, run_filter
from compute.trajectory.gate import squared_radius
from compute.trajectory.likelihood import ObservedTrack
from compute.trajectory.request import TrajectoryRequest
from compute.trajectory.result import Accuracy

HELD_SHARE = 0.2  # of the observed positions, at the end
MIN_HELD = 3
MAX_STEPS, MAX_ORIGINS = 100, 2000  # more would cost memory and tell little more


@dataclass(frozen=True)
class HeldOut:
    """Which positions are predicted from which: `origins` (k,), and `targets` (k, steps) with `is_there` (k, steps)."""

    origins: np.ndarray
    targets: np.ndarray
    is_there: Flags


@dataclass(frozen=True)
class Misses:
    """Prediction errors (k, steps, d), and their variances (k, steps) where the model tells any."""

    errors: Array
    variances: Array | None = None


def measure_accuracy(
    track: ObservedTrack, request: TrajectoryRequest, near: Variances
) -> tuple[Accuracy, dict[str, Accuracy]]:
    """Return the accuracy of the model, and of the naive predictions from the same origins.

    Noises that are None are estimated from the positions before the first origin alone; the filter then walks on, and
    from every origin in the last part predicts the observed positions that follow it (rolling origin).
    The search for them begins `near` those of the whole track, which spares time and changes nothing else.
    """
    sigma, q = request.measurement_noise, request.process_noise
    n = track.times.size
    held = int(n * HELD_SHARE)
    training = n - held
    if held < MIN_HELD or training < MIN_OBSERVED[(sigma is None) + (q is None)]:
        reason = f"{n} observed positions are too few to hold {MIN_HELD} out and learn from the others"
        return Accuracy(origins=0, reason=reason), {}
    plan = plan_origins(n, training, min(request.horizon, held, MAX_STEPS))
    beginning = ObservedTrack(track.positions[:training], track.times[:training])
    noise = estimate_noise(beginning, sigma, q, near).noise
    filtered = run_filter(track.positions, np.ones(n, dtype=bool), track.times, noise)
    model = _summarise(plan, _model_misses(track, plan, filtered, noise), request.levels)
    steps = (track.times[1:] - track.times[:-1])[:, None]
    velocities = np.diff(track.positions, axis=0) / steps
    still = np.zeros_like(velocities)
    return model, {
        "last_position": _summarise(plan, _naive_misses(track, plan, still), ()),
        "last_velocity": _summarise(plan, _naive_misses(track, plan, velocities), ()),
    }


def plan_origins(n: int, training: int, steps: int) -> HeldOut:
    """Return origins from the last training position on, evenly thinned, each with the steps after it."""
    origins = np.unique(np.linspace(training - 1, n - 2, min(n - training, MAX_ORIGINS)).astype(np.int64))
    targets = origins[:, None] + np.arange(1, steps + 1)
    return HeldOut(origins, np.minimum(targets, n - 1), targets < n)


def _model_misses(track: ObservedTrack, plan: HeldOut, filtered: Filtered, noise: Variances) -> Misses:
    h = _gaps(track, plan)
    states = filtered.means[plan.origins - filtered.start]
    covariances = extrapolate(filtered.covariances[plan.origins - filtered.start][:, None], h, noise.q)
    predicted = states[:, None, 0] + h[:, :, None] * states[:, None, 1]
    return Misses(track.positions[plan.targets] - predicted, covariances[:, :, 0] + noise.r)


def _naive_misses(track: ObservedTrack, plan: HeldOut, velocities: Array) -> Misses:
    """Return the errors of going on from each origin with the velocity of the step before it."""
    predicted = (
        track.positions[plan.origins][:, None]
        + _gaps(track, plan)[:, :, None] * (velocities[plan.origins - 1][:, None])
    )
    return Misses(track.positions[plan.targets] - predicted)


def _gaps(track: ObservedTrack, plan: HeldOut) -> Array:
    return np.asarray(track.times[plan.targets] - track.times[plan.origins][:, None])


def _summarise(plan: HeldOut, misses: Misses, levels: tuple[float, ...]) -> Accuracy:
    squares = np.sum(misses.errors**2, axis=-1)
    there, first = plan.is_there, squares[:, 0]
    d = misses.errors.shape[-1]
    normalised = None if misses.variances is None else (squares / misses.variances)[there]
    return Accuracy(
        origins=plan.origins.size,
        horizon=plan.targets.shape[1],
        one_step_mae=float(np.sqrt(first).mean()),
        one_step_rmse=float(np.sqrt(first.mean())),
        mae=float(np.sqrt(squares[there]).mean()),
        rmse=float(np.sqrt(squares[there].mean())),
        coverage={}
        if normalised is None
        else {f"{level:g}": float(np.mean(normalised <= squared_radius(level, d))) for level in levels},
        normalised_error=None if normalised is None else float(normalised.mean() / d),
    )
