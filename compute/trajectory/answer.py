"""Writes what was computed as a result: tuples for arrays, None for what is not there, times in UTC."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.schema import RequestError
from compute.trajectory.consistency import innovation_squares
from compute.trajectory.estimation import Estimate
from compute.trajectory.filter import Array, Filtered, Flags
from compute.trajectory.gate import squared_radius
from compute.trajectory.prediction import Ahead
from compute.trajectory.preparation import PreparedTrack
from compute.trajectory.request import TrajectoryRequest
from compute.trajectory.result import Accuracy, Consistency, Noise, Path, Point, Region, TrajectoryResult
from compute.trajectory.smoother import Smoothed
from compute.trajectory.track import Track

REMARKABLE = 0.01  # a p value below it is worth a sentence


@dataclass(frozen=True)
class Findings:
    """Everything that was computed about one track."""

    estimate: Estimate
    is_used: Flags
    filtered: Filtered
    smoothed: Smoothed
    ahead: Ahead
    times_ahead: Array
    stamps_ahead: NDArray[np.datetime64] | None
    accuracy: Accuracy
    baseline: dict[str, Accuracy]
    consistency: Consistency


def write_result(
    request: TrajectoryRequest, track: Track, prepared: PreparedTrack, findings: Findings
) -> TrajectoryResult:
    """Return the result; RequestError where the prediction leaves the range of numbers."""
    ahead, filtered = findings.ahead, findings.filtered
    if not (np.isfinite(ahead.means).all() and np.isfinite(ahead.covariances).all()):
        raise RequestError.at("horizon", msg="the prediction outgrows every number; shorten the horizon")
    outliers = np.flatnonzero(prepared.is_seen & ~findings.is_used)
    squares = np.full(prepared.times.size, np.nan)
    squares[filtered.start :] = innovation_squares(filtered)
    return TrajectoryResult(
        name=track.name,
        axes=track.axes[: prepared.positions.shape[1]],
        times=tuple(prepared.times.tolist()),
        timestamps=_instants(prepared.timestamps),
        positions=_points(prepared.positions),
        outliers=tuple(outliers.tolist()),
        filtered=_filtered_path(filtered, prepared),
        smoothed=_path(findings.smoothed.means, findings.smoothed.covariances),
        nis=_optional(squares),
        step=prepared.step,
        predicted_times=tuple(findings.times_ahead.tolist()),
        predicted_timestamps=_instants(findings.stamps_ahead),
        predicted=_path(ahead.means, ahead.covariances),
        regions=tuple(_region(level, ahead) for level in request.levels),
        noise=_noise(request, findings),
        accuracy=findings.accuracy,
        baseline=findings.baseline,
        consistency=findings.consistency,
        notes=(*prepared.notes, *findings.estimate.notes, *_remarks(request, outliers.size, findings.consistency)),
    )


def _filtered_path(filtered: Filtered, prepared: PreparedTrack) -> Path:
    """Return the filtered states; before the second observation only the first position is known."""
    n, _, d = filtered.means.shape
    means = np.full((filtered.start + n, 2, d), np.nan)
    covariances = np.full((filtered.start + n, 3), np.nan)
    means[filtered.start :], covariances[filtered.start :] = filtered.means, filtered.covariances[:, :3]
    means[filtered.first, 0] = prepared.positions[filtered.first]
    covariances[filtered.first, 0] = filtered.covariances[0, 0]  # the variance of a measurement, as at the second
    return _path(means, covariances)


def _path(means: Array, covariances: Array) -> Path:
    return Path(
        positions=_points(means[:, 0]),
        velocities=_points(means[:, 1]),
        speeds=_optional(np.linalg.norm(means[:, 1], axis=1)),
        position_std=_optional(np.sqrt(covariances[:, 0])),
        velocity_std=_optional(np.sqrt(covariances[:, 2])),
    )


def _region(level: float, ahead: Ahead) -> Region:
    d = ahead.means.shape[2]
    radii = np.sqrt(ahead.covariances[:, 0] * squared_radius(level, d))
    return Region(
        level=level,
        semi_axes=tuple((radius,) * d for radius in radii.tolist()),
        angle=(0.0,) * radii.size,
    )


def _noise(request: TrajectoryRequest, findings: Findings) -> Noise:
    estimate = findings.estimate
    names = ("measurement_noise", "process_noise")
    return Noise(
        measurement_noise=float(np.sqrt(estimate.noise.r)),
        process_noise=estimate.noise.q,
        measurement_noise_error=estimate.sigma_error,
        process_noise_error=estimate.q_error,
        estimated=tuple(name for name in names if getattr(request, name) is None),
        log_likelihood=estimate.log_likelihood,
        n_observed=int(findings.is_used.sum()),
    )


def _remarks(request: TrajectoryRequest, n_outliers: int, consistency: Consistency) -> list[str]:
    remarks = []
    if n_outliers:
        words = (
            "position lies beyond the {} % gate and counts"
            if n_outliers == 1
            else "positions lie beyond the {} % gate and count"
        )
        remarks.append(f"{n_outliers} {words.format(f'{request.gate:g}')} as missing.")
    if consistency.whiteness_p is not None and consistency.whiteness_p < REMARKABLE:
        remarks.append(
            "Successive innovations are correlated: the motion turns or accelerates more smoothly than white-noise "
            "acceleration does, so its uncertainty is approximate."
        )
    if consistency.normality_p is not None and consistency.normality_p < REMARKABLE and request.gate is None:
        remarks.append("The innovations are not normally distributed: an outlier gate may help, 99.9 % for example.")
    return remarks


def _points(values: Array) -> tuple[Point | None, ...]:
    is_known: Flags = ~np.any(np.isnan(values), axis=1)
    rows: Sequence[Any] = values.tolist()
    return tuple(tuple(row) if known else None for row, known in zip(rows, is_known.tolist(), strict=True))


def _optional(values: Array) -> tuple[float | None, ...]:
    return tuple(value if value == value else None for value in values.tolist())


def _instants(times: NDArray[np.datetime64] | None) -> tuple[datetime, ...] | None:
    if times is None:
        return None
    return tuple(time.replace(tzinfo=UTC) for time in times.astype("datetime64[us]").tolist())
