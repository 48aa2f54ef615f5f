"""From a track as it was given to positions at increasing times; what cannot be tracked is refused here."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.schema import RequestError
from compute.trajectory.request import LARGEST, SMALLEST, TrajectoryRequest
from compute.trajectory.track import MAX_POSITIONS, Track

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

MIN_STEP_S, MAX_SPAN_S = 1e-12, 1e15  # cubes of times stay inside the range of floating point
LAST_CLOCK_NS = np.iinfo(np.int64).max


@dataclass(frozen=True)
class PreparedTrack:
    """A track in time order.

    Attributes
    ----------
    positions : (n, d), a row of NaN where missing
    is_seen : (n,) True where a position was observed
    times : (n,) seconds, strictly increasing
    timestamps : datetime64[ns] (n,), or None
    step : seconds of a predicted step, the median between rows
    notes : what was found and decided on the way
    """

    positions: Array
    is_seen: Flags
    times: Array
    timestamps: NDArray[np.datetime64] | None
    step: float
    notes: tuple[str, ...]


def prepare_track(request: TrajectoryRequest, track: Track) -> PreparedTrack:
    """Return the track in time order; RequestError names the row that cannot be used, and the way out."""
    positions = np.asarray(track.positions, dtype=np.float64)
    if len(positions) > MAX_POSITIONS:
        raise _refused(f"{len(positions)} rows exceed the {MAX_POSITIONS} of one track; cut or thin it")
    _check_magnitude(positions)
    notes: list[str] = []
    times, timestamps = _times(request, track)
    order = np.argsort(times, kind="stable")
    if np.any(np.diff(order) < 0):
        notes.append("The rows were not in time order and were sorted.")
    _check_increasing(times[order], order)
    times, positions = times[order], positions[order]
    is_seen: Flags = ~np.any(np.isnan(positions), axis=1)
    notes += _describe_missing(positions, is_seen)
    return PreparedTrack(
        positions=np.where(is_seen[:, None], positions, np.nan),
        is_seen=is_seen,
        times=times,
        timestamps=None if timestamps is None else timestamps[order],
        step=float(np.median(np.diff(times))) if times.size > 1 else (request.dt or 1.0),
        notes=tuple(notes),
    )


def future_times(prepared: PreparedTrack, horizon: int) -> tuple[Array, NDArray[np.datetime64] | None]:
    """Return the times of the predictions, (horizon,), in seconds and, on a calendar, as timestamps."""
    ahead = prepared.step * np.arange(1, horizon + 1)
    if prepared.timestamps is None:
        return prepared.times[-1] + ahead, None
    last = int(prepared.timestamps[-1].astype(np.int64))
    if last + float(ahead[-1]) * 1e9 > LAST_CLOCK_NS:
        raise RequestError.at(
            "horizon", msg=f"horizon {horizon} reaches beyond the year 2262, the end of the clock; shorten it"
        )
    stamps = (last + np.rint(ahead * 1e9).astype(np.int64)).astype("datetime64[ns]")
    return prepared.times[-1] + ahead, stamps


def _times(request: TrajectoryRequest, track: Track) -> tuple[Array, NDArray[np.datetime64] | None]:
    """Return seconds, and the timestamps they were counted from."""
    has_times = track.times is not None or track.timestamps is not None
    if has_times and request.dt is not None:
        raise RequestError.at(
            "dt", msg=f"dt {request.dt:g} is given, but the track has times of its own; leave dt empty"
        )
    if track.timestamps is not None:
        stamps = track.timestamps.astype("datetime64[ns]")
        _check_present(np.isnat(stamps))
        return (stamps - stamps.min()).astype(np.int64) / 1e9, stamps
    if track.times is not None:
        times = np.asarray(track.times, dtype=np.float64)
        _check_present(~np.isfinite(times))
        return times, None
    return np.arange(len(track.positions), dtype=np.float64) * (request.dt or 1.0), None


def _check_present(is_missing: Flags) -> None:
    if is_missing.any():
        row = int(np.argmax(is_missing)) + 1
        raise _refused(f"{int(is_missing.sum())} times are missing, the first in row {row}; give every position a time")


def _check_increasing(times: Array, order: NDArray[np.intp]) -> None:
    """Refuse times that occur twice, naming the rows as they were given (from 1)."""
    steps = np.diff(times)
    if not steps.size:
        return
    same = np.flatnonzero(steps <= 0)
    if same.size:
        first, second = sorted(order[same[0] : same[0] + 2] + 1)
        raise _refused(
            f"rows {first} and {second} have the same time ({times[same[0]]:g} s), as have {same.size} pairs in all; "
            "keep one position per time"
        )
    if steps.min() < MIN_STEP_S or times[-1] - times[0] > MAX_SPAN_S:
        raise _refused(f"times are {steps.min():g} to {times[-1] - times[0]:g} s apart; give them in seconds")


def _check_magnitude(positions: Array) -> None:
    if np.isinf(positions).any():
        row = int(np.argmax(np.isinf(positions).any(axis=1))) + 1
        raise _refused(f"row {row} contains infinity; replace it by a number or leave it empty")
    sizes = np.abs(positions[np.isfinite(positions)])
    size = float(sizes.max()) if sizes.size else 0.0
    if size > LARGEST or 0 < size < SMALLEST:
        raise _refused(f"the largest coordinate is {size:.3g} in size; rescale the positions to ordinary units")


def _describe_missing(positions: Array, is_seen: Flags) -> list[str]:
    missing = int(np.sum(~is_seen))
    if not missing:
        return []
    partly = int(np.sum(~is_seen & ~np.isnan(positions).all(axis=1)))
    half = f" {partly} of them lack only some coordinates, and the others are not used." if partly else ""
    return [f"{missing} of {is_seen.size} positions are missing; the smoother bridges them.{half}"]


def _refused(message: str) -> RequestError:
    return RequestError.at("track", msg=message)
