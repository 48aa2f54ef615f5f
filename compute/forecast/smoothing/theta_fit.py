"""The Theta method fitted to one series: its season, its estimate, and what is told of it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from compute.forecast.counts import too_few
from compute.forecast.prediction import Fit
from compute.forecast.reference import fit_naive
from compute.forecast.result import FittedModel
from compute.forecast.smoothing.decomposition import LEAST_FACTOR, Decomposition, decompose, interpolate, is_seasonal
from compute.forecast.smoothing.theta import BURN_IN, SHORTEST, ThetaEstimate, estimate_theta, run_theta
from compute.forecast.smoothing.theta_prediction import ThetaOrigin
from compute.forecast.theta import Theta
from compute.job import Report
from compute.schema import RequestError

Array = NDArray[np.float64]

EXACT = 1e-9  # of a series' size: smaller errors are rounding
NO_SEASON = Decomposition(np.zeros(1), False)


def fit_theta(model: Theta, values: Array, season_length: int, report: Report) -> Fit:
    """Return the dynamic optimised Theta model of `values`, (n,), NaN where missing but not at the ends.

    A season is removed by classical decomposition where the autocorrelation shows one; missing values are filled along
    the line between their neighbours, and their errors do not count. A series too short is continued by its last value.

    Raises RequestError when the request insists on a season that the series does not allow.
    """
    report(0.0, "Fitting the Theta model")
    is_seen = ~np.isnan(values)
    scale = float(np.mean(np.abs(values[is_seen]))) or 1.0
    season = _season(model, values / scale, season_length)
    n = int(is_seen.sum())
    if n < SHORTEST:
        fit = fit_naive(values)
        note = f"{too_few(n)} for the Theta model: the last one is carried on."
        return replace(fit, summary=fit.summary.model_copy(update={"kind": "theta"}), notes=(note,))
    adjusted = interpolate(season.adjust(values / scale))
    return _Run(estimate_theta(adjusted, is_seen), season, scale).over(values)


def _season(model: Theta, scaled: Array, m: int) -> Decomposition:
    """Return the season to remove, none where there is none to see."""
    if model.season == "none" or (model.season == "auto" and not is_seasonal(scaled, m)):
        return NO_SEASON
    if model.season == "auto":
        factors = decompose(scaled, m, is_multiplicative=True) if np.nanmin(scaled) > 0 else None
        if factors is not None and factors.factors.min() >= LEAST_FACTOR:
            return factors
        return decompose(scaled, m, is_multiplicative=False) or NO_SEASON
    if m == 1 or scaled.size < 2 * m:
        raise RequestError.at(
            "season_length",
            msg=f"season {model.season!r} needs two seasons of values, and {scaled.size} values have a season of {m}; "
            "set season_length (12 for months), or the season to auto",
        )
    season = decompose(scaled, m, model.season == "mul")
    if season is None or (season.is_multiplicative and season.factors.min() < LEAST_FACTOR):
        raise RequestError.at(
            "model",
            "season",
            msg=f"a season of kind {model.season!r} cannot be measured on this series: places are never observed, or "
            "values are not above 0; choose auto",
        )
    return season


@dataclass(frozen=True)
class _Run:
    """An estimate to be run over a series: its own, or the same with more values behind it."""

    estimate: ThetaEstimate
    season: Decomposition
    scale: float

    def over(self, values: Array) -> Fit:
        """Return the fit to `values`, (n,), NaN where missing."""
        n, is_seen = values.size, ~np.isnan(values)
        estimate, season = self.estimate, self.season
        adjusted = interpolate(season.adjust(values / self.scale))
        mu = np.empty(n)
        state = run_theta(adjusted, estimate.alpha, estimate.weight, estimate.level, mu)
        place = np.resize(season.factors, n + season.factors.size)
        fitted = self.scale * (mu * place[:n] if season.is_multiplicative else mu + place[:n])
        sigma = float(np.sqrt(estimate.variance))
        sigma = sigma if sigma > EXACT else 0.0
        errors = (adjusted - mu)[BURN_IN:][is_seen[BURN_IN:]]
        origin = ThetaOrigin(
            estimate, n, np.array(state), sigma, errors, self.scale, place[n:], season.is_multiplicative
        )
        unit = self.scale * (float(place[n]) if season.is_multiplicative else 1.0)
        return Fit(
            summary=self._summarise(sigma * unit),
            fitted=fitted,
            residuals=values - fitted,
            errors=errors * unit,
            sigma=sigma * unit,
            n_coefficients=1,
            coefficients=np.zeros(0),
            predict=origin.predict,
            extend=self.over,
        )

    def _summarise(self, sigma: float) -> FittedModel:
        estimate, m = self.estimate, self.season.factors.size
        kind = "multiplicative" if self.season.is_multiplicative else "additive"
        season = f", {kind} season of {m}" if m > 1 else ""
        return FittedModel(
            kind="theta",
            description=f"Dynamic optimised Theta{season}",
            parameters={
                "alpha": estimate.alpha,
                "theta": 1 / (1 - estimate.weight) if estimate.weight < 1 else None,
                "level": estimate.level * self.scale,
            },
            sigma2=sigma**2,
        )
