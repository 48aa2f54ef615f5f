"""From a history to the bands of its frontier and of the portfolios on it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from compute.job import Report
from compute.portfolio.arrays import choose_place
from compute.portfolio.limits import Limits
from compute.portfolio.moments import Estimation, Moments
from compute.portfolio.objectives import Objective
from compute.portfolio.resampling.chosen import Tell, can_resample, chosen_weights
from compute.portfolio.resampling.draws import draw_periods
from compute.portfolio.resampling.estimates import Estimator
from compute.portfolio.resampling.options import FrontierBands, Interval, PortfolioBands, Resampling, Vector
from compute.portfolio.solvers.batched_line import critical_line_batch
from compute.portfolio.solvers.batched_lookup import PathLookup
from compute.portfolio.universe import Universe

Array = NDArray[np.float64]

MOST_ASSETS = 200  # beyond, a resample takes longer than a reader waits for a thousand of them
MOST_TOGETHER = 500  # resamples walked together: for 20 assets a fifth of a second between two reports
PERIODS_TOGETHER = 8_000_000  # rows drawn at once: 64 MB
NUMBERS_TOGETHER = 4_000_000  # of covariances and turning points at once: 32 MB


@dataclass(frozen=True)
class BandRequest:
    """Which bands are to be made.

    Attributes
    ----------
    resampling : how often and how
    estimation : of the moments
    objectives : whose portfolios get bands
    n_points : of the frontier
    risk_free_rate : per year
    device : where resamples are traced if they are many and it is a GPU
    """

    resampling: Resampling
    estimation: Estimation
    objectives: tuple[Objective, ...]
    n_points: int
    risk_free_rate: float
    device: str = "cpu"


def make_bands(
    asked: BandRequest, universe: Universe, limits: Limits, report: Report
) -> tuple[FrontierBands | None, tuple[str, ...]]:
    """Return the bands that are asked for, and why there are none, or of which portfolio none."""
    if asked.resampling.n_bootstrap == 0:
        return None, ()
    reason = _refusal(universe, limits)
    if reason is not None:
        return None, (reason,)
    known = tuple(objective for objective in asked.objectives if can_resample(objective))
    notes = tuple(
        f"{objective.kind} looks at single periods, so its weights have no bands."
        for objective in asked.objectives
        if objective not in known
    )
    return frontier_bands(replace(asked, objectives=known), universe, limits, report), notes


def _refusal(universe: Universe, limits: Limits) -> str | None:
    """Return why there are no bands; None where there can be."""
    if universe.returns is None:
        return "No bands: there is no history to draw again; give prices or returns."
    if np.isnan(universe.returns.returns).any():
        return "No bands: the history has gaps; choose common or fill for missing values."
    if not limits.is_box:
        return "No bands: within limits other than bounds and a sum resamples are not traced; remove the others."
    if limits.n > MOST_ASSETS:
        return f"No bands: {limits.n} assets exceed the {MOST_ASSETS} of which resamples are traced; name fewer."
    return None


def frontier_bands(asked: BandRequest, universe: Universe, limits: Limits, report: Report) -> FrontierBands:
    """Return the bands; `make_bands` says whether there can be any.

    Resamples without a portfolio that is asked for (such as none above the risk-free rate) are left out of its bands.
    """
    assert universe.returns is not None, "a history to draw from"
    how, year = asked.resampling, universe.year
    estimate = Estimator(universe.returns, asked.estimation)
    periods = len(universe.returns.returns)
    own_earned, own_risked = _own(universe.moments, limits, asked.n_points)
    done = 0
    parts: list[list[Array]] = []
    size = _together(periods, limits.n)
    place = choose_place(asked.device, numbers=min(size, how.n_bootstrap) * limits.n**2)
    for rows in draw_periods(periods, how.n_bootstrap, how.block, how.seed, size):

        def tell(more: int, before: int = done) -> None:
            report((before + more) / how.n_bootstrap, f"Resample {before + more + 1} of {how.n_bootstrap}")

        tell(0)
        mu, sigma = estimate(rows)
        paths = critical_line_batch(place.xp.asarray(mu), place.xp.asarray(sigma), limits, place.xp)
        lookup = PathLookup(paths.corners, paths.thetas, mu, sigma)
        _, earned, risked = lookup.sample(asked.n_points)
        reached = lookup.returns_at(np.array(own_risked) / np.sqrt(year)) * year
        parts.append(
            [earned * year, risked * np.sqrt(year), reached, *_chosen(asked, lookup, universe.moments, limits, tell)]
        )
        done += len(rows)
    earned, risked, reached, *chosen = (np.concatenate(column) for column in zip(*parts, strict=True))
    lower_reached, upper_reached = _quantiles(reached, how.band_level)
    lower_returns, upper_returns = _quantiles(earned, how.band_level)
    lower_risks, upper_risks = _quantiles(risked, how.band_level)
    return FrontierBands(
        device=place.device,
        n_bootstrap=how.n_bootstrap,
        block=how.block,
        level=how.band_level,
        expected_returns=own_earned,
        volatilities=own_risked,
        lower_at_volatility=lower_reached,
        upper_at_volatility=upper_reached,
        lower_returns=lower_returns,
        upper_returns=upper_returns,
        lower_volatilities=lower_risks,
        upper_volatilities=upper_risks,
        portfolios=tuple(
            _portfolio(objective, table, universe.moments.names, how.band_level)
            for objective, table in zip(asked.objectives, chosen, strict=True)
            if np.isfinite(table[:, 0]).any()
        ),
    )


def _together(periods: int, n: int) -> int:
    return max(1, min(MOST_TOGETHER, PERIODS_TOGETHER // periods, NUMBERS_TOGETHER // (n * max(n, 60))))


def _chosen(asked: BandRequest, lookup: PathLookup, like: Moments, limits: Limits, tell: Tell) -> list[Array]:
    """Return for each objective the return, the volatility and the weights of its portfolio, (B, 2 + n) per year;
    rows of NaN where there is none."""
    year = like.periods_per_year
    made = []
    for objective in asked.objectives:
        weights, found = chosen_weights(objective, lookup, like, limits, asked.risk_free_rate / year, tell)
        earned = (weights * lookup.mu).sum(axis=1) * year
        variance = np.einsum("bi,bij,bj->b", weights, lookup.sigma, weights) * year
        table = np.column_stack([earned, np.sqrt(np.maximum(variance, 0.0)), weights])
        made.append(np.where(found[:, None], table, np.nan))
    return made


def _own(moments: Moments, limits: Limits, count: int) -> tuple[Vector, Vector]:
    """Return returns and volatilities of the frontier itself."""
    mu, sigma = moments.mean[None], moments.covariance[None]
    paths = critical_line_batch(mu, sigma, limits)
    _, earned, risked = PathLookup(paths.corners, paths.thetas, mu, sigma).sample(count)
    year = moments.periods_per_year
    return tuple((earned[0] * year).tolist()), tuple((risked[0] * np.sqrt(year)).tolist())


def _portfolio(objective: Objective, table: Array, names: tuple[str, ...], level: float) -> PortfolioBands:
    found = np.isfinite(table[:, 0])
    lower, upper = _quantiles(table[found], level)
    pairs: list[Interval] = list(zip(lower, upper, strict=True))
    return PortfolioBands(
        portfolio=objective.kind,
        expected_return=pairs[0],
        volatility=pairs[1],
        weights=dict(zip(names, pairs[2:], strict=True)),
        found=float(found.mean()),
    )


def _quantiles(values: Array, level: float) -> tuple[Vector, Vector]:
    """Return the ends of the middle share of each column of (B, m)."""
    edge = (1.0 - level) / 2
    lower, upper = np.quantile(values, [edge, 1.0 - edge], axis=0)
    return tuple(lower.tolist()), tuple(upper.tolist())
