"""The front door of forecasting: from a request and a series to everything that is told about its future."""

from collections.abc import Sequence
from dataclasses import replace

from compute.forecast.accuracy import measure_accuracy, plan_folds
from compute.forecast.alignment import align_regressors, end_with_values
from compute.forecast.answer import Findings, write_result
from compute.forecast.cleaning import Cleaning, clean_history
from compute.forecast.diagnostics import diagnose
from compute.forecast.keeping import KeptNetworks, Store
from compute.forecast.outlook import Subject, look_ahead
from compute.forecast.preparation import prepare_series
from compute.forecast.progress import portion, rising
from compute.forecast.request import ForecastRequest
from compute.forecast.result import ForecastResult
from compute.job import Report
from compute.series import Series

LONG = 500  # values, from which estimates hardly change from fold to fold: the folds share one, a third of the time


def forecast(
    request: ForecastRequest,
    series: Series,
    report: Report,
    device: str = "cpu",
    regressors: Sequence[Series] = (),
    store: Store | None = None,
) -> ForecastResult:
    """Return the forecast of `series` that `request` asks for, with intervals, accuracy and diagnostics.

    `regressors` are the values of the request's regressors; networks are kept in `store` and found there again.

    Raises RequestError, at the field that would help, where the series cannot be forecast so.
    """
    report = rising(report)
    report(0.0, "Preparing the series")
    series = end_with_values(request, series)
    prepared = prepare_series(request, series)
    aligned = align_regressors(request, series, regressors, prepared)
    cleaning: Cleaning | None = None
    remarks: tuple[str, ...] = ()
    if request.clean_outliers:
        cleaning, remarks = clean_history(prepared, portion(report, 0.01, 0.1), request.model, aligned)
    values, m = cleaning.cleaned if cleaning else prepared.values, prepared.season_length
    plan = replace(plan_folds(values.size, request.horizon), is_refitted=values.size < LONG)
    networks = KeptNetworks(store) if store else None
    subject = Subject(values, m, plan, device, aligned, cleaning, networks)
    outlook = look_ahead(request, request.model, subject, portion(report, 0.1, 0.95))
    accuracy, baseline = measure_accuracy(request, outlook.rehearsal, values, m, plan, cleaning)
    report(0.97, "Examining the residuals")
    diagnostics = diagnose(outlook.fit.residuals, m, outlook.fit.n_coefficients)
    findings = Findings(
        outlook, request.intervals, accuracy, baseline, diagnostics, cleaning, aligned, remarks, networks
    )
    result = write_result(series.name, prepared, findings)
    report(1.0, "Done")
    return result
