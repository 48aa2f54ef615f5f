"""Exponential smoothing fitted to one series: the forms that are tried, the one that is taken, what is told of it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from compute.forecast.ets import Ets
from compute.forecast.prediction import Fit
from compute.forecast.result import FittedModel
from compute.forecast.smoothing.decomposition import Decomposition, decompose
from compute.forecast.smoothing.estimation import Estimate, estimate
from compute.forecast.smoothing.forms import ADDITIVE, LARGEST, MULTIPLICATIVE, NONE, Form, list_forms
from compute.forecast.smoothing.prediction import Origin
from compute.forecast.smoothing.recursion import evaluate
from compute.job import Report
from compute.schema import RequestError

Array = NDArray[np.float64]

MAX_SEASON = 400  # steps: an estimate of this many seasonal states takes a second for each form
EXACT = 1e-9  # of a series' size: smaller errors are rounding
SHORTEST = Form(ADDITIVE, NONE, False, NONE)


def fit_ets(model: Ets, values: Array, season_length: int, report: Report) -> Fit:
    """Return the form of exponential smoothing that the criterion chooses for `values`, (n,), NaN where missing.

    Forms need at least three values more than they have parameters, so that every criterion is defined. A series too
    short for any is continued by its last value.

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
    best = _choose(model, usable, scaled, is_seen, report)
    if best is None:
        raise RequestError.at(
            "model",
            msg=f"{usable[0].description} has no likelihood on this series; leave the components on auto",
        )
    return replace(_complete(best, values, scaled, is_seen, scale), notes=notes)


def _choose(
    model: Ets, forms: list[Form], scaled: Array, is_seen: NDArray[np.bool_], report: Report
) -> Estimate | None:
    """Return the estimate with the least criterion, None where no form has a likelihood."""
    decompositions: dict[int, Decomposition | None] = {NONE: None}
    for form in forms:
        if form.season not in decompositions:
            shown = np.where(is_seen, scaled, np.nan)
            decompositions[form.season] = decompose(shown, form.m, form.season == MULTIPLICATIVE)
    best: Estimate | None = None
    least = np.inf
    for i, form in enumerate(forms):
        report(i / len(forms), f"Fitting {form.description}")
        season = decompositions[form.season]
        if form.season and season is None:
            continue
        candidate = estimate(form, scaled, is_seen, season)
        if candidate is None:
            continue
        score = _criterion(model.criterion, candidate.value, form.size + 1, int(is_seen.sum()))
        if score < least:
            best, least = candidate, score
    return best


def _criterion(name: str, deviance: float, k: int, n: int) -> float:
    """Return the information criterion of k parameters, the variance among them, on n values."""
    if name == "bic":
        return deviance + k * float(np.log(n))
    aic = deviance + 2 * k
    return aic if name == "aic" else aic + 2 * k * (k + 1) / (n - k - 1)


def _complete(best: Estimate, values: Array, scaled: Array, is_seen: NDArray[np.bool_], scale: float) -> Fit:
    n = int(is_seen.sum())
    run = _Run(best.form, best.parameters, scale, np.nan, best.value, best.has_converged)
    errors = run.origin(values).errors
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
    note = f"{n} values are too few to choose a form of exponential smoothing: the last one is carried on."
    return replace(fit, notes=(note,), errors=np.diff(observed) * scale)


@dataclass(frozen=True)
class _Run:
    """An estimate to be run over a series: its own, or the same with more values behind it."""

    form: Form
    parameters: Array
    scale: float
    sigma: float
    value: float | None
    has_converged: bool

    def origin(self, values: Array) -> Origin:
        """Return the origin at the end of `values`, (n,), NaN where missing."""
        is_seen = ~np.isnan(values)
        scaled = np.where(is_seen, values, 0.0) / self.scale
        mu = self._forecasts(scaled, is_seen)
        errors = (scaled - mu)[is_seen]
        if self.form.error == MULTIPLICATIVE:
            errors /= mu[is_seen]
        return Origin(self.form, self.parameters, scaled, is_seen, self.scale, self.sigma, errors)

    def over(self, values: Array) -> Fit:
        """Return the fit to `values`, (n,), NaN where missing."""
        origin = self.origin(values)
        fitted = self._forecasts(origin.scaled, origin.seen) * self.scale
        unit = self.scale
        if self.form.error == MULTIPLICATIVE:
            unit *= abs(self._forecasts(np.append(origin.scaled, 0.0), np.append(origin.seen, False))[-1])
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

    def _forecasts(self, scaled: Array, seen: NDArray[np.bool_]) -> Array:
        K, mu = self.form.size, np.zeros(scaled.size)
        evaluate(
            scaled, seen, self.form.code, self.parameters, mu,
            np.zeros((1, K)), np.zeros(2 + self.form.code[4]), np.zeros((K, K)), np.zeros(K),
        )  # fmt: skip
        return mu

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
        if self.value is None:
            return summary
        k = self.form.size + 1
        constant = n * (1 + float(np.log(2 * np.pi / n)) + 2 * float(np.log(self.scale)))
        deviance = self.value + constant
        return summary.model_copy(
            update={
                "log_likelihood": -deviance / 2,
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
            msg=f"season {model.season!r} needs a season, and none is known from the times; set season_length "
            "(12 for months), or the season to none",
        )
    if m > MAX_SEASON:
        raise RequestError.at(
            "season_length",
            msg=f"a season of {m} steps is longer than the {MAX_SEASON} that exponential smoothing follows; "
            "set the season to none, or shorten it",
        )
