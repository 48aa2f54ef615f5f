"""A seasonal ARIMA fitted to one series: scaling, estimation, and everything that is told about it."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from compute.forecast.prediction import Fit, Prediction
from compute.forecast.progress import portion
from compute.forecast.result import FittedModel
from compute.forecast.sarima.estimation import Estimate, estimate_at, maximise_likelihood
from compute.forecast.sarima.innovations import DIFFUSE, Innovations, run_innovations
from compute.forecast.sarima.orders import Orders
from compute.forecast.sarima.polynomials import expand
from compute.forecast.sarima.prediction import predict
from compute.forecast.sarima.sample import Sample, prepare_sample
from compute.forecast.sarima.uncertainty import add_uncertainty
from compute.job import Report
from compute.schema import RequestError

Array = NDArray[np.float64]

FLAT = 1e-11  # of a series' size: what differencing leaves of a straight line is rounding
ONE_STEP = 1.5  # variance over sigma2 up to which a prediction counts as one step ahead of what was seen


def fit_sarima(orders: Orders, values: Array, report: Report, warm_start: Array | None = None) -> Fit:
    """Return the model fitted to `values`, (n,), NaN where missing but not at either end.

    Raises RequestError when the series is too short for the orders or misses too much.
    """
    _check_length(orders, values)
    _check_season(orders, values)
    scaling = _Scaling.of(orders, values)
    sample = prepare_sample(orders, (values - scaling.centre) / scaling.scale)
    if scaling.is_flat:
        return _flat_fit(orders, sample, scaling)
    estimate = maximise_likelihood(orders, sample, portion(report, 0.0, 0.8), warm_start)
    if estimate is None:
        raise RequestError.at(
            "series",
            msg=f"too many values are missing for {orders.description}; fill them in or lower the orders",
        )
    return _fit(orders, sample, scaling, estimate, portion(report, 0.8, 1.0))


def fit_sarima_at(orders: Orders, values: Array, coefficients: Array, report: Report) -> Fit:
    """Return the fit of `values`, (n,), whose likelihood is known to be largest at `coefficients`, (K,).

    With missing values, where that is known of a filled copy only, the maximum is searched from there.
    """
    scaling = _Scaling.of(orders, values)
    sample = prepare_sample(orders, (values - scaling.centre) / scaling.scale)
    if scaling.is_flat or sample.missing.size:
        return fit_sarima(orders, values, report, coefficients)
    _check_length(orders, values)
    estimate = estimate_at(orders, sample, coefficients, has_converged=True)
    if estimate is None:
        return fit_sarima(orders, values, report, coefficients)
    return _fit(orders, sample, scaling, estimate, report)


@dataclass(frozen=True)
class _Scaling:
    """Units in which the differenced series has variance 1: `scaled = (values - centre) / scale`."""

    centre: float
    scale: float
    is_flat: bool
    """Whether nothing but rounding is left after differencing and removing the mean."""

    @classmethod
    def of(cls, orders: Orders, values: Array) -> "_Scaling":
        size = float(np.nanmax(np.abs(values)))
        # Without a difference or a mean the level itself is part of the model and must not move.
        centre = float(np.nanmean(values)) if orders.lost or orders.has_mean else 0.0
        differenced = prepare_sample(orders, values).columns[0]
        spread = differenced - differenced.mean() if orders.has_mean else differenced
        scale = float(np.sqrt(np.mean(spread**2)))
        is_flat = scale <= FLAT * size
        return cls(centre, 1.0 if is_flat else scale, is_flat)


def _check_length(orders: Orders, values: Array) -> None:
    observed = int(np.count_nonzero(~np.isnan(values)))
    needed = orders.lost + max(orders.n_coefficients + int(orders.has_mean) + 2, orders.m * max(orders.P, orders.Q) + 1)
    if observed < needed:
        raise RequestError.at(
            "model",
            msg=f"{orders.description} needs at least {needed} observed values and this series has {observed}; "
            "lower the orders, or choose the naive model",
        )


def _check_season(orders: Orders, values: Array) -> None:
    """Refuse a seasonal difference of a place in the season that was never observed: it has no level to start from."""
    observed = np.flatnonzero(~np.isnan(values))
    unseen = orders.m - np.unique(observed % orders.m).size
    if orders.D and unseen:
        raise RequestError.at(
            "model",
            "D",
            msg=f"{unseen} of the {orders.m} places in a season were never observed, so their change over a season "
            "is unknown; set D to 0, or give another season_length",
        )


def _fit(orders: Orders, sample: Sample, scaling: _Scaling, estimate: Estimate, report: Report) -> Fit:
    likelihood = estimate.likelihood
    polynomials = expand(orders, estimate.coefficients)
    innovations = run_innovations(orders, sample, polynomials, likelihood.mean, report)
    degrees = sample.n_observed - orders.n_coefficients - int(orders.has_mean)
    sigma = float(np.sqrt(likelihood.sigma2 * sample.n_observed / degrees)) * scaling.scale
    fit = _apply(orders, sample, scaling, estimate, innovations, _summarise(orders, sample, scaling, estimate, sigma))
    return replace(fit, extend=partial(_extend, orders, scaling, estimate, fit.summary))


def _extend(orders: Orders, scaling: _Scaling, estimate: Estimate, summary: FittedModel, values: Array) -> Fit:
    """Return the fit with these estimates of `values`, (n,), whose beginning they come from."""
    sample = prepare_sample(orders, (values - scaling.centre) / scaling.scale)
    polynomials = expand(orders, estimate.coefficients)
    innovations = run_innovations(orders, sample, polynomials, estimate.likelihood.mean)
    fit = _apply(orders, sample, scaling, estimate, innovations, summary)
    return replace(fit, extend=partial(_extend, orders, scaling, estimate, summary))


def _apply(
    orders: Orders,
    sample: Sample,
    scaling: _Scaling,
    estimate: Estimate,
    innovations: Innovations,
    summary: FittedModel,
) -> Fit:
    fitted, residuals, errors = _one_step(sample, scaling, innovations)
    sigma = float(np.sqrt(summary.sigma2 or 0.0))
    degrees = sample.n_observed - orders.n_coefficients - int(orders.has_mean)
    return Fit(
        summary=summary,
        fitted=fitted,
        residuals=residuals,
        errors=errors,
        sigma=sigma,
        n_coefficients=orders.n_coefficients,
        coefficients=estimate.coefficients,
        predict=partial(_predict, orders, sample, scaling, estimate, innovations, degrees),
        notes=_remarks(estimate),
    )


def _predict(
    orders: Orders,
    sample: Sample,
    scaling: _Scaling,
    estimate: Estimate,
    innovations: Innovations,
    degrees: int,
    horizon: int,
) -> Prediction:
    polynomials = expand(orders, estimate.coefficients)
    scaled = predict(orders, sample, polynomials, estimate.likelihood.mean, innovations, horizon)
    scaled = add_uncertainty(orders, sample, estimate, degrees, scaled)
    return Prediction(scaled.mean * scaling.scale + scaling.centre, scaled.weights, scaled.origin_root)


def _one_step(sample: Sample, scaling: _Scaling, innovations: Innovations) -> tuple[Array, Array, Array]:
    """Return fitted values, residuals and errors fit for resampling, in the series' units."""
    lost = sample.level.size - sample.n
    fitted = np.full(sample.level.size, np.nan)
    predicted = (sample.level[lost:] - innovations.errors) * scaling.scale + scaling.centre
    fitted[lost:] = np.where(innovations.variances <= ONE_STEP, predicted, np.nan)
    observed = sample.level * scaling.scale + scaling.centre
    observed[sample.missing] = np.nan
    is_usable = ~np.isnan(observed[lost:]) & (innovations.variances < 1e-3 * DIFFUSE)
    errors = (innovations.errors / np.sqrt(innovations.variances))[is_usable] * scaling.scale
    return fitted, observed - fitted, errors


