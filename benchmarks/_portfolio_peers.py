"""The libraries that `benchmarks/portfolio.py` measures beside this project, each called as its documentation shows."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Solve = Callable[[Array], Array]
CAP, POINTS, CONFIDENCE = 0.10, 50, 0.95


def peers(n: int, points: int = POINTS) -> dict[str, dict[str, Solve]]:
    """Return the libraries that are installed; `points` of the frontier, each of which they solve for."""
    found: dict[str, dict[str, Solve]] = {}
    for name, build in (("skfolio", _skfolio), ("PyPortfolioOpt", _pypfopt), ("Riskfolio", _riskfolio)):
        try:
            found[name] = build(n, points)
        except ImportError:
            print(f"{name} is not installed")
    return found


def _skfolio(n: int, points: int) -> dict[str, Solve]:
    from skfolio import RiskMeasure
    from skfolio.cluster import HierarchicalClustering, LinkageMethod
    from skfolio.distance import PearsonDistance
    from skfolio.optimization import HierarchicalRiskParity, MeanRisk, ObjectiveFunction, RiskBudgeting

    def fitted(model: Any) -> Solve:
        return lambda r: np.asarray(model.fit(r).weights_)

    single = HierarchicalClustering(linkage_method=LinkageMethod.SINGLE)
    return {
        "min variance": fitted(MeanRisk(max_weights=CAP)),
        "max Sharpe": fitted(MeanRisk(objective_function=ObjectiveFunction.MAXIMIZE_RATIO, max_weights=CAP)),
        "risk parity": fitted(RiskBudgeting()),
        "min CVaR 95": fitted(MeanRisk(risk_measure=RiskMeasure.CVAR, max_weights=CAP)),
        "frontier 50": fitted(MeanRisk(efficient_frontier_size=points, max_weights=CAP)),
        "HRP": fitted(
            HierarchicalRiskParity(distance_estimator=PearsonDistance(), hierarchical_clustering_estimator=single)
        ),
    }


def _pypfopt(n: int, points: int) -> dict[str, Solve]:
    import pandas
    from pypfopt import EfficientCVaR, EfficientFrontier, HRPOpt

    def frontier(r: Array) -> Any:
        return EfficientFrontier(r.mean(axis=0), np.cov(r.T), weight_bounds=(0, CAP))

    def path(r: Array) -> Array:
        mu, sigma = r.mean(axis=0), np.cov(r.T)
        low = float(mu @ list(frontier(r).min_volatility().values()))
        high = float(np.sort(mu)[-round(1 / CAP) :].sum() * CAP)
        found = []
        for target in np.linspace(low, low + 0.999 * (high - low), points):  # it fails at the end itself
            model = EfficientFrontier(mu, sigma, weight_bounds=(0, CAP))
            found.append(list(model.efficient_return(float(target)).values()))
        return np.array(found)

    def tail(r: Array) -> Array:
        model = EfficientCVaR(r.mean(axis=0), pandas.DataFrame(r), beta=CONFIDENCE, weight_bounds=(0, CAP))
        return np.array(list(model.min_cvar().values()))

    return {
        "min variance": lambda r: np.array(list(frontier(r).min_volatility().values())),
        "max Sharpe": lambda r: np.array(list(frontier(r).max_sharpe(risk_free_rate=0).values())),
        "min CVaR 95": tail,
        "frontier 50": path,
        "HRP": lambda r: np.array(
            [w for _, w in sorted(HRPOpt(pandas.DataFrame(r)).optimize(linkage_method="single").items())]
        ),
    }


def _riskfolio(n: int, points: int) -> dict[str, Solve]:
    import pandas
    import riskfolio

    def portfolio(r: Array) -> Any:
        model = riskfolio.Portfolio(returns=pandas.DataFrame(r))
        model.assets_stats(method_mu="hist", method_cov="hist")
        model.ainequality, model.binequality = np.eye(n), np.full((n, 1), CAP)
        return model

    def best(measure: str, objective: str) -> Solve:
        return lambda r: portfolio(r).optimization(model="Classic", rm=measure, obj=objective, rf=0).to_numpy()[:, 0]

    def parity(r: Array) -> Array:
        model = riskfolio.Portfolio(returns=pandas.DataFrame(r))
        model.assets_stats(method_mu="hist", method_cov="hist")
        return np.asarray(model.rp_optimization(model="Classic", rm="MV", rf=0).to_numpy()[:, 0])

    def tree(r: Array) -> Array:
        model = riskfolio.HCPortfolio(returns=pandas.DataFrame(r))
        return np.asarray(model.optimization(model="HRP", rm="MV", linkage="single", leaf_order=True).to_numpy()[:, 0])

    return {
        "min variance": best("MV", "MinRisk"),
        "max Sharpe": best("MV", "Sharpe"),
        "risk parity": parity,
        "min CVaR 95": best("CVaR", "MinRisk"),
        "frontier 50": lambda r: portfolio(r).efficient_frontier(model="Classic", rm="MV", points=points).to_numpy().T,
        "HRP": tree,
    }
