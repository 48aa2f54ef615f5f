"""Portfolios: this project beside skfolio, PyPortfolioOpt and Riskfolio, from returns to weights in one run.

    python -m benchmarks.portfolio [--sizes 20 500 1000] [--peers-up-to 500] [--optima FILE] [--peers-budget S]

CPU milliseconds of one thread, the mean of calls repeated for at least 0.3 s after one that is not counted (slow peers
are called once; beyond 100 assets for 5 points of the frontier, for they solve each), including means and covariance.
Long-only, no weight above 0.10 but for risk parity and HRP, 2000 daily returns: 20 assets are the last days of
skfolio's S&P 500 prices, more are simulated from ten factors with heavy tails.
In brackets the excess of the objective over the best that any of them reached (variance, shortfall of the Sharpe ratio,
CVaR, largest missed risk share); HRP has no objective, and frontiers have points at different returns.

The exact optima come from a file that is not part of the repository (`--optima`, by default
LOOKAHEAD_BENCH_DATA/portfolio_optima.json): per data set `minvar.var`, `maxsharpe.sharpe_daily`, `mincvar95.cvar`, ...
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", RAYON_NUM_THREADS="1")

import argparse
import json
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks._portfolio_peers import CAP, CONFIDENCE, POINTS, Solve, peers
from compute.job import ignore_progress
from compute.portfolio.covariance.sample import sample_covariance
from compute.portfolio.limits import Limits
from compute.portfolio.moments import Estimation, estimate_moments
from compute.portfolio.objectives import MaxSharpe, MinVariance
from compute.portfolio.resampling.bands import BandRequest, frontier_bands
from compute.portfolio.resampling.options import Resampling
from compute.portfolio.returns import AssetReturns
from compute.portfolio.solvers.batched import minimum_variance_batch, risk_parity_batch
from compute.portfolio.solvers.batched_sharpe import maximum_sharpe_batch
from compute.portfolio.solvers.critical_line import critical_line
from compute.portfolio.solvers.cvar import cvar, minimum_cvar
from compute.portfolio.solvers.hierarchical import hierarchical_risk_parity
from compute.portfolio.solvers.mean_variance import minimum_variance, minimum_variance_of_returns, utility
from compute.portfolio.solvers.risk_parity import risk_parity
from compute.portfolio.solvers.sharpe import maximum_diversification, maximum_sharpe
from compute.portfolio.universe import Universe

Array = NDArray[np.float64]
TASKS = ("min variance", "max Sharpe", "risk parity", "min CVaR 95", "frontier 50", "HRP")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sizes", nargs="+", type=int, default=[20, 500, 1000])
    options.add_argument("--peers-up-to", type=int, default=500)
    options.add_argument("--peers-points", type=int, default=5, help="of their frontiers, beyond 100 assets")
    options.add_argument("--peers-budget", type=float, default=25.0, help="CPU seconds per library, size and task")
    options.add_argument(
        "--optima", type=Path, default=Path(os.environ.get("LOOKAHEAD_BENCH_DATA", "")) / "portfolio_optima.json"
    )
    chosen = options.parse_args()
    warnings.simplefilter("ignore")
    optima = json.loads(chosen.optima.read_text())["optima"] if chosen.optima.is_file() else {}
    for n in chosen.sizes:
        returns = real_returns()[-2000:] if n == 20 else simulated_returns(n)
        methods = {"ours": ours(n)}
        if n <= chosen.peers_up_to:
            methods |= peers(n, POINTS if n <= 100 else chosen.peers_points)
        compare(n, returns, methods, chosen.peers_budget)
        name = "skfolio20_last2000" if n == 20 else f"sim{n}"
        if name in optima:
            check(returns, optima[name])
    batches()
    bands()
    large_cvar()


def real_returns() -> Array:
    """Return the daily returns of the 20 stocks of skfolio's data set, (8312, 20)."""
    from skfolio.datasets import load_sp500_dataset

    return np.asarray(load_sp500_dataset().pct_change().dropna(), dtype=np.float64)


def simulated_returns(n: int, periods: int = 2000, factors: int = 10) -> Array:
    """Return heavy-tailed factor returns, (periods, n), the same for every run."""
    rng = np.random.default_rng(1000003 + n)
    volatility = np.r_[0.010, np.full(factors - 1, 0.004)]
    loadings = np.c_[rng.normal(1.0, 0.3, n), rng.normal(0.0, 0.5, (n, factors - 1))]
    own = 0.015 * np.exp(rng.normal(0.0, 0.35, n))
    mu = 0.0003 * loadings[:, 0] + rng.normal(0.0, 0.0002, n)
    common = rng.standard_t(5, (periods, factors)) / np.sqrt(5 / 3) * volatility
    return np.asarray(mu + common @ loadings.T + rng.standard_t(5, (periods, n)) / np.sqrt(5 / 3) * own)


