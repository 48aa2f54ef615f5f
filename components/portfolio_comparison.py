"""Saved portfolios side by side: what they earn and risk, and what they hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import html

from components.numbers import money, percent, significant
from components.tables import Cell, Column, table

MAX_ROWS = 60  # assets that anybody reads; those of the largest weights
CASH = "Cash"


@dataclass(frozen=True)
class Compared:
    """One portfolio as it is compared; what is not known of it is None."""

    name: str
    weights: Mapping[str, float]
    value: float
    cash: float
    expected_return: float | None = None
    """Per year, as the volatility."""
    volatility: float | None = None
    sharpe_ratio: float | None = None


def figures_table(portfolios: Sequence[Compared]) -> html.Div:
    """Return a row per portfolio: what it was found to earn and risk, what it is worth, how it is spread."""
    columns = [
        Column("Portfolio"),
        Column("Return", is_number=True, help="Expected, per year, as it was found when the portfolio was made."),
        Column("Volatility", is_number=True, help="Per year, as it was found when the portfolio was made."),
        Column("Sharpe ratio", is_number=True),
        Column("Assets held", is_number=True),
        Column("Effective assets", is_number=True, help="As many, held in equal parts, would be spread alike."),
        Column("Value", is_number=True),
        Column("Cash", is_number=True),
    ]
    rows: list[list[Cell]] = [
        [
            each.name,
            percent(each.expected_return, 2),
            percent(each.volatility, 2),
            significant(each.sharpe_ratio, 3),
            sum(1 for weight in each.weights.values() if weight),
            significant(effective_assets(each.weights), 3),
            money(each.value),
            money(each.cash),
        ]
        for each in portfolios
    ]
    return table("As they were saved", columns, rows)


def weights_table(portfolios: Sequence[Compared]) -> html.Div:
    """Return a row per asset and one for cash, with the weight in each portfolio; the largest weight first."""
    names = {name for each in portfolios for name in each.weights}
    ranked = sorted(names, key=lambda name: (-max(abs(each.weights.get(name, 0.0)) for each in portfolios), name))
    columns = [Column("Asset"), *(Column(each.name, is_number=True) for each in portfolios)]
    rows: list[list[Cell]] = [
        [name, *(percent(each.weights.get(name, 0.0), 2) for each in portfolios)] for name in ranked[:MAX_ROWS]
    ]
    rows.append([CASH, *(percent(each.cash / each.value, 2) for each in portfolios)])
    more = len(ranked) - MAX_ROWS
    return table(f"Weights, the largest first{f'; {more} assets have less' if more > 0 else ''}", columns, rows)


def unknown_sentence(portfolios: Sequence[Compared]) -> str | None:
    """Return of which portfolios nothing is known but what they hold; None where all have figures."""
    bare = [each.name for each in portfolios if each.volatility is None]
    if not bare:
        return None
    return f"Saved without what they earn and risk, and so not in the chart: {', '.join(bare)}."


def effective_assets(weights: Mapping[str, float]) -> float | None:
    """Return the square of the sum of sizes over the sum of their squares; None where nothing is held."""
    sizes = [abs(weight) for weight in weights.values()]
    squares = sum(size * size for size in sizes)
    return sum(sizes) ** 2 / squares if squares > 0 else None
