"""The front door of forecasting: from a request and a series to everything that is told about its future."""

import numpy as np

from compute.forecast.accuracy import Candidate, measure_accuracy
from compute.forecast.answer import Findings, write_result
from compute.forecast.diagnostics import diagnose
from compute.forecast.fitting import fit_model
from compute.forecast.intervals import choose_method, make_bands
from compute.forecast.preparation import prepare_series
from compute.forecast.progress import portion, rising
from compute.forecast.request import ForecastRequest
from compute.forecast.result import ForecastResult
from compute.job import Report
from compute.series import Series


def forecast(request: ForecastRequest, series: Series, report: Report) -> ForecastResult:
    """Return the forecast of `series` that `request` asks for, with intervals, accuracy and diagnostics.

    Raises RequestError, at the field that would help, where the series cannot be forecast so.
    """
    report = rising(report)
    report(0.0, "Preparing the series")
    prepared = prepare_series(request, series)
    values, m = prepared.values, prepared.season_length
    fit = fit_model(request.model, values, m, portion(report, 0.02, 0.5))
    prediction = fit.predict(request.horizon)
    method, reasons = choose_method(request.intervals, fit.errors, fit.sigma)
    candidate = Candidate(request.model, method, fit.coefficients)
    rehearsal, accuracy, baseline = measure_accuracy(request, candidate, values, m, portion(report, 0.5, 0.9))
    bands = make_bands(
        method,
        prediction,
        fit.sigma,
        fit.errors,
        request.levels,
        request.n_bootstrap,
        np.random.default_rng(request.seed),
        portion(report, 0.9, 0.97),
        rehearsal.calibration,
    )
    report(0.97, "Examining the residuals")
    diagnostics = diagnose(fit.residuals, m, fit.n_coefficients)
    findings = Findings(
        fit,
        prediction,
        request.intervals,
        method,
        bands,
        rehearsal.calibration,
        accuracy,
        baseline,
        diagnostics,
        reasons,
    )
    result = write_result(series.name, prepared, findings)
    report(1.0, "Done")
    return result
