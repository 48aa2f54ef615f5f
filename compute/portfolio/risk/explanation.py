"""What the factors of a request bring to the risk of a portfolio, as told."""

import numpy as np

from compute.portfolio.risk.factors import (
    ColumnFactors,
    FactorContribution,
    factor_contributions,
    principal_components,
)
from compute.portfolio.risk.held import Held
from compute.portfolio.risk.request import RiskRequest
from compute.schema import RequestError

REPEATS = "Some factors repeat others: exposures are the smallest that explain as much."
SPARE = 3  # periods more than factors that a regression needs to say anything


def explain(request: RiskRequest, held: Held) -> tuple[tuple[FactorContribution, ...], float | None, tuple[str, ...]]:
    """Return contributions by factor, the share of the variance they explain, and notes."""
    if request.factors is None:
        return (), None, ()
    loadings = None
    if isinstance(request.factors, ColumnFactors):
        names = request.factors.names
        table = held.assets.returns[:, [held.assets.names.index(name) for name in names]]
    else:
        at = np.flatnonzero(held.weights)
        count = max(1, min(request.factors.count, held.earned.size - SPARE))
        table, loadings, shares = principal_components(held.assets.returns[:, at], count)
        names = tuple(f"component {i} ({share:.0%} of the assets' variance)" for i, share in enumerate(shares, 1))
    if held.earned.size < table.shape[1] + SPARE:
        msg = f"{held.earned.size} periods are too few to tell {table.shape[1]} factors apart; ask for fewer"
        raise RequestError.at("factors", msg=msg)
    made, found = factor_contributions(held.earned, table, names, request.confidence, held.assets.periods_per_year)
    if loadings is not None:
        assets = [held.assets.names[place] for place in at]
        columns = [dict(zip(assets, column.tolist(), strict=True)) for column in loadings.T]
        told = [each.model_copy(update={"loadings": column}) for each, column in zip(made, columns, strict=False)]
        made = (*told, made[-1])
    return made, found.r_squared, (REPEATS,) if found.rank < len(names) else ()
