"""From a request to the portfolio it describes; refuses what does not fit together."""

import numpy as np

from compute.portfolio.holdings import UNEVEN, held_weights
from compute.portfolio.naming import check_names
from compute.portfolio.rebalance.request import RebalanceRequest
from compute.portfolio.rebalance.trades import Portfolio
from compute.schema import RequestError

COVERED = 1e-6  # by which purchases may exceed their position, as a share of the value


def portfolio_of(request: RebalanceRequest) -> tuple[Portfolio, list[str]]:
    """Return what is held and wanted, and notes; RequestError at the field that does not fit."""
    names = tuple(dict.fromkeys([*request.current, *request.target]))
    current, said = held_weights(request.current, names, request.rest, ("current",))
    target, wished = held_weights(request.target, names, request.rest, ("target",))
    for field, weights in (("current", current), ("target", target)):
        total = float(weights.sum())
        if total > 1 + UNEVEN:
            msg = f"the weights sum to {total:.6g}, more than everything; correct them, or have them scaled"
            raise RequestError.at(field, msg=msg)
    positions = current * request.value
    cash = max(0.0, request.value - float(positions.sum()))
    portfolio = Portfolio(names, positions, cash, target / max(1.0, float(target.sum())))
    _check_prices(request, portfolio)
    notes = [f"Held now: {each}" for each in said] + [f"Wanted: {each}" for each in wished]
    return portfolio, notes + _check_lots(request, portfolio)


def _check_prices(request: RebalanceRequest, portfolio: Portfolio) -> None:
    if request.prices is None:
        return
    check_names(request.prices, portfolio.names, ("prices",))
    missing = [name for name in portfolio.names if name not in request.prices]
    if missing:
        raise RequestError.at("prices", msg=f"{missing[0]} has no price; give one for every asset, or none at all")


def _check_lots(request: RebalanceRequest, portfolio: Portfolio) -> list[str]:
    """Return what a reader must know of the purchases; RequestError where they are more than what is held."""
    covered = np.zeros(len(portfolio.names))
    for i, lot in enumerate(request.tax_lots):
        check_names([lot.asset], portfolio.names, ("tax_lots", i, "asset"))
        covered[portfolio.names.index(lot.asset)] += lot.value
    over = covered - portfolio.positions
    if float(over.max()) > COVERED * request.value:
        at = int(over.argmax())
        msg = (
            f"the purchases of {portfolio.names[at]} are worth {covered[at]:.6g} and its position "
            f"{portfolio.positions[at]:.6g}; correct their values or the value of the portfolio"
        )
        raise RequestError.at("tax_lots", msg=msg)
    if not request.tax_lots and (request.short_rate or request.long_rate):
        return ["Without purchases no gain is known, and no tax."]
    bare = [name for name, gap in zip(portfolio.names, over, strict=True) if gap < -COVERED * request.value]
    if request.tax_lots and bare:
        return [f"What no purchase covers is taken to be sold without gain: {', '.join(bare[:5])}."]
    return []
