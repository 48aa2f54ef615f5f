"""A portfolio in words and tables: what it holds, why to believe that nothing is better, what it comes to."""

from dash import html
from dash.development.base_component import Component

from components.facts import Fact, facts_list
from components.numbers import ABSENT, percent, significant
from components.tables import Cell, Column, shown_number, table
from compute.portfolio.optimization.result import OptimizeResult

SHOWN_BINDING = 12
LEAST = 1e-15  # what arithmetic with numbers near 1 leaves


def portfolio_sentence(result: OptimizeResult) -> str:
    """Return what the portfolio comes to."""
    held = sum(1 for weight in result.weights.values() if weight)
    top = sorted(result.weights.items(), key=lambda each: -abs(each[1]))[:3]
    largest = ", ".join(f"{name} {percent(weight, 1)}" for name, weight in top if weight)
    return (
        f"Expected to earn {percent(result.expected_return, 2)} a year at {percent(result.volatility, 2)} volatility, "
        f"a Sharpe ratio of {significant(result.sharpe_ratio, 3)}. It holds {held} of {len(result.assets)} assets, "
        f"most of all {largest}."
    )


def weights_table(result: OptimizeResult, other: OptimizeResult | None = None) -> html.Div:
    """Return a row per asset, the largest weight first; with the weights of another result beside."""
    definitions = result.definitions
    columns = [
        Column("Asset"),
        Column("Weight", is_number=True),
        *([Column("Other weight", is_number=True, help="In the result this one is compared with.")] if other else []),
        Column("Share of risk", is_number=True, help=definitions.get("risk_contributions")),
        Column("Return alone", is_number=True, help=definitions.get("expected_return")),
        Column("Volatility alone", is_number=True, help=definitions.get("volatility")),
        Column("Sharpe alone", is_number=True, help=definitions.get("sharpe_ratio")),
    ]
    ordered = sorted(result.assets, key=lambda asset: -abs(result.weights[asset.name]))
    rows: list[list[Cell]] = [
        [
            asset.name,
            percent(result.weights[asset.name], 2),
            *([percent(other.weights.get(asset.name), 2)] if other else []),
            percent(result.risk_contributions[asset.name], 2),
            percent(asset.expected_return, 2),
            percent(asset.volatility, 2),
            significant(asset.sharpe_ratio, 3),
        ]
        for asset in ordered
    ]
    return table("Weights, risk and what each asset is alone, per year", columns, rows)


def merit_facts(result: OptimizeResult) -> html.Dl:
    """Return the figures of the portfolio, each with its definition on hover."""
    facts: list[Fact] = [
        ("Expected return", percent(result.expected_return, 2), "expected_return"),
        ("Volatility", percent(result.volatility, 2), "volatility"),
        ("Sharpe ratio", significant(result.sharpe_ratio, 4), "sharpe_ratio"),
        ("Diversification ratio", significant(result.diversification_ratio, 3), "diversification_ratio"),
        ("Effective assets", significant(result.effective_assets, 3), "effective_assets"),
    ]
    for title, value, name in (
        ("Turnover", result.turnover, "turnover"),
        ("Tracking error", result.tracking_error, "tracking_error"),
        ("CVaR per period", result.cvar, "cvar"),
        ("CDaR", result.cdar, "cdar"),
    ):
        if value is not None:
            facts.append((title, percent(value, 2), name))
    return facts_list(facts, result.definitions)


def proof_facts(result: OptimizeResult) -> html.Dl:
    """Return why to believe the answer: gap, violation, method, where it ran, and what was known already."""
    known = {"hit": "known already", "miss": "estimated now", None: "given or estimated now"}
    gap = ABSENT if result.duality_gap is None else _tiny(result.duality_gap)
    return facts_list(
        [
            ("Duality gap", gap, "duality_gap"),
            ("Limits exceeded by", _tiny(result.violation), ""),
            ("Method", result.method, ""),
            ("Iterations", str(result.iterations), ""),
            ("Device", result.device, ""),
            ("Estimates", known[result.moments_cache], ""),
            ("Periods", ABSENT if result.observations is None else f"{result.observations}", ""),
            ("Periods per year", shown_number(result.periods_per_year), ""),
        ],
        result.definitions,
    )


def binding_list(result: OptimizeResult) -> Component | None:
    """Return the limits that hold the portfolio back, the strongest first; None where none does."""
    if not result.binding_constraints:
        return None
    shown = [html.Li(each.name) for each in result.binding_constraints[:SHOWN_BINDING]]
    more = len(result.binding_constraints) - SHOWN_BINDING
    if more > 0:
        shown.append(html.Li(f"and {more} more"))
    return html.Div(
        [
            html.P("Held back by, the strongest first:", className="la-muted la-small"),
            html.Ul(shown, className="la-notes"),
        ],
        className="la-below",
    )


def _tiny(value: float) -> str:
    """Return a number that should be 0, or how little it is."""
    return "0" if value == 0 else f"below {LEAST:.0e}" if value < LEAST else f"{value:.1e}"
