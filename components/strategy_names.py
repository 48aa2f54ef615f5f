"""Names of portfolio strategies, as their schemas have them."""

from collections import Counter

from compute.portfolio.backtest.result import PortfolioBacktestResult
from compute.portfolio.objectives import TITLES


def strategy_title(kind: str) -> str:
    """Return what a strategy is called; a kind that is no more, by itself."""
    return TITLES.get(kind, kind)


def strategy_names(result: PortfolioBacktestResult) -> list[str]:
    """Return a name of its own for each strategy, the one that was asked for first."""
    seen: Counter[str] = Counter()
    names = []
    for each in result.strategies:
        seen[each.strategy] += 1
        again = f" ({seen[each.strategy]})" if seen[each.strategy] > 1 else ""
        names.append(f"{strategy_title(each.strategy)}{again}")
    return names


def benchmark_name(result: PortfolioBacktestResult) -> str:
    """Return the benchmark's name, said to be one."""
    return f"{result.benchmark[:1].upper()}{result.benchmark[1:]} (benchmark)"
