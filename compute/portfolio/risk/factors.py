"""Which factors a portfolio's risk comes from: given columns, or the principal components of its assets."""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from compute.portfolio.assets import AssetName
from compute.portfolio.tail_mean import tail_weights
from compute.schema import Record

Array = NDArray[np.float64]

OWN = "not explained"
MOST = 50


class ColumnFactors(Record, title="Columns"):
    """Columns among the assets, such as an index, a rate or a style; they need not be held."""

    kind: Literal["columns"] = "columns"
    names: tuple[AssetName, ...] = Field(
        default=(),
        max_length=MOST,
        title="Factors",
        description="Names of columns. Without weights only the other columns are held.",
        json_schema_extra={"names": "assets"},
    )


class ComponentFactors(Record, title="Principal components"):
    """What the assets held share, found in their returns."""

    kind: Literal["components"] = "components"
    count: int = Field(default=3, ge=1, le=MOST, title="Components", description="The strongest ones, so many.")


Factors = Annotated[ColumnFactors | ComponentFactors, Field(discriminator="kind")]


class FactorContribution(Record):
    """What one factor brings to the risk; the part that no factor explains comes last."""

    name: str
    exposure: float | None
    """Return of the portfolio per unit of return of the factor, the others unchanged; None for the part without one."""
    exposure_error: float | None
    """Standard error of the exposure, of residuals that are independent and alike."""
    volatility: float
    """Of the factor, or of what is not explained, per year."""
    component: float
    """Part of the annual volatility; they sum to it."""
    percent: float
    """Share of the volatility; they sum to 1."""
    cvar_percent: float
    """Share of the historical CVaR of one period; they sum to 1."""
    loadings: dict[str, float] | None = None
    """Of a principal component: how much of each asset it is, of length 1."""


@dataclass(frozen=True)
class Regression:
    """A portfolio's returns explained by factors.

    Attributes
    ----------
    exposures, errors : (k,)
    residual : (T,) with the intercept, so that factors times exposures and residual sum to the returns
    r_squared : share of the variance explained
    rank : of the centred factors; below k some factor repeats others
    """

    exposures: Array
    errors: Array
    residual: Array
    r_squared: float
    rank: int


def regress(earned: Array, factors: Array) -> Regression:
    """Return the least squares of returns (T,) on factors (T, k) and a constant, T > k + 1."""
    centred = factors - factors.mean(axis=0)
    target = earned - earned.mean()
    scale = np.sqrt(np.einsum("tk,tk->k", centred, centred))
    scale = np.where(scale > 0, scale, 1.0)
    solved, _, rank, _ = np.linalg.lstsq(centred / scale, target, rcond=1e-10)
    exposures = solved / scale
    error = target - centred @ exposures
    freedom = max(len(earned) - factors.shape[1] - 1, 1)
    noise, total = float(error @ error), float(target @ target)
    inverse = np.linalg.pinv((centred / scale).T @ (centred / scale), hermitian=True)
    errors = np.sqrt(np.maximum(np.diagonal(inverse), 0.0) * noise / freedom) / scale
    explained = 1.0 - noise / total if total > 0 else 0.0
    return Regression(exposures, errors, earned - factors @ exposures, explained, int(rank))


def principal_components(returns: Array, count: int) -> tuple[Array, Array, Array]:
    """Return component returns (T, k), loadings (n, k), and shares of variance (k,), the strongest first.

    Of the covariance of returns (T, n); loadings have length 1 and a sum that is not negative.
    """
    values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(returns.T)))
    kept = min(count, len(values))
    loadings = vectors[:, ::-1][:, :kept]
    loadings = loadings * np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    total = float(np.maximum(values, 0.0).sum())
    return returns @ loadings, loadings, np.maximum(values[::-1][:kept], 0.0) / (total if total > 0 else 1.0)


def factor_contributions(
    earned: Array, factors: Array, names: tuple[str, ...], confidence: float, periods_per_year: float
) -> tuple[tuple[FactorContribution, ...], Regression]:
    """Return what each factor (T, k) and what none of them brings to the risk of returns (T,).

    Returns are exposures times factors and a residual; the share of each part in the volatility is its covariance with
    the whole over the variance, and in the CVaR its mean loss in the tail over that of the whole (Euler's theorem, as
    for assets).
    """
    found = regress(earned, factors)
    parts = np.column_stack([factors * found.exposures, found.residual])
    centred = parts - parts.mean(axis=0)
    variance = float(earned.var(ddof=1))
    shared = centred.T @ (earned - earned.mean()) / (len(earned) - 1)
    is_risky = variance > 1e-24
    percent = shared / variance if is_risky else np.zeros_like(shared)
    losses = -(tail_weights(-earned, confidence) @ parts)
    tail = float(losses.sum())
    tail_percent = losses / tail if abs(tail) > 1e-12 else np.zeros_like(losses)
    root = float(np.sqrt(periods_per_year))
    deviations = np.concatenate([factors.std(axis=0, ddof=1), [found.residual.std(ddof=1)]]) * root
    volatility = float(np.sqrt(variance)) * root
    made = tuple(
        FactorContribution(
            name=name,
            exposure=None if at == len(names) else float(found.exposures[at]),
            exposure_error=None if at == len(names) else float(found.errors[at]),
            volatility=float(deviations[at]),
            component=float(percent[at]) * volatility,
            percent=float(percent[at]),
            cvar_percent=float(tail_percent[at]),
        )
        for at, name in enumerate((*names, OWN))
    )
    return made, found
