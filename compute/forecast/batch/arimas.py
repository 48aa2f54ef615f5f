"""One ARIMA for many series, by compiled loops or on a device: fits made for their forecasts."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from compute.device import choose_device
from compute.forecast.arima import Arima
from compute.forecast.auto_arima import AutoArima
from compute.forecast.batch.subjects import Fitted, Fitting, Subjects, fit_one_by_one
from compute.forecast.fitting import orders_of
from compute.forecast.options import Bootstrap
from compute.forecast.prediction import Fit, SimulatedPrediction
from compute.forecast.progress import portion
from compute.forecast.request import Model
from compute.forecast.result import FittedModel
from compute.forecast.sarima.many_fits import ManyFits
from compute.forecast.sarima.orders import Orders
from compute.forecast.setting import Setting
from compute.job import Report
from compute.schema import RequestError

if TYPE_CHECKING:
    from compute.forecast.selection.batched import AutoFit

Array = NDArray[np.float64]

NOTHING: Array = np.zeros(0)
UNSETTLED = ("The search for the best coefficients did not settle; the model may be too large for this series.",)

FitMany = Callable[[Orders, Sequence[Array], int, Report], ManyFits]


def fit_arimas(model: Model, subjects: Subjects, report: Report, setting: Setting) -> list[Fitted]:
    """Return fits of complete series by loops compiled from end to end, a season length at a time; others alone.

    Such a fit is made for its forecast: it has no fitted values, no residuals, no standard errors. Its deviation does
    not count what is unknown of the estimates, which calibrated intervals learn from held-out errors.
    """
    from compute.forecast.sarima.many import fit_many  # compiles when first imported

    found = _fit_together(model, subjects, portion(report, 0.0, 0.9), setting, fit_many)
    return _with_others(found, model, subjects, portion(report, 0.9, 1.0), setting, fit_one_by_one)


def fit_arimas_on_device(model: Model, subjects: Subjects, report: Report, setting: Setting) -> list[Fitted]:
    """Return the same of all complete series at once on a device; those not settled there, by compiled loops."""
    from compute.forecast.sarima.batched import fit_batch  # loads PyTorch

    fit = partial(fit_batch, device=choose_device(setting.device))
    found = _fit_together(model, subjects, portion(report, 0.0, 0.8), setting, fit)
    return _with_others(found, model, subjects, portion(report, 0.8, 1.0), setting, fit_arimas)


def fit_autos_on_device(model: Model, subjects: Subjects, report: Report, setting: Setting) -> list[Fitted]:
    """Return automatic ARIMA of all complete series at once on a device; what it leaves is fitted one by one.

    As above, such a fit knows its forecast alone, and its deviation does not count what is unknown of the estimates.
    """
    from compute.forecast.selection.batched import fit_auto_batch  # loads PyTorch

    assert isinstance(model, AutoArima), "the table names no other"
    found: dict[int, Fitted] = {}
    device = choose_device(setting.device)
    for season, places, part in _by_season(subjects, portion(report, 0.0, 0.8)):
        series = [subjects.values[i] for i in places]
        fits = fit_auto_batch(model, series, season, setting.horizon, part, device)
        found |= {i: _as_average(fit) for i, fit in zip(places, fits, strict=True) if fit is not None}
    return _with_others(found, model, subjects, portion(report, 0.8, 1.0), setting, fit_one_by_one)


def _with_others(
    found: dict[int, Fitted], model: Model, subjects: Subjects, report: Report, setting: Setting, fit: Fitting
) -> list[Fitted]:
    """Return what was found and, fitted another way, the others: missing, flat, too short, not settled."""
    others = [i for i in range(len(subjects)) if i not in found]
    if others:
        found = found | dict(zip(others, fit(model, subjects.chosen(others), report, setting), strict=True))
    return [found[i] for i in range(len(subjects))]


def _fit_together(
    model: Model, subjects: Subjects, report: Report, setting: Setting, fit: FitMany
) -> dict[int, Fitted]:
    """Return, by place, the fits of complete series, a season length at a time, where there are any."""
    assert isinstance(model, Arima), "the table names no other"
    found: dict[int, Fitted] = {}
    for season, places, part in _by_season(subjects, report):
        try:
            orders = orders_of(model, season)
        except RequestError as error:
            found |= dict.fromkeys(places, str(error))
            continue
        fits = fit(orders, [subjects.values[i] for i in places], setting.horizon, part)
        for row, i in enumerate(places):
            if np.isfinite(fits.forecast[row]).all() and np.isfinite(fits.deviation[row]).all():
                found[i] = _as_fit(orders, fits, row)
    return found


def _by_season(subjects: Subjects, report: Report) -> Iterator[tuple[int, list[int], Report]]:
    """Yield each season length with the places of its complete series and a part of the progress."""
    together: dict[int, list[int]] = {}
    for i, values in enumerate(subjects.values):
        if not np.isnan(values).any():
            together.setdefault(subjects.seasons[i], []).append(i)
    done = 0
    for season, places in together.items():
        yield season, places, portion(report, done / len(subjects), (done + len(places)) / len(subjects))
        done += len(places)


def _as_fit(orders: Orders, fits: ManyFits, row: int) -> Fit:
    """Return one row as a fit that knows its forecast, and nothing of the past."""
    has_converged = bool(fits.has_converged[row])
    return Fit(
        summary=FittedModel(kind="arima", description=orders.description, parameters={}, converged=has_converged),
        fitted=NOTHING,
        residuals=NOTHING,
        errors=NOTHING,
        sigma=float(fits.sigma[row]),
        n_coefficients=orders.n_coefficients,
        coefficients=fits.coefficients[row],
        predict=_as_prediction(fits.forecast[row], fits.deviation[row]),
        notes=() if has_converged else UNSETTLED,
    )


def _as_average(fit: "AutoFit") -> Fit:
    return Fit(
        summary=FittedModel(kind="auto_arima", description=fit.description, parameters={}),
        fitted=NOTHING,
        residuals=NOTHING,
        errors=NOTHING,
        sigma=fit.sigma,
        n_coefficients=0,
        coefficients=NOTHING,
        predict=_as_prediction(fit.mean, fit.deviation),
        notes=(fit.note,),
    )


def _as_prediction(mean: Array, deviation: Array) -> Callable[[int], SimulatedPrediction]:
    """Return what predicts up to as many steps as were forecast, with Gaussian errors."""

    def predict(horizon: int) -> SimulatedPrediction:
        def simulate(n_paths: int, rng: np.random.Generator, bootstrap: Bootstrap = "iid") -> Array:
            return np.asarray(rng.standard_normal((n_paths, horizon)) * deviation[:horizon])

        return SimulatedPrediction(mean[:horizon], deviation[:horizon], simulate)

    return predict
