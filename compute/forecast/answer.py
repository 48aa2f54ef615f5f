"""Writes what was computed as a result: tuples for arrays, None for what is not there, times in UTC."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from compute.forecast.anomalies import find_anomalies
from compute.forecast.cleaning import Cleaning, write_replacements
from compute.forecast.conformal import describe
from compute.forecast.distribution import Band
from compute.forecast.keeping import KeptNetworks
from compute.forecast.options import Wanted
from compute.forecast.outlook import Outlook
from compute.forecast.preparation import PreparedSeries
from compute.forecast.regressors import NO_REGRESSORS, Regressors
from compute.forecast.result import (
    Accuracy,
    Diagnostics,
    ForecastResult,
    Interval,
    IntervalCalibration,
    NetworkCache,
    RegressorPath,
    Values,
)
from compute.schema import RequestError
from compute.timeindex import Times


@dataclass(frozen=True)
class Findings:
    """Everything that was computed about one series."""

    outlook: Outlook
    wanted: Wanted
    accuracy: Accuracy
    baseline: Accuracy
    diagnostics: Diagnostics
    cleaning: Cleaning | None = None
    regressors: Regressors = NO_REGRESSORS
    notes: tuple[str, ...] = ()
    networks: KeptNetworks | None = None


def write_result(name: str, prepared: PreparedSeries, findings: Findings) -> ForecastResult:
    """Return the result; RequestError where the forecast leaves the range of numbers."""
    outlook = findings.outlook
    fit, mean = outlook.fit, outlook.prediction.mean
    check_range(outlook)
    level = max((band.level for band in outlook.bands), default=None)
    return ForecastResult(
        name=name,
        season_length=prepared.season_length,
        frequency=prepared.frequency.iso if prepared.frequency else None,
        history_timestamps=instants(prepared.timestamps),
        history=optional(prepared.values),
        timestamps=instants(prepared.future),
        mean=tuple(mean.tolist()),
        intervals=write_bands(outlook.bands),
        intervals_method=name_method(findings.wanted, outlook),
        calibration=write_calibration(outlook),
        fitted=optional(fit.fitted),
        residuals=optional(fit.residuals),
        model=fit.summary,
        accuracy=findings.accuracy,
        baseline={"seasonal_naive": findings.baseline},
        diagnostics=findings.diagnostics,
        regressors=_write_regressors(findings.regressors, prepared.values.size),
        replaced=write_replacements(findings.cleaning, prepared) if findings.cleaning else (),
        anomalies=find_anomalies(prepared, fit, level),
        networks=_count_networks(findings.networks),
        notes=(*prepared.notes, *findings.notes, *fit.notes, *outlook.reasons, *describe_width(outlook)),
    )


def _count_networks(kept: KeptNetworks | None) -> NetworkCache | None:
    if kept is None or not kept.remembered + kept.trained:
        return None
    return NetworkCache(remembered=kept.remembered, trained=kept.trained)


def check_range(outlook: Outlook) -> None:
    """Raise RequestError where the forecast leaves the range of numbers."""
    mean = outlook.prediction.mean
    limits = [limit for band in outlook.bands for limit in (band.lower, band.upper)]
    if not all(np.isfinite(path).all() for path in (mean, *limits)):
        raise RequestError.at(
            "horizon", msg=f"the forecast outgrows every number before step {mean.size}; shorten the horizon"
        )


def _write_regressors(regressors: Regressors, n: int) -> tuple[RegressorPath, ...]:
    return tuple(
        RegressorPath(name=name, past=optional(row[:n]), future=optional(row[n:]))
        for name, row in zip(regressors.names, regressors.known, strict=True)
    )


def write_bands(bands: Sequence[Band]) -> tuple[Interval, ...]:
    """Return the bands as intervals."""
    return tuple(
        Interval(level=band.level, lower=tuple(band.lower.tolist()), upper=tuple(band.upper.tolist())) for band in bands
    )


def name_method(wanted: Wanted, outlook: Outlook) -> str:
    """Return the kind of intervals that the forecast has."""
    if not outlook.bands:
        return "none"
    return "conformal" if wanted == "conformal" else outlook.method


def write_calibration(outlook: Outlook) -> IntervalCalibration | None:
    """Return by how much the intervals were changed, None where they are the model's own or there are none."""
    calibration = outlook.rehearsal.calibration
    if not outlook.bands or not np.isfinite(calibration.degrees):
        return None
    return IntervalCalibration(factor=calibration.spread, degrees=calibration.degrees, windows=calibration.windows)


def describe_width(outlook: Outlook) -> tuple[str, ...]:
    """Return a sentence on the width of the intervals where held-out errors changed it."""
    if write_calibration(outlook) is None or outlook.fit.sigma == 0:
        return ()
    return (describe(outlook.rehearsal.calibration),)


def optional(values: NDArray[np.float64]) -> Values:
    """Return the values with None where there is none."""
    return tuple(value if value == value else None for value in values.tolist())


def instants(times: Times | None) -> tuple[datetime, ...] | None:
    """Return the times in UTC."""
    if times is None:
        return None
    return tuple(time.replace(tzinfo=UTC) for time in times.astype("datetime64[us]").tolist())
