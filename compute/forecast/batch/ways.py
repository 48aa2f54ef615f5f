"""How a model is fitted to many series: a table of kinds that have a way of their own; the others go one by one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.linalg import LinAlgError
from numpy.typing import NDArray

from compute.forecast.arima import Arima
from compute.forecast.batch.plan import ENOUGH_TO_POOL, BatchPlan
from compute.forecast.fitting import fit_model, orders_of
from compute.forecast.options import Bootstrap
from compute.forecast.prediction import Fit, SimulatedPrediction
from compute.forecast.progress import portion
from compute.forecast.recurrent import Gru, Lstm
from compute.forecast.request import Model
from compute.forecast.result import FittedModel
from compute.forecast.sarima.orders import Orders
from compute.forecast.setting import Setting
from compute.job import Report
from compute.schema import RequestError

if TYPE_CHECKING:
    from compute.forecast.sarima.many import ManyFits

Array = NDArray[np.float64]

NOTHING: Array = np.zeros(0)
UNSETTLED = ("The search for the best coefficients did not settle; the model may be too large for this series.",)
NUMERICAL = (ArithmeticError, LinAlgError)
"""What a computation may end with on a series nobody thought of; it is that series' end and no other's."""


@dataclass(frozen=True)
class Subjects:
    """Series to be fitted.

    Attributes
    ----------
    values : (n_i,) each, NaN where missing
    seasons : steps in a season of each
    starts : (k,) coefficients to begin from, None where nothing is known
    """

    values: Sequence[Array]
    seasons: Sequence[int]
    starts: Sequence[Array | None]

    def __len__(self) -> int:
        return len(self.values)

    def chosen(self, places: Sequence[int]) -> "Subjects":
        """Return those at the given places."""
        return Subjects(
            [self.values[i] for i in places], [self.seasons[i] for i in places], [self.starts[i] for i in places]
        )


Fitted = Fit | str
"""A fit, or why there is none."""


@dataclass(frozen=True)
class Way:
    """How many series are fitted at once.

    Attributes
    ----------
    chunk : series in a chunk; None where all must be seen together
    is_quick : whether fitting anew at every origin costs less than applying one fit to all of them
    """

    fit: Callable[[Model, Subjects, Report, Setting], list[Fitted]]
    chunk: int | None
    is_quick: bool = False


def way_of(plan: BatchPlan) -> Way:
    """Return how the model of a plan is fitted to its series.

    Few series, and intervals from resampled residuals, get the careful fits that single forecasts get.
    """
    way = WAYS.get(plan.model.kind, ONE_BY_ONE)
    is_careful = plan.n_series < ENOUGH_TO_POOL or plan.intervals == "bootstrap"
    return ONE_BY_ONE if way.is_quick and is_careful else way


def fit_one_by_one(model: Model, subjects: Subjects, report: Report, setting: Setting) -> list[Fitted]:
    """Return what fitting each series alone ends with."""
    return [
        fit_one(model, values, season, start, portion(report, i / len(subjects), (i + 1) / len(subjects)), setting)
        for i, (values, season, start) in enumerate(
            zip(subjects.values, subjects.seasons, subjects.starts, strict=True)
        )
    ]


def fit_one(model: Model, values: Array, season: int, start: Array | None, report: Report, setting: Setting) -> Fitted:
    """Return the fit of one series, or why there is none."""
    report(0.0, "Fitting")
    try:
        return fit_model(model, values, season, report, start, setting)
    except RequestError as error:
        return str(error)
    except NUMERICAL as error:
        return describe_failure(error)


def describe_failure(error: BaseException) -> str:
    """Return why a series failed where a computation broke off."""
    return f"the computation broke off ({type(error).__name__}: {error}); try another model for this series"


def fit_arimas(model: Model, subjects: Subjects, report: Report, setting: Setting) -> list[Fitted]:
    """Return fits of complete series by loops compiled from end to end, a season length at a time; others alone.

    Such a fit is made for its forecast: it has no fitted values, no residuals, no standard errors. Its deviation does
    not count what is unknown of the estimates, which calibrated intervals learn from held-out errors.
    """
    from compute.forecast.sarima.many import fit_many  # compiles when first imported

    assert isinstance(model, Arima), "the table names no other"
    found: dict[int, Fitted] = {}
    together: dict[int, list[int]] = {}
    for i, values in enumerate(subjects.values):
        if not np.isnan(values).any():
            together.setdefault(subjects.seasons[i], []).append(i)
    done = 0
    for season, places in together.items():
        part = portion(report, done / len(subjects), (done + len(places)) / len(subjects))
        done += len(places)
        try:
            orders = orders_of(model, season)
        except RequestError as error:
            found |= dict.fromkeys(places, str(error))
            continue
        fits = fit_many(orders, [subjects.values[i] for i in places], setting.horizon, part)
        for row, i in enumerate(places):
            if np.isfinite(fits.forecast[row]).all() and np.isfinite(fits.deviation[row]).all():
                found[i] = _as_fit(orders, fits, row)
    for i in set(range(len(subjects))) - set(found):  # missing, flat, too short: told apart by the careful way
        found[i] = fit_one(
            model,
            subjects.values[i],
            subjects.seasons[i],
            subjects.starts[i],
            portion(report, done / len(subjects), 1.0),
            setting,
        )
    return [found[i] for i in range(len(subjects))]


def fit_networks(model: Model, subjects: Subjects, report: Report, setting: Setting) -> list[Fitted]:
    """Return fits of one network per season length, which learns from all its series; ragged ends are fitted alone."""
    from compute.forecast.neural import fit_many  # loads PyTorch, seconds that other models need not wait

    assert isinstance(model, Lstm | Gru), "the table names no other"
    found: dict[int, Fitted] = {}
    together: dict[int, list[int]] = {}
    for i, values in enumerate(subjects.values):
        if np.isnan(values[[0, -1]]).any():
            found[i] = fit_one(model, values, subjects.seasons[i], subjects.starts[i], report, setting)
        else:
            together.setdefault(subjects.seasons[i], []).append(i)
    done = 0
    for season, places in together.items():
        part = portion(report, done / len(subjects), (done + len(places)) / len(subjects))
        found |= zip(places, fit_many(model, [subjects.values[i] for i in places], season, part, setting), strict=True)
        done += len(places)
    return [found[i] for i in range(len(subjects))]


ONE_BY_ONE = Way(fit_one_by_one, chunk=32)
CONTINUED = frozenset({"arima"})
"""Kinds whose careful fits begin from coefficients that are known."""
WAYS: Mapping[str, Way] = {
    "arima": Way(fit_arimas, chunk=200, is_quick=True),
    "lstm": Way(fit_networks, chunk=None),
    "gru": Way(fit_networks, chunk=None),
}


def _as_fit(orders: Orders, fits: "ManyFits", row: int) -> Fit:
    """Return one row as a fit that knows its forecast, and nothing of the past."""
    mean, deviation = fits.forecast[row], fits.deviation[row]
    has_converged = bool(fits.has_converged[row])

    def predict(horizon: int) -> SimulatedPrediction:
        def simulate(n_paths: int, rng: np.random.Generator, bootstrap: Bootstrap = "iid") -> Array:
            return np.asarray(rng.standard_normal((n_paths, horizon)) * deviation[:horizon])

        return SimulatedPrediction(mean[:horizon], deviation[:horizon], simulate)

    return Fit(
        summary=FittedModel(kind="arima", description=orders.description, parameters={}, converged=has_converged),
        fitted=NOTHING,
        residuals=NOTHING,
        errors=NOTHING,
        sigma=float(fits.sigma[row]),
        n_coefficients=orders.n_coefficients,
        coefficients=fits.coefficients[row],
        predict=predict,
        notes=() if has_converged else UNSETTLED,
    )
