"""What is told of every portfolio, whether a history or given moments are known of its assets."""

from typing import Any

import numpy as np

from compute.portfolio.figures_of_merit import correlation_map
from compute.portfolio.risk.account import DEFINITIONS, asset_contributions, group_contributions, mapped_assets
from compute.portfolio.risk.contributions import Book, Contributions
from compute.portfolio.risk.request import RiskRequest
from compute.portfolio.risk.result import TailRisk
from compute.portfolio.risk.scenarios import as_one, shock_of


def shared_figures(
    request: RiskRequest, book: Book, ahead: float, tails: tuple[TailRisk, ...], tail: Contributions
) -> dict[str, Any]:
    """Return these fields of a result; the horizon is `ahead` periods, and `tail` says who brings the CVaR."""
    contributions = asset_contributions(book, tail)
    mapped = mapped_assets(book)
    return {
        "weights": {name: float(weight) for name, weight in zip(book.names, book.weights, strict=True)},
        "cash": book.cash,
        "confidence": request.confidence,
        "horizon_periods": ahead,
        "value": request.value,
        "var": {each.method: each.var for each in tails},
        "cvar": {each.method: each.cvar for each in tails},
        "tails": tails,
        "contributions": contributions,
        "group_contributions": group_contributions(contributions, request.groups),
        "correlation": correlation_map(book.covariance[np.ix_(mapped, mapped)]),
        "correlation_names": tuple(book.names[at] for at in mapped),
        "shocks": tuple(shock_of(shock, book, request.value) for shock in request.shocks),
        "correlation_stress": as_one(book, request.confidence, ahead),
        "benchmark": request.benchmark,
        "risk_free_rate": request.risk_free_rate,
        "periods_per_year": book.year,
        "definitions": DEFINITIONS,
    }
