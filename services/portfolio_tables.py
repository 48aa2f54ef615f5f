"""Portfolios and frontiers as tables for spreadsheets. Which kind of job has which table is in `export`."""

from collections.abc import Iterator, Sequence

from compute.portfolio.backtest.result import PortfolioBacktestResult
from compute.portfolio.comparison.result import EstimatorsResult
from compute.portfolio.frontier.result import FrontierResult
from compute.portfolio.optimization.result import OptimizeResult
from compute.portfolio.rebalance.result import RebalanceResult
from compute.portfolio.risk.performance import Performance, Relative
from compute.portfolio.risk.result import RiskResult
from services.csv_text import Cell, time_text


def optimize_rows(result: OptimizeResult) -> Iterator[Sequence[Cell]]:
    """Return a header and a row per asset: weight and its bands, share of the risk, and what it is on its own."""
    banded = result.bands.portfolios[:1] if result.bands else ()
    bands = ["weight_lower", "weight_upper"] if banded else []
    yield ["asset", "weight", "risk_contribution", "expected_return", "volatility", "sharpe_ratio", *bands]
    for asset in result.assets:
        yield [
            asset.name,
            result.weights[asset.name],
            result.risk_contributions[asset.name],
            asset.expected_return,
            asset.volatility,
            asset.sharpe_ratio,
            *(end for each in banded for end in each.weights[asset.name]),
        ]


def frontier_rows(result: FrontierResult) -> Iterator[Sequence[Cell]]:
    """Return a header and a row per point, the marked ones and those within a turnover last, with all weights.

    Bands and turnover have columns where they were asked for.
    """
    names = [asset.name for asset in result.assets]
    bands = [f"{end}_{of}" for of in ("return", "volatility") for end in ("lower", "upper")] if result.bands else []
    traded = ["turnover"] if result.pareto else []
    columns = ["expected_return", "volatility", "sharpe_ratio", *bands, *traded]
    yield ["point", *columns, *(f"weight_{name}" for name in names)]
    marked = [("min_variance", result.min_variance), ("max_sharpe", result.max_sharpe)]
    points = [*((str(at), point) for at, point in enumerate(result.points, 1)), *marked]
    no_turnover: list[Cell] = [None] * len(traded)
    for at, (label, point) in enumerate(points):
        if point is not None:
            measures = (point.expected_return, point.volatility, point.sharpe_ratio)
            weights = (point.weights[name] for name in names)
            yield [label, *measures, *_banded(result, label, at), *no_turnover, *weights]
    no_bands: list[Cell] = [None] * len(bands)
    for each in result.pareto.points if result.pareto else ():
        measures = (each.expected_return, each.volatility, each.sharpe_ratio)
        yield ["within_turnover", *measures, *no_bands, each.turnover, *each.weights]


def _banded(result: FrontierResult, label: str, at: int) -> Sequence[Cell]:
    """Return between what return and volatility of a point lie in resamples; nothing where none were asked for."""
    bands = result.bands
    if bands is None:
        return []
    if at < len(result.points):
        ends = (bands.lower_returns, bands.upper_returns, bands.lower_volatilities, bands.upper_volatilities)
        return [end[at] for end in ends]
    marked = next((each for each in bands.portfolios if each.portfolio == label), None)
    return [None] * 4 if marked is None else [*marked.expected_return, *marked.volatility]


def risk_rows(result: RiskResult) -> Iterator[Sequence[Cell]]:
    """Return a header and a row per figure: measures of the whole, then the contributions of assets and groups."""
    yield ["measure", "name", "value"]
    for field in (*Performance.model_fields, *Relative.model_fields, "cdar"):
        yield [field, "portfolio", getattr(result, field)]
    for tail in result.tails:
        yield ["var", tail.method, tail.var]
        yield ["cvar", tail.method, tail.cvar]
    for share in (*result.contributions, *result.group_contributions):
        yield ["weight", share.name, share.weight]
        yield ["risk_contribution", share.name, share.percent]
        yield ["cvar_contribution", share.name, share.cvar_percent]
    for factor in result.factor_contributions:
        yield ["factor_exposure", factor.name, factor.exposure]
        yield ["factor_risk_contribution", factor.name, factor.percent]
        yield ["factor_cvar_contribution", factor.name, factor.cvar_percent]
    for crisis in result.crises:
        yield ["crisis", crisis.name, crisis.portfolio_return]
    for window in result.worst_windows:
        yield ["worst_return", f"{window.periods} periods", window.portfolio_return]
    for shock in result.shocks:
        yield ["shock", shock.name, shock.portfolio_return]


def portfolio_backtest_rows(result: PortfolioBacktestResult) -> Iterator[Sequence[Cell]]:
    """Return a header and a row per period: the curves, and where was traded the turnover, its cost and the weights."""
    names = [f"weight_{name}" for name in result.weights.names]
    yield ["timestamp", "period", "equity", "benchmark", "drawdown", "turnover", "cost", *names]
    traded = {each.period: each for each in result.rebalancings}
    weights = dict(zip(result.weights.periods, result.weights.weights, strict=True))
    empty: list[Cell] = [None] * len(names)
    for at, value in enumerate(result.equity):
        when = None if result.timestamps is None else time_text(result.timestamps[at])
        event = traded.get(at)
        moved = (None, None) if event is None else (event.turnover, event.cost)
        yield [when, at, value, result.benchmark_equity[at], result.drawdown[at], *moved, *weights.get(at, empty)]


def portfolio_trade_rows(result: PortfolioBacktestResult) -> Iterator[Sequence[Cell]]:
    """Return a header and a row per trade of the strategy, in time order."""
    yield ["timestamp", "period", "asset", "side", "amount", "weight_before", "weight_after", "cost"]
    for each in result.trades:
        when = None if each.timestamp is None else time_text(each.timestamp)
        moved = (each.amount, each.weight_before, each.weight_after, each.cost)
        yield [when, each.period, each.asset, each.side, *moved]


def estimators_rows(result: EstimatorsResult) -> Iterator[Sequence[Cell]]:
    """Return a header and a row per pair of estimators: each score, its standard error and its distance to the best."""
    scores = ("log_likelihood", "volatility", "sharpe_ratio")
    parts = ("", "_error", "_behind", "_behind_error")
    columns = [name + part for name in scores for part in parts]
    yield ["expected_returns", "covariance", *columns, "foretold_volatility", "fallbacks"]
    for pair in result.scores:
        cells: list[Cell] = []
        for name in scores:
            score = getattr(pair, name)
            if score is None:
                cells += [None] * len(parts)
            else:
                cells += [score.value, score.standard_error, score.behind, score.behind_error]
        yield [pair.expected_returns, pair.covariance, *cells, pair.foretold_volatility, pair.fallbacks]


def rebalance_rows(result: RebalanceResult) -> Iterator[Sequence[Cell]]:
    """Return a header and a row per trade, sales first."""
    weights = ("weight_before", "weight_after", "target_weight")
    yield ["asset", "side", "amount", "units", *weights, "cost", "gain", "tax"]
    for trade in result.trades:
        held = (getattr(trade, name) for name in weights)
        yield [trade.asset, trade.side, trade.amount, trade.units, *held, trade.cost, trade.gain, trade.tax]
