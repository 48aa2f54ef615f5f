"""Exponential smoothing fitted to one series: the forms that are tried, the one that is taken, what is told of it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from compute.forecast.counts import too_few
from compute.forecast.ets import Ets
from compute.forecast.prediction import Fit
from compute.forecast.result import FittedModel
from compute.forecast.smoothing.average import average_fits
from compute.forecast.smoothing.decomposition import Decomposition, decompose
from compute.forecast.smoothing.estimation import MANY, Estimate, estimate, one_step_errors, one_step_forecasts
from compute.forecast.smoothing.forms import ADDITIVE, LARGEST, MULTIPLICATIVE, NONE, Form, list_forms
from compute.forecast.smoothing.prediction import Origin
from compute.job import Report
from compute.schema import RequestError

Array = NDArray[np.float64]

MAX_SEASON = 400  # steps: to estimate this many seasonal states takes a second for each form
BIASED = 2.5  # standard errors: a form whose errors keep such a mean misses a trend, or has one that is not there
WILD = 1 / 3  # of the forecast: wider Gaussian errors turn values negative, and their variance explodes within a season
LEAST_WEIGHT = 0.01  # below it a form costs more time than it changes
EXACT = 1e-9  # of a series' size: smaller errors are rounding
SHORTEST = Form(ADDITIVE, NONE, False, NONE)


def fit_ets(model: Ets, values: Array, season_length: int, report: Report) -> Fit:
    """Return the form of exponential smoothing that the criterion chooses for `values`, (n,), NaN where missing.

    Forms need at least three values more than they have parameters, so that every criterion is defined. Those whose
    errors keep a mean, or are wildly relative, are left out unless all are. A series too short for any is continued by
    its last value.

    Raises RequestError when the request insists on what the series does not allow.
    """
    is_seen = ~np.isnan(values)
    observed = values[is_seen]
    is_positive = bool(observed.min() > 0)
    _check_signs(model, float(observed.min()))
    _check_season(model, season_length)
    scale = float(np.mean(np.abs(observed))) or 1.0
    scaled = np.where(is_seen, values, 0.0) / scale
    m = season_length if season_length <= MAX_SEASON else 1
    forms = list(list_forms(model, m, is_positive))
    usable = [form for form in forms if observed.size >= form.size + 3]
    notes: tuple[str, ...] = ()
    if season_length > m and model.season == "auto":
        notes = (
            f"A season of {season_length} steps is longer than the {MAX_SEASON} that exponential smoothing follows: "
            "it was left out.",
        )
    if not usable:
        return _shortest_fit(model, forms[0], values, scale)
    is_constant = float(np.ptp(observed)) <= EXACT * scale
    if is_constant and model.error != "mul" and model.trend != "add" and model.season in ("auto", "none"):
        return _Run(SHORTEST, np.array([LARGEST, scaled[0]]), scale, 0.0, None, True).over(values)
    estimates = _estimate_all(usable, scaled, is_seen, report)
    if not estimates:
        raise RequestError.at(
            "model",
            msg=f"{usable[0].description} has no likelihood on this series; leave the components on auto",
        )
    chosen, weights = _weigh(model, estimates, observed.size)
    fits = [_complete(estimate, values, scaled, is_seen, scale) for estimate in chosen]
    return replace(average_fits(fits, weights) if len(fits) > 1 else fits[0], notes=notes)


def _estimate_all(forms: list[Form], scaled: Array, is_seen: NDArray[np.bool_], report: Report) -> list[Estimate]:
    """Return the estimates of the forms that have a likelihood.

    Of long series with long seasons, trends are tried only with the error and season that are best without one.
    """
    search = _Search(scaled, is_seen, report, len(forms))
    is_costly = [bool(form.season) and scaled.size * form.size >= MANY for form in forms]
    later = [form for form, costly in zip(forms, is_costly, strict=True) if costly and form.trend]
    plain = [form for form in forms if form not in later]
    estimates = search.estimate_all(plain)
    costly = [found for found in estimates if found.form.season and found.form.size * scaled.size >= MANY]
    if costly:
        best = min(costly, key=lambda found: found.deviance).form
        later = [form for form in later if (form.error, form.season) == (best.error, best.season)]
    return estimates + search.estimate_all(later)


class _Search:
    """Estimates forms of one series, each kind of season decomposed once."""

    def __init__(self, scaled: Array, is_seen: NDArray[np.bool_], report: Report, total: int) -> None:
        self._scaled, self._is_seen, self._report, self._total = scaled, is_seen, report, total
        self._seasons: dict[int, Decomposition | None] = {NONE: None}
        self._done = 0

    def estimate_all(self, forms: list[Form]) -> list[Estimate]:
        found = [self._estimate(form) for form in forms]
        return [estimate for estimate in found if estimate is not None]

    def _estimate(self, form: Form) -> Estimate | None:
        self._report(self._done / self._total, f"Fitting {form.description}")
        self._done += 1
        if form.season not in self._seasons:
            shown = np.where(self._is_seen, self._scaled, np.nan)
            self._seasons[form.season] = decompose(shown, form.m, form.season == MULTIPLICATIVE)
        season = self._seasons[form.season]
        if form.season and season is None:
            return None
        return estimate(form, self._scaled, self._is_seen, season)


def _weigh(model: Ets, estimates: list[Estimate], n: int) -> tuple[list[Estimate], Array]:
    """Return the estimates to forecast with, the best first, and their weights.

    Weights are `exp(-difference / 4)` of the criterion: half the exponent of Akaike's, as forms fitted to the same few
    values differ by chance; on samples of M3 and M4 anything from a half to a sixteenth does as well within 2 %.
    """
    sound = [found for found in estimates if _is_sound(found)] or estimates
    scores = [_criterion(model.criterion, found.deviance, found.form.size + 1, n) for found in sound]
    order = np.argsort(scores, kind="stable")
    weights = np.exp(-(np.array(scores)[order] - min(scores)) / 4)
    kept = 1 if model.choice == "best" else max(1, int(np.sum(weights / weights.sum() >= LEAST_WEIGHT)))
    return [sound[i] for i in order[:kept]], weights[:kept] / weights[:kept].sum()


def _is_sound(found: Estimate) -> bool:
    """Return whether errors keep no mean and, where they are relative, leave values above 0 and variances finite."""
    is_wild = found.form.error == MULTIPLICATIVE and found.spread > WILD
    return abs(found.bias) < BIASED and not is_wild


def _criterion(name: str, deviance: float, k: int, n: int) -> float:
    """Return the information criterion of k parameters, the variance among them, on n values."""
    if name == "bic":
        return deviance + k * float(np.log(n))
    aic = deviance + 2 * k
    return aic if name == "aic" else aic + 2 * k * (k + 1) / (n - k - 1)


def _complete(best: Estimate, values: Array, scaled: Array, is_seen: NDArray[np.bool_], scale: float) -> Fit:
    n = int(is_seen.sum())
    run = _Run(best.form, best.parameters, scale, np.nan, best.deviance, best.has_converged)
    errors = one_step_errors(best.form, best.parameters, scaled, is_seen)
    sigma = float(np.sqrt(np.sum(errors**2) / (n - best.form.size)))
    return replace(run, sigma=sigma if sigma > EXACT else 0.0).over(values)


def _shortest_fit(model: Ets, form: Form, values: Array, scale: float) -> Fit:
    """Return the last value as the forecast of a series that is too short to estimate anything."""
    n = int(np.count_nonzero(~np.isnan(values)))
    if form.size > SHORTEST.size or form.error == MULTIPLICATIVE:
        raise RequestError.at(
            "model",
            msg=f"{form.description} needs at least {form.size + 3} observed values and this series has {n}; "
            "leave its components on auto, or choose the naive model",
        )
    observed = values[~np.isnan(values)] / scale
    sigma = float(np.sqrt(np.mean(np.diff(observed) ** 2))) if n > 1 else np.nan
    fit = _Run(SHORTEST, np.array([LARGEST, observed[0]]), scale, sigma, None, True).over(values)
    note = f"{too_few(n)} to choose a form of exponential smoothing: the last one is carried on."
    return replace(fit, notes=(note,), errors=np.diff(observed) * scale)


@dataclass(frozen=True)
class _Run:
    """An estimate to be run over a series: its own, or the same with more values behind it."""

    form: Form
    parameters: Array
    scale: float
    sigma: float
    deviance: float | None
    has_converged: bool

    def origin(self, values: Array) -> Origin:
        """Return the origin at the end of `values`, (n,), NaN where missing."""
        is_seen = ~np.isnan(values)
        scaled = np.where(is_seen, values, 0.0) / self.scale
        errors = one_step_errors(self.form, self.parameters, scaled, is_seen)
        return Origin(self.form, self.parameters, scaled, is_seen, self.scale, self.sigma, errors)

    def over(self, values: Array) -> Fit:
        """Return the fit to `values`, (n,), NaN where missing."""
        origin = self.origin(values)
        ahead = np.append(origin.scaled, 0.0), np.append(origin.seen, False)
        mu = one_step_forecasts(self.form, self.parameters, *ahead)
        fitted = mu[:-1] * self.scale
        unit = self.scale * (abs(mu[-1]) if self.form.error == MULTIPLICATIVE else 1.0)
        return Fit(
            summary=self._summarise(int(origin.seen.sum()), self.sigma * unit),
            fitted=fitted,
            residuals=values - fitted,
            errors=origin.errors * unit,
            sigma=self.sigma * unit,
            n_coefficients=self.form.n_smoothing,
            coefficients=np.zeros(0),
            predict=origin.predict,
            extend=self.over,
        )

    def _summarise(self, n: int, sigma: float) -> FittedModel:
        parameters: dict[str, float | None] = dict(self.form.smoothing(self.parameters))
        states = self.parameters[self.form.n_smoothing :] * self.scale
        parameters["level"] = float(states[0])
        if self.form.trend:
            parameters["slope"] = float(states[1])
        summary = FittedModel(
            kind="ets",
            description=self.form.description,
            parameters=parameters,
            sigma2=sigma**2 if np.isfinite(sigma) else None,
            converged=self.has_converged,
        )
        if self.deviance is None:
            return summary
        k = self.form.size + 1
        constant = n * (1 + float(np.log(2 * np.pi / n)) + 2 * float(np.log(self.scale)))
        deviance = self.deviance + constant
        return summary.model_copy(
            update={
                "log_likelihood": float(-deviance / 2),
                **{name: _criterion(name, deviance, k, n) for name in ("aic", "aicc", "bic")},
            }
        )


def _check_signs(model: Ets, least: float) -> None:
    for name in ("error", "season"):
        if getattr(model, name) == "mul" and least <= 0:
            raise RequestError.at(
                "model",
                name,
                msg=f"a multiplicative {name} needs values above 0, and the smallest is {least:g}; choose add or auto",
            )
    if model.error == "add" and model.season == "mul":
        raise RequestError.at(
            "model",
            "error",
            msg="additive errors beside a multiplicative season have no finite variance; set error to mul or auto",
        )


def _check_season(model: Ets, m: int) -> None:
    if model.season not in ("add", "mul"):
        return
    if m == 1:
        raise RequestError.at(
            "season_length",
            msg=f"season {model.season!r} needs a season, and neither times nor values tell one; set season_length "
            "(12 for months), or the season to none",
        )
    if m > MAX_SEASON:
        raise RequestError.at(
            "season_length",
            msg=f"a season of {m} steps is longer than the {MAX_SEASON} that exponential smoothing follows; "
            "set the season to none, or shorten it",
        )