def ours(n: int) -> dict[str, Solve]:
    capped, free = Limits.box(n, 0.0, CAP), Limits.box(n)
    return {
        "min variance": lambda r: minimum_variance_of_returns(r, capped).weights,
        "max Sharpe": lambda r: maximum_sharpe(r.mean(axis=0), sample_covariance(r), 0.0, capped).weights,
        "risk parity": lambda r: risk_parity(sample_covariance(r), None, free).weights,
        "min CVaR 95": lambda r: minimum_cvar(r, CONFIDENCE, capped).weights,
        "frontier 50": lambda r: critical_line(r.mean(axis=0), sample_covariance(r), capped).sample(POINTS),
        "HRP": lambda r: hierarchical_risk_parity(sample_covariance(r), free).weights,
    }


def compare(n: int, returns: Array, methods: dict[str, dict[str, Solve]], budget: float) -> None:
    """Print milliseconds and what each objective lacks, and how much faster than the fastest library ours is."""
    print(f"\n{n} assets, {len(returns)} days" + " " * 12 + "".join(f"{name:>26s}" for name in methods))
    for task in TASKS:
        taken: dict[str, float] = {}
        values: dict[str, Array] = {}
        for name, solvers in methods.items():
            if task not in solvers or (n > 100 and name != "ours" and _is_hopeless(task, name, n, budget)):
                continue
            try:
                taken[name], weights = timed(
                    lambda solver=solvers[task]: solver(returns), once=name != "ours" and n > 100
                )
                values[name] = measured(task, weights, returns)
            except Exception as error:  # noqa: BLE001 - a library that gives up has no number
                print(f"    {name}, {task}: {type(error).__name__}")
        best = np.min([value for value in values.values() if value.shape == values["ours"].shape], axis=0)
        cells = [_cell(task, taken.get(name), values.get(name), best) for name in methods]
        others = [value for name, value in taken.items() if name != "ours"]
        ratio = f"{min(others) / taken['ours']:6.0f}x" if others else ""
        print(f"{task:30s}" + "".join(f"{cell:>26s}" for cell in cells) + ratio, flush=True)


def _is_hopeless(task: str, name: str, n: int, budget: float) -> bool:
    """Would this take much longer than the budget, by what was measured at 500 assets? Then it is left out."""
    seconds = {"frontier 50": 5.0, "min CVaR 95": 12.0, "risk parity": 3.0}.get(task, 2.0) * (n / 500) ** 2.5
    return seconds > budget


def measured(task: str, weights: Array, returns: Array) -> Array:
    """Return the objective as something to be small: a number, or the variances of the points."""
    sigma, mu = np.cov(returns.T), returns.mean(axis=0)
    if task == "max Sharpe":
        return np.array(-(mu @ weights) / np.sqrt(weights @ sigma @ weights))
    if task == "min CVaR 95":
        return np.array(cvar(returns @ weights, CONFIDENCE))
    if task == "risk parity":
        parts = weights * (sigma @ weights)
        return np.array(np.abs(parts / parts.sum() - 1 / weights.size).max())
    return np.einsum("...i,ij,...j->...", weights, sigma, weights)


def _cell(task: str, milliseconds: float | None, value: Array | None, best: Array) -> str:
    if milliseconds is None or value is None:
        return "-"
    if value.shape != best.shape:
        return f"{milliseconds:.2f} ({len(value)} points)"
    if best.ndim or task == "HRP":  # other libraries choose other returns: the curves are not compared point by point
        return f"{milliseconds:.2f}"
    excess = float(value) if abs(float(best)) < 1e-8 else float((value - best) / abs(best))
    return f"{milliseconds:.2f} ({max(excess, 0.0):.0e})"


