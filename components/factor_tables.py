"""What factors bring to the risk of a portfolio, and what past crises would have done to it, as tables."""

from dash import html

from components.numbers import ABSENT, money, percent, significant
from components.tables import Cell, Column, table
from components.words import count_words
from compute.portfolio.risk.factors import FactorContribution
from compute.portfolio.risk.result import CrisisLoss, RiskResult

LOADINGS = 3  # assets that a principal component is described by


def factor_sentence(result: RiskResult) -> str:
    """Return how much of the returns the factors explain."""
    count = sum(each.exposure is not None for each in result.factor_contributions)
    share = result.factor_r_squared
    verb = "explains" if count == 1 else "explain"
    explained = "" if share is None else f" {verb} {percent(share)} of the variance of its returns"
    return f"{count_words(count, 'factor')}{explained}."


def factors_table(result: RiskResult) -> html.Div:
    """Return what each factor, and what none explains, brings to the risk."""
    columns = [
        Column("Factor"),
        Column("Exposure", is_number=True, help="Return of the portfolio per unit of return of the factor."),
        Column("Standard error", is_number=True, help="Of the exposure."),
        Column("Volatility", is_number=True, help="Of the factor, or of what is not explained, per year."),
        Column("Share of volatility", is_number=True, help="The shares sum to 100 %."),
        Column("Share of CVaR", is_number=True, help="Of the historical CVaR of one period; they sum to 100 %."),
    ]
    rows: list[list[Cell]] = [
        [
            _named(each),
            ABSENT if each.exposure is None else significant(each.exposure, 3),
            ABSENT if each.exposure_error is None else significant(each.exposure_error, 2),
            percent(each.volatility, 2),
            percent(each.percent, 2),
            percent(each.cvar_percent, 2),
        ]
        for each in result.factor_contributions
    ]
    return table("Risk by factor", columns, rows)


def crises_table(result: RiskResult) -> html.Div | None:
    """Return what the portfolio would have lost in the crises that the history covers; None where it covers none."""
    if not result.crises:
        return None
    has_benchmark = any(each.benchmark_return is not None for each in result.crises)
    columns = [
        Column("Crisis"),
        Column("From"),
        Column("To"),
        Column("Return", is_number=True),
        Column("Amount", is_number=True),
        Column("Deepest fall", is_number=True, help="Within the crisis, from the highest value so far."),
        *([Column(f"{result.benchmark}", is_number=True, help="The benchmark meanwhile.")] if has_benchmark else []),
    ]
    return table(
        "Held as now, in crises of the past", columns, [_crisis(each, has_benchmark) for each in result.crises]
    )


def _crisis(crisis: CrisisLoss, has_benchmark: bool) -> list[Cell]:
    return [
        crisis.name,
        html.Span(f"{crisis.start:%Y-%m-%d}", className="la-one-line"),
        html.Span(f"{crisis.end:%Y-%m-%d}", className="la-one-line"),
        percent(crisis.portfolio_return, 2),
        money(crisis.amount),
        percent(crisis.max_drawdown, 2),
        *([percent(crisis.benchmark_return, 2)] if has_benchmark else []),
    ]


def _named(factor: FactorContribution) -> str:
    if not factor.loadings:
        return factor.name
    largest = sorted(factor.loadings.items(), key=lambda each: -abs(each[1]))[:LOADINGS]
    parts = ", ".join(f"{name} {significant(loading, 2)}" for name, loading in largest)
    return f"{factor.name}: {parts}"
