"""One chunk of a batch: prepared, fitted, rehearsed and forecast. Knows nothing of the other chunks."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from compute.forecast.batch.plan import BatchPlan, Chunk, SeriesOutcome, Start
from compute.forecast.batch.rehearsal import Rehearsed, measure_series, rehearse_batch
from compute.forecast.batch.subjects import NUMERICAL, Fitted, Subjects, describe_failure
from compute.forecast.batch.ways import way_of
from compute.forecast.conformal import UNCALIBRATED, Calibration, calibrate, describe
from compute.forecast.intervals import choose_method, make_bands
from compute.forecast.prediction import Fit
from compute.forecast.preparation import PreparedSeries, prepare_series
from compute.forecast.progress import portion
from compute.job import Report, ignore_progress
from compute.schema import RequestError
from compute.series import Series

Array = NDArray[np.float64]


def forecast_chunk(plan: BatchPlan, chunk: Chunk, report: Report) -> list[SeriesOutcome]:
    """Return what became of each series of the chunk, in its order; a series that fails is an outcome too."""
    prepared = [_prepare(plan, series) for series in chunk.series]
    usable = [(i, found) for i, found in enumerate(prepared) if isinstance(found, PreparedSeries)]
    starts = [chunk.starts.get(chunk.places[i]) for i, _ in usable]
    subjects = Subjects(
        [found.values for _, found in usable],
        [found.season_length for _, found in usable],
        [None if start is None else start.coefficients for start in starts],
    )
    share = 0.6 if plan.is_rehearsed else 0.95
    fits = way_of(plan).fit(plan.model, subjects, portion(report, 0.0, share), plan.setting) if usable else []
    rehearsed: Sequence[Rehearsed | None] = [None] * len(usable)
    if plan.is_rehearsed and usable:
        rehearsed = rehearse_batch(plan, subjects, fits, portion(report, share, 0.95))
    done: dict[int, SeriesOutcome] = {}
    for (i, found), fit, past, start in zip(usable, fits, rehearsed, starts, strict=True):
        portion(report, 0.95, 1.0)(len(done) / len(usable), "Forecasting")
        done[i] = _finish(plan, chunk.places[i], chunk.series[i].name, found, fit, past, start)
    report(1.0, "Forecasting")
    return [
        done[i] if i in done else SeriesOutcome(chunk.places[i], chunk.series[i].name, reason=str(found))
        for i, found in enumerate(prepared)
    ]


def _prepare(plan: BatchPlan, series: Series) -> PreparedSeries | str:
    try:
        return prepare_series(plan, series)
    except RequestError as error:
        return str(error)


def _finish(
    plan: BatchPlan,
    place: int,
    name: str,
    prepared: PreparedSeries,
    fit: Fitted,
    past: Rehearsed | None,
    start: Start | None,
) -> SeriesOutcome:
    if not isinstance(fit, Fit):
        return SeriesOutcome(place, name, reason=fit)
    try:
        mean, offsets, reasons = _forecast(plan, prepared, fit, past)
    except RequestError as error:
        return SeriesOutcome(place, name, reason=str(error))
    except NUMERICAL as error:
        return SeriesOutcome(place, name, reason=describe_failure(error))
    if not (np.isfinite(mean).all() and np.isfinite(offsets).all()):
        reason = f"the forecast outgrows every number before step {mean.size}; shorten the horizon"
        return SeriesOutcome(place, name, reason=reason)
    return SeriesOutcome(
        place=place,
        name=name,
        future=prepared.future,
        mean=mean,
        offsets=offsets,
        windows=past.windows if past is not None else np.zeros((0, plan.horizon)),
        accuracy=measure_series(past) if past is not None and plan.accuracy else None,
        description=fit.summary.description,
        season_length=prepared.season_length,
        frequency=prepared.frequency.iso if prepared.frequency else None,
        notes=(*prepared.notes, *fit.notes, *reasons),
        coefficients=fit.coefficients,
        estimates="fitted" if start is None else "continued",
    )


def _forecast(
    plan: BatchPlan, prepared: PreparedSeries, fit: Fit, past: Rehearsed | None
) -> tuple[Array, Array, tuple[str, ...]]:
    """Return the mean, (horizon,), limits less the mean, (levels, 2, horizon), and what to know of the intervals."""
    prediction = fit.predict(plan.horizon)
    method, reasons = choose_method(plan.intervals, fit.errors, fit.sigma)
    calibration = _own_calibration(plan, prepared.values, past)
    rng = np.random.default_rng([plan.seed, crc32(prepared.values.tobytes())])  # of the series, not of its place
    bands = make_bands(
        method,
        prediction,
        fit.sigma,
        fit.errors,
        plan.levels,
        plan.n_bootstrap,
        rng,
        ignore_progress,
        calibration,
        plan.bootstrap,
    )
    offsets = np.array([[band.lower - prediction.mean, band.upper - prediction.mean] for band in bands])
    if bands and calibration is not UNCALIBRATED and fit.sigma > 0:
        reasons = (*reasons, describe(calibration))
    return prediction.mean, offsets.reshape(len(bands), 2, plan.horizon), reasons


def _own_calibration(plan: BatchPlan, values: Array, past: Rehearsed | None) -> Calibration:
    if past is None or plan.is_pooled or not plan.is_calibrated:
        return UNCALIBRATED
    return calibrate(list(past.windows), int(np.count_nonzero(~np.isnan(values))), plan.model.kind)