def _summarise(orders: Orders, sample: Sample, scaling: _Scaling, estimate: Estimate, sigma: float) -> FittedModel:
    likelihood = estimate.likelihood
    nu, k = sample.n_observed, orders.n_parameters
    log_likelihood = likelihood.log_likelihood - nu * float(np.log(scaling.scale))
    parameters = dict(zip(orders.names, estimate.coefficients.tolist(), strict=True))
    standard_errors = dict(zip(orders.names, map(_finite, estimate.standard_errors.tolist()), strict=True))
    if orders.has_mean:
        step = orders.m if orders.D else 1  # a seasonal difference drifts over a whole season
        centre = scaling.centre if orders.lost == 0 else 0.0
        parameters[orders.mean_name] = (likelihood.mean * scaling.scale + centre) / step
        standard_errors[orders.mean_name] = float(np.sqrt(likelihood.mean_variance)) * scaling.scale / step
    aic = 2 * k - 2 * log_likelihood
    return FittedModel(
        kind="arima",
        description=orders.description,
        parameters=parameters,
        standard_errors=standard_errors,
        log_likelihood=log_likelihood,
        aic=aic,
        aicc=aic + 2 * k * (k + 1) / (nu - k - 1) if nu > k + 1 else None,
        bic=k * float(np.log(nu)) - 2 * log_likelihood,
        sigma2=sigma**2,
        converged=estimate.has_converged,
    )


def _remarks(estimate: Estimate) -> tuple[str, ...]:
    if estimate.has_converged:
        return ()
    return ("The search for the best coefficients did not settle; the model may be too large for this series.",)


def _flat_fit(orders: Orders, sample: Sample, scaling: _Scaling) -> Fit:
    """Return the fit of a series that differencing and the mean explain completely: no error, no likelihood."""
    mean = float(sample.columns[0].mean()) if orders.has_mean else 0.0
    white = Orders(p=0, d=orders.d, q=0, D=orders.D, m=orders.m, has_mean=orders.has_mean)
    polynomials = expand(white, np.zeros(0))
    innovations = run_innovations(white, sample, polynomials, mean)
    fitted, residuals, errors = _one_step(sample, scaling, innovations)
    parameters: dict[str, float | None] = dict.fromkeys(orders.names, 0.0)
    if orders.has_mean:
        step = orders.m if orders.D else 1
        parameters[orders.mean_name] = (mean + (scaling.centre if orders.lost == 0 else 0.0)) / step

    def continue_exactly(horizon: int) -> Prediction:
        scaled = predict(white, sample, polynomials, mean, innovations, horizon)
        return Prediction(scaled.mean + scaling.centre, scaled.weights, scaled.origin_root)

    return Fit(
        summary=FittedModel(kind="arima", description=orders.description, parameters=parameters, sigma2=0.0),
        fitted=fitted,
        residuals=residuals,
        errors=0.0 * errors,
        sigma=0.0,
        n_coefficients=0,
        coefficients=np.zeros(orders.n_coefficients),
        predict=continue_exactly,
        notes=(
            f"Nothing varies once {orders.description} has differenced the series: the forecast continues it exactly, "
            "and its intervals have no width.",
        ),
    )


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
