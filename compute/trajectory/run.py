"""The front door: from a request and a track to everything that is told about its motion."""

from dataclasses import dataclass

import numpy as np

from compute.job import Report
from compute.trajectory.accuracy import measure_accuracy
from compute.trajectory.answer import Findings, write_result
from compute.trajectory.consistency import examine
from compute.trajectory.estimation import Estimate, check_enough, estimate_noise
from compute.trajectory.filter import Flags, run_filter
from compute.trajectory.gate import refused_rows
from compute.trajectory.likelihood import ObservedTrack
from compute.trajectory.prediction import predict_ahead
from compute.trajectory.preparation import PreparedTrack, future_times, prepare_track
from compute.trajectory.request import TrajectoryRequest
from compute.trajectory.result import TrajectoryResult
from compute.trajectory.smoother import smooth
from compute.trajectory.track import Track

MAX_ROUNDS = 10  # of estimating and gating in turn; it settles in two or three


@dataclass(frozen=True)
class _Believed:
    """The noises and the rows they were estimated from."""

    estimate: Estimate
    is_used: Flags


def estimate_trajectory(request: TrajectoryRequest, track: Track, report: Report) -> TrajectoryResult:
    """Return the smoothed and predicted track that `request` asks for.

    Raises RequestError, at the field that would help, where the track cannot be estimated so.
    """
    report(0.0, "Preparing the track")
    prepared = prepare_track(request, track)
    times_ahead, stamps_ahead = future_times(prepared, request.horizon)
    believed = _believe(request, prepared, report)
    noise = believed.estimate.noise
    report(0.5, "Filtering and smoothing")
    positions = np.where(believed.is_used[:, None], prepared.positions, np.nan)
    filtered = run_filter(positions, believed.is_used, prepared.times, noise)
    smoothed = smooth(filtered, positions, prepared.times, noise)
    report(0.7, "Measuring accuracy")
    accuracy, baseline = measure_accuracy(_observed(prepared, believed.is_used), request, noise)
    report(0.9, "Examining the innovations")
    findings = Findings(
        estimate=believed.estimate,
        is_used=believed.is_used,
        filtered=filtered,
        smoothed=smoothed,
        ahead=predict_ahead(filtered, times_ahead - prepared.times[-1], noise.q),
        times_ahead=times_ahead,
        stamps_ahead=stamps_ahead,
        accuracy=accuracy,
        baseline=baseline,
        consistency=examine(filtered),
    )
    result = write_result(request, track, prepared, findings)
    report(1.0, "Done")
    return result


def _believe(request: TrajectoryRequest, prepared: PreparedTrack, report: Report) -> _Believed:
    """Return the noises; with a gate, estimate and refuse in turn until the refused rows stay the same."""
    sigma, q = request.measurement_noise, request.process_noise
    check_enough(int(prepared.is_seen.sum()), sigma, q)
    is_used = prepared.is_seen
    report(0.05, "Estimating the noises")
    estimate = estimate_noise(_observed(prepared, is_used), sigma, q)
    if request.gate is None:
        return _Believed(estimate, is_used)
    for round_number in range(MAX_ROUNDS):
        refused = refused_rows(prepared.positions, prepared.is_seen, prepared.times, estimate.noise, request.gate)
        if np.array_equal(is_used, prepared.is_seen & ~refused):
            break
        is_used = prepared.is_seen & ~refused
        check_enough(int(is_used.sum()), sigma, q)
        report(0.05 + 0.04 * (round_number + 1), "Estimating the noises without outliers")
        estimate = estimate_noise(_observed(prepared, is_used), sigma, q)
    return _Believed(estimate, is_used)


def _observed(prepared: PreparedTrack, is_used: Flags) -> ObservedTrack:
    return ObservedTrack(prepared.positions[is_used], prepared.times[is_used])
