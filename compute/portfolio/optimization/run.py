"""The front door: from a request and its assets to the best weights and all that is told about them."""

from compute.job import Report
from compute.portfolio.assets import Values
from compute.portfolio.constraints import limits_of
from compute.portfolio.frontier.path import trace_path
from compute.portfolio.objectives import HEURISTIC
from compute.portfolio.optimization.answer import write_result
from compute.portfolio.optimization.refusal import refused
from compute.portfolio.optimization.request import OptimizeRequest
from compute.portfolio.optimization.result import OptimizeResult
from compute.portfolio.optimization.solving import Problem, solve, with_least_return
from compute.portfolio.solution import PortfolioError
from compute.portfolio.universe import Estimate, estimate_anew, make_universe


def optimize(
    request: OptimizeRequest,
    values: Values | None,
    report: Report,
    device: str = "cpu",
    estimate: Estimate = estimate_anew,
) -> OptimizeResult:
    """Return the best weights for what `request` asks.

    `values` is the table of the assets' history, None where moments are given. Raises RequestError, at the field that
    would help, where assets cannot be used, limits contradict each other, or the objective has no best portfolio.
    """
    report(0.0, "Preparing the returns")
    universe = make_universe(request, values, estimate)
    moments, year = universe.moments, universe.year
    report(0.3, "Optimising")
    limits = limits_of(request.constraints, moments.names)
    bounded = with_least_return(limits, moments.mean * year, request.constraints.target_return)
    problem = Problem(request.objective, universe, bounded, request.risk_free_rate)
    try:
        solution = solve(problem)
    except PortfolioError as error:
        raise refused(error, request.constraints, request.objective, moments.names) from error
    path = None
    if request.frontier:
        report(0.7, "Tracing the frontier")
        path = trace_path(moments, limits, request.risk_free_rate)
    notes: tuple[str, ...] = ()
    if request.frontier and path is None:
        notes = ("The frontier is not traced within these limits; ask for one point by its return or volatility.",)
    elif path is not None and request.constraints.target_return is not None:
        notes = ("The frontier is drawn without the least return.",)
    if request.objective.kind in HEURISTIC and universe.returns is None:
        notes = (*notes, "The rule knows the covariance only.")
    report(0.95, "Writing it down")
    result = write_result(request, universe, limits, solution, path, device, notes)
    report(1.0, "Done")
    return result
