"""The front door: from a request and its assets to the best weights and all that is told about them."""

from compute.job import Report
from compute.portfolio.assets import Values
from compute.portfolio.constraints import limits_of
from compute.portfolio.frontier.pareto import make_pareto
from compute.portfolio.frontier.pareto_set import ParetoSet
from compute.portfolio.frontier.path import trace_path
from compute.portfolio.limits import Limits
from compute.portfolio.objectives import HEURISTIC
from compute.portfolio.optimization.answer import write_result
from compute.portfolio.optimization.refusal import refused
from compute.portfolio.optimization.request import OptimizeRequest
from compute.portfolio.optimization.result import OptimizeResult
from compute.portfolio.optimization.solving import Problem, solve, with_least_return
from compute.portfolio.resampling.options import FrontierBands
from compute.portfolio.solution import PortfolioError
from compute.portfolio.universe import Estimate, Universe, estimate_anew, make_universe
from compute.schema import RequestError

SOLVED_ON = "cpu"  # one portfolio is too little work for anything else
BANDED = 40  # points of the frontier that bands are drawn through
MOST_EXCEEDED = 1e-6  # of a limit, by arithmetic; more is no answer


def optimize(
    request: OptimizeRequest,
    values: Values | None,
    report: Report,
    device: str = "cpu",
    estimate: Estimate = estimate_anew,
) -> OptimizeResult:
    """Return the best weights for what `request` asks.

    `values` is the table of the assets' history, None where moments are given; many resamples are traced on `device`.
    Raises RequestError, at the field that would help, where assets cannot be used, limits contradict each other, or the
    objective has no best portfolio.
    """
    report(0.0, "Preparing the returns")
    universe = make_universe(request, values, estimate)
    moments, year = universe.moments, universe.year
    report(0.3, "Optimising")
    limits = limits_of(request.constraints, moments.names, year)
    bounded = with_least_return(limits, moments.mean, request.constraints.target_return, year)
    problem = Problem(request.objective, universe, bounded, request.risk_free_rate / year)
    try:
        solution = solve(problem)
    except PortfolioError as error:
        raise refused(error, request.constraints, moments.names, request.objective) from error
    if solution.certificate.violation > MOST_EXCEEDED:
        msg = (
            "no portfolio within the limits was found, the best one exceeds them by "
            f"{solution.certificate.violation:.2g}; the covariance is next to singular: choose ledoit_wolf, give a "
            "longer history, or loosen the limits"
        )
        raise RequestError.at("covariance", msg=msg)
    path = None
    if request.frontier:
        report(0.7, "Tracing the frontier")
        path = trace_path(moments, limits_of(request.constraints, moments.names), request.risk_free_rate)
    notes: tuple[str, ...] = ()
    if request.frontier and path is None:
        notes = ("The frontier is not traced within these limits; ask for one point by its return or volatility.",)
    elif path is not None and request.constraints.target_return is not None:
        notes = ("The frontier is drawn without the least return.",)
    if path is not None and not path.is_exact:
        notes = (
            *notes,
            f"The frontier joins {len(path.weights)} optima; portfolios between them are nearly efficient.",
        )
    if request.objective.kind in HEURISTIC and universe.returns is None:
        notes = (*notes, "The rule knows the covariance only.")
    bands, said = _bands(request, universe, bounded, report, device)
    pareto, told = _pareto(request, universe, report)
    report(0.95, "Writing it down")
    result = write_result(request, universe, limits, solution, path, SOLVED_ON, (*notes, *said, *told))
    result = result.model_copy(update={"bands": bands, "pareto": pareto})
    report(1.0, "Done")
    return result


def _pareto(request: OptimizeRequest, universe: Universe, report: Report) -> tuple[ParetoSet | None, tuple[str, ...]]:
    """Return the best portfolios in return, risk and turnover, where they are asked for."""
    moments, asked = universe.moments, request.constraints
    limits = with_least_return(limits_of(asked, moments.names), moments.mean, asked.target_return, universe.year)
    return make_pareto(
        request.n_turnovers,
        moments,
        limits,
        request.risk_free_rate,
        lambda share, said: report(0.85 + 0.1 * share, said),
    )


def _bands(
    request: OptimizeRequest, universe: Universe, limits: Limits, report: Report, device: str
) -> tuple[FrontierBands | None, tuple[str, ...]]:
    """Return the bands of the frontier and of the weights, where they are asked for."""
    from compute.portfolio.resampling.bands import BandRequest, make_bands

    asked = BandRequest(request, request.estimation, (request.objective,), BANDED, request.risk_free_rate, device)
    return make_bands(asked, universe, limits, lambda share, said: report(0.8 + 0.05 * share, said))
