"""The front door of exploring: from a series to its parts, periods, correlations, outliers and shifts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from compute.forecast.answer import instants, optional
from compute.forecast.diagnostics import autocorrelations, jarque_bera, partial_autocorrelations
from compute.forecast.exploration.decomposition import Parts, decompose, strength
from compute.forecast.exploration.outliers import Event
from compute.forecast.exploration.request import ExploreRequest
from compute.forecast.exploration.result import (
    Correlogram,
    Decomposition,
    ExploreResult,
    OneStep,
    Outlier,
    Period,
    QuantilePlot,
    Spectrum,
    Summary,
)
from compute.forecast.exploration.search import Search, begin_search, clean, is_searchable
from compute.forecast.exploration.spectrum import find_peaks, periodogram, thin
from compute.forecast.preparation import PreparedSeries, prepare_series
from compute.forecast.progress import portion, rising
from compute.job import Report
from compute.schema import RequestError
from compute.series import Series

Array = NDArray[np.float64]

MAX_LAGS = 100
MAX_QUANTILES = 500  # points of a quantile plot: more lie on top of each other


@dataclass(frozen=True)
class _Options:
    """What preparing a series asks of a request, without a forecast."""

    season_length: int | None
    horizon: int = 1
    levels: tuple[float, ...] = ()
    intervals: str = "none"
    n_bootstrap: int = 100
    seed: int = 0


def explore(request: ExploreRequest, series: Series, report: Report) -> ExploreResult:
    """Return the look at `series`; what a short or constant one does not show is None, with a note.

    Raises RequestError where the series cannot be used at all.
    """
    report = rising(report)
    report(0.0, "Preparing the series")
    prepared = prepare_series(_Options(request.season_length), series)  # type: ignore[arg-type]
    values = prepared.values
    observed = values[~np.isnan(values)]
    notes = list(prepared.notes)
    if not is_searchable(values):
        notes.append(f"{observed.size} values that do not vary or are so few show no structure: only the summary.")
        return _write(series.name, prepared, notes)
    filled = _fill(values)
    parts = decompose(filled, prepared.season_length, request.robust, portion(report, 0.02, 0.4))
    search = _search(prepared, request.confidence, portion(report, 0.4, 0.8), notes)
    events = search.events(report=portion(report, 0.8, 1.0)) if search is not None else ()
    report(1.0, "Done")
    return _write(series.name, prepared, notes, parts, search, events)


def _search(prepared: PreparedSeries, confidence: float, report: Report, notes: list[str]) -> Search | None:
    try:
        return begin_search(prepared.values, prepared.season_length, confidence, report)
    except RequestError as error:
        notes.append(f"No model could be fitted to look for outliers: {error}.")
        return None


def _write(
    name: str,
    prepared: PreparedSeries,
    notes: list[str],
    parts: Parts | None = None,
    search: Search | None = None,
    events: tuple[Event, ...] = (),
) -> ExploreResult:
    values = prepared.values
    return ExploreResult(
        name=name,
        season_length=prepared.season_length,
        frequency=prepared.frequency.iso if prepared.frequency else None,
        timestamps=instants(prepared.timestamps),
        values=optional(values),
        summary=_summarise(values),
        decomposition=None if parts is None else _decomposition(parts, values),
        spectrum=None if parts is None else _spectrum(_fill(values) - parts.trend),
        correlogram=None if parts is None else _correlogram(values),
        one_step=None if search is None else _one_step(search),
        quantiles=None if search is None else _quantiles(search.fit.residuals),
        outliers=tuple(_outlier(event, prepared) for event in events),
        cleaned=optional(clean(values, events)),
        notes=tuple(notes),
    )


def _fill(values: Array) -> Array:
    """Return the values with straight lines across what is missing, flat before the first and after the last."""
    known = np.flatnonzero(~np.isnan(values))
    return np.interp(np.arange(values.size), known, values[known])


def _summarise(values: Array) -> Summary:
    observed = values[~np.isnan(values)]
    return Summary(
        count=observed.size,
        missing=values.size - observed.size,
        mean=float(observed.mean()),
        standard_deviation=float(observed.std()),
        minimum=float(observed.min()),
        median=float(np.median(observed)),
        maximum=float(observed.max()),
    )


def _decomposition(parts: Parts, values: Array) -> Decomposition:
    has_season = bool(parts.seasonal.any())
    return Decomposition(
        trend=optional(parts.trend),
        seasonal=optional(parts.seasonal),
        remainder=optional(np.where(np.isnan(values), np.nan, parts.remainder)),
        trend_strength=strength(parts.trend, parts.remainder),
        seasonal_strength=strength(parts.seasonal, parts.remainder) if has_season else None,
    )


def _spectrum(detrended: Array) -> Spectrum:
    periods, shares = periodogram(detrended)
    peaks = find_peaks(periods, shares)
    shown_periods, shown_shares = thin(periods, shares)
    return Spectrum(
        periods=optional(shown_periods),
        shares=optional(shown_shares),
        peaks=tuple(Period(period=peak.period, share=peak.share, p_value=peak.p_value) for peak in peaks),
    )


def _correlogram(values: Array) -> Correlogram:
    n = int(np.count_nonzero(~np.isnan(values)))
    lags = max(1, min(n // 2, MAX_LAGS))
    acf = autocorrelations(values, lags)
    changes = np.diff(values)
    varies = bool(np.nanstd(changes) > 0) if np.isfinite(changes).any() else False
    return Correlogram(
        acf=optional(acf),
        pacf=optional(partial_autocorrelations(acf)),
        acf_of_changes=optional(autocorrelations(changes, lags)) if varies else (),
        confidence=float(1.959963984540054 / np.sqrt(n)),
    )


def _one_step(search: Search) -> OneStep:
    fit = search.fit
    half = search.critical() * fit.sigma
    return OneStep(
        description=fit.summary.description,
        fitted=optional(fit.fitted),
        lower=optional(fit.fitted - half),
        upper=optional(fit.fitted + half),
    )


def _quantiles(residuals: Array) -> QuantilePlot:
    """Return standardised residuals against the Gaussian at `(i - 1/2) / n`, thinned evenly where there are many."""
    ordered = np.sort(residuals[~np.isnan(residuals)])
    spread = float(ordered.std())
    scaled = (ordered - ordered.mean()) / (spread if spread > 0 else 1.0)
    theoretical = ndtri((np.arange(ordered.size) + 0.5) / max(ordered.size, 1))
    shown = np.unique(np.linspace(0, ordered.size - 1, min(ordered.size, MAX_QUANTILES)).astype(int))
    return QuantilePlot(
        theoretical=optional(theoretical[shown]), sample=optional(scaled[shown]), jarque_bera_p=jarque_bera(ordered)
    )


def _outlier(event: Event, prepared: PreparedSeries) -> Outlier:
    value = float(prepared.values[event.index])
    return Outlier(
        kind=event.kind,
        index=event.index,
        timestamp=prepared.instant(event.index),
        value=value if np.isfinite(value) else None,
        size=event.size,
        score=event.score,
    )
