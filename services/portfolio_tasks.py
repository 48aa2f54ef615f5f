"""The kinds of jobs about portfolios: rows of `tasks`. Run functions import what they need when they run."""

from typing import TYPE_CHECKING

from compute.portfolio.backtest.request import PortfolioBacktestRequest
from compute.portfolio.backtest.result import PortfolioBacktestResult
from compute.portfolio.comparison.request import EstimatorsRequest
from compute.portfolio.comparison.result import EstimatorsResult
from compute.portfolio.constraints import check_constraints
from compute.portfolio.frontier.request import FrontierRequest
from compute.portfolio.frontier.result import FrontierResult
from compute.portfolio.optimization.request import OptimizeRequest
from compute.portfolio.optimization.result import OptimizeResult
from compute.portfolio.options import PortfolioRequest
from compute.portfolio.rebalance.request import RebalanceRequest
from compute.portfolio.rebalance.result import RebalanceResult
from compute.portfolio.risk.request import RiskRequest
from compute.portfolio.risk.result import RiskResult
from services.task_records import JobContext, Task

if TYPE_CHECKING:
    from services.workspace import Workspace


MANY_RESAMPLES = 2_000


def resampling_lane(request: OptimizeRequest | FrontierRequest) -> str:
    """Return the lane of a request: a GPU's where its frontier is traced very many times."""
    return "gpu" if request.n_bootstrap >= MANY_RESAMPLES else "cpu"


def _check_portfolio(request: PortfolioRequest, workspace: "Workspace") -> None:
    from services.assets import check_assets

    check_assets(request.assets, workspace.datasets)
    check_constraints(request.constraints)


def _run_optimize(request: OptimizeRequest, context: JobContext) -> OptimizeResult:
    from services.portfolio import run_optimize

    return run_optimize(request, context.workspace, context.report, context.device)


def _run_frontier(request: FrontierRequest, context: JobContext) -> FrontierResult:
    from services.portfolio import run_frontier

    return run_frontier(request, context.workspace, context.report, context.device)


def _check_risk(request: RiskRequest, workspace: "Workspace") -> None:
    from compute.portfolio.risk.checks import check_risk
    from services.assets import check_assets

    check_risk(request, check_assets(request.assets, workspace.datasets))


def _run_risk(request: RiskRequest, context: JobContext) -> RiskResult:
    from compute.portfolio.assets import GivenMoments
    from compute.portfolio.risk.run import measure_risk
    from services.assets import read_values

    assets = request.assets
    values = None if isinstance(assets, GivenMoments) else read_values(assets, context.workspace.datasets)
    return measure_risk(request, values, context.report)


def _check_backtest(request: PortfolioBacktestRequest, workspace: "Workspace") -> None:
    from compute.portfolio.backtest.checks import check_backtest
    from services.assets import check_assets

    check_backtest(request, check_assets(request.assets, workspace.datasets))


def _run_backtest(request: PortfolioBacktestRequest, context: JobContext) -> PortfolioBacktestResult:
    from compute.portfolio.backtest.run import backtest_portfolio
    from services.assets import read_values

    return backtest_portfolio(request, read_values(request.assets, context.workspace.datasets), context.report)


def _check_estimators(request: EstimatorsRequest, workspace: "Workspace") -> None:
    from services.assets import check_assets

    check_assets(request.assets, workspace.datasets)
    check_constraints(request.constraints)


def _run_estimators(request: EstimatorsRequest, context: JobContext) -> EstimatorsResult:
    from compute.portfolio.comparison.run import compare_estimators
    from services.assets import read_values

    return compare_estimators(request, read_values(request.assets, context.workspace.datasets), context.report)


def _check_rebalance(request: RebalanceRequest, _workspace: "Workspace") -> None:
    from compute.portfolio.rebalance.checks import portfolio_of

    portfolio_of(request)


def _run_rebalance(request: RebalanceRequest, context: JobContext) -> RebalanceResult:
    from compute.portfolio.rebalance.run import rebalance

    return rebalance(request, context.report)


PORTFOLIO_TASKS = (
    Task(
        kind="optimize",
        title="Portfolio",
        summary="Find the weights that are best for an objective, within limits, with a proof that none are better.",
        route="/finance/optimize",
        request=OptimizeRequest,
        result=OptimizeResult,
        run=_run_optimize,
        lane_of=resampling_lane,
        check=_check_portfolio,
        example={"assets": {"dataset": "imaginary-funds"}, "constraints": {"max_weight": 0.3}},
        page="/portfolio",
    ),
    Task(
        kind="frontier",
        title="Efficient frontier",
        summary="Trace the portfolios of least risk for each expected return, within limits.",
        route="/finance/frontier",
        request=FrontierRequest,
        result=FrontierResult,
        run=_run_frontier,
        lane_of=resampling_lane,
        check=_check_portfolio,
        example={"assets": {"dataset": "imaginary-funds"}, "n_points": 20},
    ),
    Task(
        kind="risk",
        title="Portfolio risk",
        summary="Measure what a portfolio may lose, its drawdowns, who brings the risk, and what shocks would do.",
        route="/finance/risk",
        request=RiskRequest,
        result=RiskResult,
        run=_run_risk,
        check=_check_risk,
        example={"assets": {"dataset": "imaginary-funds"}},
        page="/risk",
    ),
    Task(
        kind="portfolio_backtest",
        title="Portfolio backtest",
        summary="Walk through the past with a strategy: weights from what was known, held with drift and costs.",
        route="/finance/backtest",
        request=PortfolioBacktestRequest,
        result=PortfolioBacktestResult,
        run=_run_backtest,
        check=_check_backtest,
        example={"assets": {"dataset": "imaginary-funds"}, "strategy": {"kind": "min_variance"}},
        page="/portfolio-backtest",
    ),
    Task(
        kind="estimators",
        title="Compare estimators",
        summary="Measure which estimators of return and risk foretell unseen periods best, and how sure that is.",
        route="/finance/estimators",
        request=EstimatorsRequest,
        result=EstimatorsResult,
        run=_run_estimators,
        check=_check_estimators,
        example={"assets": {"dataset": "imaginary-funds"}, "folds": 5},
        page="/estimators",
    ),
    Task(
        kind="rebalance",
        title="Rebalancing",
        summary="Find the trades from the weights held to those wanted, with costs, lots and the least tax.",
        route="/finance/rebalance",
        request=RebalanceRequest,
        result=RebalanceResult,
        run=_run_rebalance,
        check=_check_rebalance,
        example={
            "current": {"Stocks": 0.68, "Bonds": 0.22, "Gold": 0.1},
            "target": {"Stocks": 0.6, "Bonds": 0.3, "Gold": 0.1},
        },
        page="/rebalance",
    ),
)
