"""What a schema cannot know of a walk through the past: names, and a history long enough for one rebalancing."""

from compute.portfolio.assets import AssetHistory
from compute.portfolio.backtest.request import PortfolioBacktestRequest
from compute.portfolio.constraints import check_constraints
from compute.portfolio.naming import check_names
from compute.schema import RequestError

MAX_WEIGHTS = 3_000_000  # rebalancings times assets: a result of some 60 MB
MIN_EARNED = 2  # periods; a volatility needs two


def check_backtest(request: PortfolioBacktestRequest, names: tuple[str, ...]) -> None:
    """Raise RequestError where limits contradict each other or the benchmark is no asset."""
    limits = request.constraints
    if limits.max_turnover is not None and limits.previous_weights is None:
        limits = limits.model_copy(update={"previous_weights": {}})  # a walk knows what it holds
    check_constraints(limits)
    if request.benchmark is not None:
        check_names([request.benchmark], names, ("benchmark",))
    invested = [name for name in names if name != request.benchmark]
    if len(invested) < 2:
        msg = "a portfolio needs at least 2 assets beside the benchmark; name more, or leave the benchmark empty"
        raise RequestError.at("benchmark" if request.benchmark else "assets", msg=msg)


def check_history(request: PortfolioBacktestRequest, periods: int) -> None:
    """Raise RequestError where the history is too short for the window."""
    if periods < request.window + MIN_EARNED:
        msg = (
            f"a window of {request.window} leaves {max(0, periods - request.window)} of {periods} periods to earn; "
            f"shorten it to {periods - MIN_EARNED} or less, or give a longer history"
        )
        raise RequestError.at("window", msg=msg)


def check_count(request: PortfolioBacktestRequest, count: int, assets: int) -> None:
    """Raise RequestError where the weights of so many rebalancings are too many to tell."""
    if count * assets > MAX_WEIGHTS:
        msg = f"{count} rebalancings of {assets} assets exceed {MAX_WEIGHTS} weights; rebalance less often"
        raise RequestError.at("rebalance_every" if request.calendar == "periods" else "calendar", msg=msg)


def refuse_pairwise(assets: AssetHistory) -> None:
    """Raise RequestError for a history with holes: what is not known cannot be earned."""
    if assets.missing == "pairwise":
        msg = "a portfolio cannot be held through missing returns; choose common or fill"
        raise RequestError.at("assets", "missing", msg=msg)
