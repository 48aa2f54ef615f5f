"""From returns to expected returns and covariance, by the estimators that a request names."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.assets import GivenMoments
from compute.portfolio.covariance import (
    Covariance,
    Denoised,
    EwmaCovariance,
    FactorCovariance,
    LedoitWolf,
    SampleCovariance,
)
from compute.portfolio.covariance.definite import is_covariance, least_eigenvalue, nearest_covariance
from compute.portfolio.covariance.denoised import denoised
from compute.portfolio.covariance.ewma import ewma_covariance
from compute.portfolio.covariance.factor import factor_covariance
from compute.portfolio.covariance.ledoit_wolf import ledoit_wolf
from compute.portfolio.covariance.oas import oas
from compute.portfolio.covariance.sample import pairwise_covariance, place_of_products, sample_covariance
from compute.portfolio.expected_returns import (
    Capm,
    EwmaReturns,
    ExpectedReturns,
    ForecastReturns,
    GivenReturns,
    Historical,
    JamesStein,
)
from compute.portfolio.expected_returns.black_litterman import BlackLitterman, posterior, view_matrix
from compute.portfolio.expected_returns.capm import capm_returns
from compute.portfolio.expected_returns.ewma import ewma_mean
from compute.portfolio.expected_returns.given import given_mean
from compute.portfolio.expected_returns.historical import historical_mean
from compute.portfolio.expected_returns.james_stein import james_stein
from compute.portfolio.expected_returns.market import market_portfolio
from compute.portfolio.returns import MAX_RETURN, MIN_PERIODS, AssetReturns
from compute.schema import Location, Record, RequestError

Array = NDArray[np.float64]

ASYMMETRY = 1e-8  # of the largest entry: what printing a matrix with nine digits leaves
MEANS, SIGMA = ("expected_returns",), ("covariance",)


class Estimation(Record):
    """How moments are to be estimated."""

    expected_returns: ExpectedReturns = Historical()
    covariance: Covariance = SampleCovariance()
    risk_free_rate: float = 0.0
    """As a fraction per year."""


@dataclass(frozen=True)
class Moments:
    """What optimisation knows of the assets.

    Attributes
    ----------
    names : (n,)
    mean : (n,) expected simple returns per period
    covariance : (n, n) per period, symmetric and positive semidefinite
    periods_per_year : what both are annualised with
    notes : what was found and decided on the way
    """

    names: tuple[str, ...]
    mean: Array
    covariance: Array
    periods_per_year: float
    notes: tuple[str, ...] = ()


def estimate_moments(returns: AssetReturns, how: Estimation, device: str = "cpu") -> Moments:
    """Return expected returns and covariance; RequestError at the estimator that cannot be used on these returns.

    The sample covariance of very many assets is taken on `device` where that is a GPU.
    """
    covariance, notes = _covariance(returns, how.covariance, device)
    mean, covariance, said = _mean(returns, how, covariance)
    return Moments(returns.names, mean, covariance, returns.periods_per_year, (*notes, *said))


def given_moments(given: GivenMoments, loc: Location = ("assets",)) -> Moments:
    """Return the moments as given; RequestError where the matrix is no covariance of these assets.

    Without `periods_per_year` they are annual, and a year is the period.
    """
    names = tuple(given.expected_returns)
    at = (*loc, "covariance")
    if len(names) < 2:
        msg = f"{names[0]} is the only asset; name at least 2 to choose between"
        raise RequestError.at(*loc, "expected_returns", msg=msg)
    lengths = {len(row) for row in given.covariance} | {len(given.covariance)}
    if lengths != {len(names)}:
        msg = f"it has rows of {sorted(lengths)} numbers for {len(names)} assets; give one row and one column per asset"
        raise RequestError.at(*at, msg=msg)
    matrix = np.array(given.covariance, dtype=np.float64)
    _check_covariance(matrix, names, at)
    if not float(np.abs(matrix).max()) < MAX_RETURN**2:
        raise RequestError.at(*at, msg=f"a variance of {np.abs(matrix).max():.3g} is none of assets; check the numbers")
    mean = np.array(list(given.expected_returns.values()), dtype=np.float64)
    if not float(np.abs(mean).max()) < MAX_RETURN:
        msg = f"an expected return of {np.abs(mean).max():.3g} is none of assets; check the numbers"
        raise RequestError.at(*loc, "expected_returns", msg=msg)
    notes = () if given.periods_per_year else ("The moments were taken as annual.",)
    return Moments(names, mean, (matrix + matrix.T) / 2, given.periods_per_year or 1.0, notes)


def _check_covariance(matrix: Array, names: tuple[str, ...], at: Location) -> None:
    """Raise RequestError, naming what is wrong with it, unless the matrix is a covariance."""
    apart = np.abs(matrix - matrix.T)
    if apart.max() > ASYMMETRY * np.abs(matrix).max():
        i, j = (int(index) for index in np.unravel_index(apart.argmax(), apart.shape))
        msg = (
            f"it is not symmetric: {matrix[i, j]:g} for {names[i]} with {names[j]} but {matrix[j, i]:g} the other way "
            "round; give both the same"
        )
        raise RequestError.at(*at, msg=msg)
    if (np.diag(matrix) < 0).any():
        at_least = int(np.diag(matrix).argmin())
        msg = f"the variance of {names[at_least]} is {matrix[at_least, at_least]:g}; a variance is not negative"
        raise RequestError.at(*at, at_least, msg=msg)
    if not is_covariance(matrix):
        low, high = least_eigenvalue((matrix + matrix.T) / 2)
        msg = (
            f"it is not positive semidefinite: its least eigenvalue is {low:.3g}, its largest {high:.3g}, so some "
            f"portfolio would have a negative variance. The nearest covariance with these variances changes entries by "
            f"at most {np.abs(nearest_covariance(matrix) - matrix).max():.3g}; check the correlations"
        )
        raise RequestError.at(*at, msg=msg)


def _covariance(returns: AssetReturns, how: Covariance, device: str) -> tuple[Array, list[str]]:
    table = returns.returns
    if np.isnan(table).any():
        return _pairwise(returns, how)
    match how:
        case SampleCovariance():
            place = place_of_products(table, device)
            told = [f"The covariance was taken on {place.device}."] if place.is_gpu else []
            return sample_covariance(table, place), told
        case EwmaCovariance():
            return ewma_covariance(table, how.half_life), []
        case LedoitWolf():
            made, share = ledoit_wolf(table)
            return made, [f"Ledoit-Wolf put {share:.1%} of the target into the covariance."]
        case Denoised():
            made, kept = denoised(table, detone=how.detone)
            return made, [f"{kept} of {len(returns.names)} components of the correlations stand out from noise."]
        case FactorCovariance():
            n = len(returns.names)
            every = f"With as many factors as there are assets, {n}, the factor model is the sample covariance."
            return factor_covariance(table, how.factors), [every] if how.factors >= n else []
        case _:
            made, share = oas(table)
            return made, [f"Oracle approximating shrinkage put {share:.1%} of the target into the covariance."]


def _pairwise(returns: AssetReturns, how: Covariance) -> tuple[Array, list[str]]:
    if not isinstance(how, SampleCovariance):
        msg = f"{how.kind} needs complete rows; choose the sample covariance, or common or fill for missing values"
        raise RequestError.at(*SIGMA, msg=msg)
    made, fewest = pairwise_covariance(returns.returns)
    if fewest < MIN_PERIODS:
        msg = f"some pair of assets has only {fewest} rows in common; choose fill for missing values, or leave one out"
        raise RequestError.at("assets", "missing", msg=msg)
    if is_covariance(made):
        return made, []
    mended = nearest_covariance(made)
    moved = float(np.abs(mended - made).max() / np.abs(made).max())
    return mended, [
        f"Pair by pair the covariance was not positive semidefinite; the nearest one differs by {moved:.1%}."
    ]


def _mean(returns: AssetReturns, how: Estimation, covariance: Array) -> tuple[Array, Array, list[str]]:
    """Return expected returns per period, the covariance that goes with them, and notes."""
    chosen, table = how.expected_returns, returns.returns
    year = returns.periods_per_year
    risk_free = how.risk_free_rate / year
    match chosen:
        case Historical():
            return historical_mean(table), covariance, []
        case EwmaReturns():
            return ewma_mean(table, chosen.half_life), covariance, []
        case JamesStein():
            periods = int((~np.isnan(table)).sum(axis=0).min())
            made, share = james_stein(historical_mean(table), covariance, periods, chosen.target)
            return made, covariance, [f"The means were shrunk by {share:.0%} towards their target."]
        case Capm():
            market = market_portfolio(returns.names, chosen.market_weights, MEANS)
            seen = float(market @ historical_mean(table)) - risk_free
            premium = seen if chosen.market_premium is None else chosen.market_premium / year
            notes = (
                [f"The market earned {premium * year:.1%} a year above the risk-free rate."]
                if chosen.market_premium is None
                else []
            )
            return capm_returns(covariance, market, premium, risk_free), covariance, notes
        case GivenReturns():
            made = given_mean(historical_mean(table), chosen, returns.names, year, MEANS)
            count = len(chosen.annual_returns)
            return made, covariance, [f"The expected returns of {count} of {len(returns.names)} assets were given."]
        case ForecastReturns():
            msg = "forecasts serve an optimum and a frontier; choose another estimator here, or type them as given"
            raise RequestError.at(*MEANS, msg=msg)
        case _:
            return _black_litterman(returns, how, chosen, covariance)


def _black_litterman(
    returns: AssetReturns, how: Estimation, chosen: BlackLitterman, covariance: Array
) -> tuple[Array, Array, list[str]]:
    year = returns.periods_per_year
    market = market_portfolio(returns.names, chosen.market_weights, MEANS)
    picks, said, confidence = view_matrix(chosen.views, returns.names, (*MEANS, "views"))
    prior = how.risk_free_rate / year + chosen.risk_aversion * covariance @ market
    mean, error = posterior(prior, covariance, chosen.tau, picks, said / year, confidence)
    return mean, covariance + error, ["The covariance counts the uncertainty of the expected returns too."]
