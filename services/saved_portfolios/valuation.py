"""From positions as they are given, by weight or by units and prices, to weights and amounts that add up."""

from collections import Counter

from compute.portfolio.holdings import UNEVEN
from compute.schema import RequestError
from services.saved_portfolios.records import NewPortfolio, Position, SavedPosition


def value_positions(new: NewPortfolio) -> tuple[tuple[SavedPosition, ...], float, float]:
    """Return the positions, the value of everything and the cash, in money.

    Raises RequestError at the field that is missing, or that does not agree with the others.
    """
    _check_names(new.positions)
    by_units = new.positions[0].weight is None
    for at, each in enumerate(new.positions):
        _check_kind(each, at, by_units)
    return _by_units(new) if by_units else _by_weights(new)


def _check_names(positions: tuple[Position, ...]) -> None:
    name, count = Counter(each.asset for each in positions).most_common(1)[0]
    if count > 1:
        again = [at for at, each in enumerate(positions) if each.asset == name][1]
        msg = f"{name!r} is held twice; add its positions up"
        raise RequestError.at("positions", again, "asset", msg=msg)


def _check_kind(position: Position, at: int, by_units: bool) -> None:
    has_units = position.units is not None and position.price is not None
    if by_units and position.weight is None and not has_units:
        missing = "units" if position.units is None else "price"
        msg = f"{position.asset!r} has neither a weight nor units with a price; give one of the two"
        raise RequestError.at("positions", at, missing, msg=msg)
    if by_units != (position.weight is None):
        msg = "some positions have a weight and some have none; give weights to all, or units with prices to all"
        raise RequestError.at("positions", at, "weight", msg=msg)


def _by_units(new: NewPortfolio) -> tuple[tuple[SavedPosition, ...], float, float]:
    amounts = [(each.units or 0.0) * (each.price or 0.0) for each in new.positions]
    cash = new.cash or 0.0
    value = sum(amounts) + cash
    if value <= UNEVEN * sum(map(abs, amounts)) or value <= 0:
        msg = f"the positions and the cash are worth {value:.6g} together, as good as nothing; correct them"
        raise RequestError.at("positions", msg=msg)
    if new.value is not None and abs(new.value - value) > UNEVEN * value:
        msg = f"the positions and the cash are worth {value:.6g}, not {new.value:.6g}; correct it, or leave it out"
        raise RequestError.at("value", msg=msg)
    positions = tuple(_saved(each, amount / value, amount) for each, amount in zip(new.positions, amounts, strict=True))
    return positions, value, cash


def _by_weights(new: NewPortfolio) -> tuple[tuple[SavedPosition, ...], float, float]:
    if new.value is None:
        raise RequestError.at("value", msg="weights are shares of a value; give the value of the whole portfolio")
    cash = new.cash or 0.0
    if cash > new.value:
        raise RequestError.at("cash", msg=f"cash of {cash:.6g} is more than the whole value of {new.value:.6g}")
    total = sum(each.weight or 0.0 for each in new.positions)
    if abs(total + cash / new.value - 1) > UNEVEN:
        left = (1 - total) * new.value
        way = f"correct them, or give cash of {left:.6g}" if left > 0 else "correct them"
        msg = f"the weights sum to {total:.6g} and cash to {cash / new.value:.6g}, together not to 1; {way}"
        raise RequestError.at("positions", msg=msg)
    positions = tuple(_saved(each, each.weight or 0.0, (each.weight or 0.0) * new.value) for each in new.positions)
    return positions, new.value, cash


def _saved(position: Position, weight: float, amount: float) -> SavedPosition:
    return SavedPosition(asset=position.asset, weight=weight, amount=amount, units=position.units, price=position.price)