def check(returns: Array, optimum: dict[str, Any]) -> None:
    """Print how far our objectives are from the exact optima, relatively, and the worst violation and gap."""
    mu, sigma, n = returns.mean(axis=0), np.cov(returns.T), returns.shape[1]
    capped, free = Limits.box(n, 0.0, CAP), Limits.box(n)
    pairs = [
        (minimum_variance(sigma, capped), optimum["minvar"]["var"], 1),
        (minimum_variance_of_returns(returns, capped), optimum["minvar"]["var"], 1),
        (maximum_sharpe(mu, sigma, 0.0, capped), optimum["maxsharpe"]["sharpe_daily"], -1),
        (maximum_diversification(sigma, capped), optimum["maxdiv_cap0.1"]["diversification_ratio"], -1),
        (minimum_cvar(returns, CONFIDENCE, capped), optimum["mincvar95"]["cvar"], 1),
        (risk_parity(sigma, None, free), optimum["erc"]["var"], 1),
    ]
    for aversion in (1, 5, 10):
        pairs.append((utility(mu, sigma, aversion, capped), optimum[f"utility_lambda{aversion}"]["obj"], -1))
    frontier = critical_line(mu, sigma, capped)
    points = np.array([frontier.at_return(target) for target in optimum["frontier50"]["ret"]])
    curve = np.einsum("pi,ij,pj->p", points, sigma, points) / np.array(optimum["frontier50"]["var"]) - 1
    worst = max(sign * (solution.objective / exact - 1) for solution, exact, sign in pairs)
    tree = hierarchical_risk_parity(sigma, free).weights
    gap = max(solution.certificate.duality_gap for solution, _, _ in pairs)
    violation = max([solution.certificate.violation for solution, _, _ in pairs] + [frontier.certificate.violation])
    print(
        f"  against the exact optima: objectives worse by at most {worst:.0e}, frontier by {curve.max():.0e}, HRP's "
        f"variance {tree @ sigma @ tree / optimum['hrp_single_optimal_leaf']['var'] - 1:.0e}; gaps up to "
        f"{max(gap, frontier.certificate.duality_gap):.0e}, violations up to {violation:.0e}"
    )


def batches() -> None:
    """Print what 240 monthly windows of a year cost together."""
    returns = real_returns()
    ends = np.arange(len(returns) - 21 * 240, len(returns), 21)
    windows = returns[ends[:, None] - 252 + np.arange(252)]
    limits, free = Limits.box(20, 0.0, CAP), Limits.box(20)

    def moments() -> tuple[Array, Array]:
        centred = windows - windows.mean(axis=1, keepdims=True)
        return windows.mean(axis=1), np.matmul(centred.transpose(0, 2, 1), centred) / 251

    mu, sigma = moments()
    print("\n240 windows of 252 days, 20 assets, one batch:")
    for name, solve in (
        ("means and covariances", moments),
        ("min variance", lambda: minimum_variance_batch(sigma, limits)),
        ("max Sharpe", lambda: maximum_sharpe_batch(mu, sigma, 0.0, limits)),
        ("risk parity", lambda: risk_parity_batch(sigma, None, free)),
    ):
        milliseconds, batch = timed(solve)
        detail = "" if isinstance(batch, tuple) else f"gap {batch.gaps.max():.0e}, {batch.alone} solves one by one"
        print(f"  {name:24s} {milliseconds:8.1f} ms  {detail}")


def bands() -> None:
    """Print what the bands of a frontier of 50 points cost, from returns to quantiles."""
    returns = AssetReturns(tuple(f"stock {i}" for i in range(20)), real_returns()[-2000:], None, 252.0)
    universe = Universe(estimate_moments(returns, Estimation()), returns)
    print("\n20 assets, 2000 days, 50 points of the frontier in each resample, with least variance and best ratio:")
    for block in (1.0, 20.0):
        how = Resampling(n_bootstrap=10_000, block=block)
        asked = BandRequest(how, Estimation(), (MinVariance(), MaxSharpe()), POINTS, 0.0)
        milliseconds, _ = timed(
            lambda asked=asked: frontier_bands(asked, universe, Limits.box(20, 0.0, CAP), ignore_progress), once=True
        )
        print(f"  {how.n_bootstrap} resamples in blocks of {block:g} day(s): {milliseconds / 1e3:.1f} s")


def large_cvar() -> None:
    """Print the time of 392 assets over 10 000 scenarios, long-only."""
    scenarios = simulated_returns(392, 10_000)
    milliseconds, solution = timed(lambda: minimum_cvar(scenarios, CONFIDENCE, Limits.box(392, 0.0, CAP)))
    print(
        f"\nmin CVaR, 392 assets, 10 000 scenarios: {milliseconds:.0f} ms, gap {solution.certificate.duality_gap:.0e}"
    )


def timed(call: Callable[[], Any], once: bool = False) -> tuple[float, Any]:
    """Return the CPU milliseconds of a call and its result."""
    start = time.process_time()
    result = call()
    first = time.process_time() - start
    if once or first > 2.0:
        return 1e3 * first, result
    repeats, start = 0, time.process_time()
    while time.process_time() - start < 0.3:
        call()
        repeats += 1
    return 1e3 * (time.process_time() - start) / repeats, result


if __name__ == "__main__":
    main()
