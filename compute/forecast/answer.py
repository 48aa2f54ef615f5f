"""Writes what was computed as a result: tuples for arrays, None for what is not there, times in UTC."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from compute.forecast.conformal import Calibration, describe
from compute.forecast.distribution import Band
from compute.forecast.intervals import Method, Wanted
from compute.forecast.prediction import AnyPrediction, Fit
from compute.forecast.preparation import PreparedSeries
from compute.forecast.result import Accuracy, Diagnostics, ForecastResult, Interval, IntervalCalibration, Values
from compute.schema import RequestError
from compute.timeindex import Times


@dataclass(frozen=True)
class Findings:
    """Everything that was computed about one series."""

    fit: Fit
    prediction: AnyPrediction
    wanted: Wanted
    method: Method
    bands: Sequence[Band]
    calibration: Calibration
    accuracy: Accuracy
    baseline: Accuracy
    diagnostics: Diagnostics
    remarks: tuple[str, ...]


def write_result(name: str, prepared: PreparedSeries, findings: Findings) -> ForecastResult:
    """Return the result; RequestError where the forecast leaves the range of numbers."""
    fit, mean = findings.fit, findings.prediction.mean
    limits = [limit for band in findings.bands for limit in (band.lower, band.upper)]
    if not all(np.isfinite(path).all() for path in (mean, *limits)):
        raise RequestError.at(
            "horizon", msg=f"the forecast outgrows every number before step {mean.size}; shorten the horizon"
        )
    return ForecastResult(
        name=name,
        season_length=prepared.season_length,
        frequency=prepared.frequency.iso if prepared.frequency else None,
        history_timestamps=_instants(prepared.timestamps),
        history=_optional(prepared.values),
        timestamps=_instants(prepared.future),
        mean=tuple(mean.tolist()),
        intervals=tuple(
            Interval(level=band.level, lower=tuple(band.lower.tolist()), upper=tuple(band.upper.tolist()))
            for band in findings.bands
        ),
        intervals_method=_method(findings),
        calibration=_calibration(findings),
        fitted=_optional(fit.fitted),
        residuals=_optional(fit.residuals),
        model=fit.summary,
        accuracy=findings.accuracy,
        baseline={"seasonal_naive": findings.baseline},
        diagnostics=findings.diagnostics,
        notes=(*prepared.notes, *fit.notes, *findings.remarks, *_describe_calibration(findings)),
    )


def _method(findings: Findings) -> str:
    if not findings.bands:
        return "none"
    return "conformal" if findings.wanted == "conformal" else findings.method


def _calibration(findings: Findings) -> IntervalCalibration | None:
    calibration = findings.calibration
    if not findings.bands or not np.isfinite(calibration.degrees):
        return None
    return IntervalCalibration(factor=calibration.scale, degrees=calibration.degrees, windows=calibration.windows)


def _describe_calibration(findings: Findings) -> tuple[str, ...]:
    return (describe(findings.calibration),) if _calibration(findings) and findings.fit.sigma > 0 else ()


def _optional(values: NDArray[np.float64]) -> Values:
    return tuple(value if value == value else None for value in values.tolist())


def _instants(times: Times | None) -> tuple[datetime, ...] | None:
    if times is None:
        return None
    return tuple(time.replace(tzinfo=UTC) for time in times.astype("datetime64[us]").tolist())
