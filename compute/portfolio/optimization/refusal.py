"""Where on the request a conflict of limits belongs: the field that would resolve it."""

from collections.abc import Callable

from compute.portfolio.constraints import CONSTRAINTS, Constraints
from compute.portfolio.objectives import Objective, TargetReturn, TargetVolatility
from compute.portfolio.optimization.solving import LEAST_RETURN
from compute.portfolio.solution import PortfolioError, UndefinedError
from compute.schema import FieldProblem, Location, RequestError

_FIELDS: tuple[tuple[str, str, Callable[[Constraints], bool]], ...] = (
    # a word of the conflict, the field, and whether it was set at all
    (LEAST_RETURN, "target_return", lambda limits: limits.target_return is not None),
    ("turnover", "max_turnover", lambda limits: limits.max_turnover is not None),
    ("tracking", "max_tracking_error", lambda limits: limits.max_tracking_error is not None),
    ("volatility", "max_volatility", lambda limits: limits.max_volatility is not None),
    ("gross", "max_gross", lambda limits: limits.max_gross is not None),
    ("position", "min_position", lambda limits: limits.min_position > 0),
)


def refused(
    error: PortfolioError, constraints: Constraints, names: tuple[str, ...], objective: Objective | None = None
) -> RequestError:
    """Return the refusal that names the limits in conflict, at the field that would resolve it.

    Solvers speak of periods; they were given years.
    """
    conflict = error.conflict
    if isinstance(error, UndefinedError):
        return RequestError.at("objective" if objective else "constraints", msg=_yearly(str(error)))
    if isinstance(objective, TargetReturn | TargetVolatility) and len(conflict.constraints) == 1:
        field = "annual_return" if isinstance(objective, TargetReturn) else "annual_volatility"
        return RequestError.at("objective", field, msg=_yearly(str(error)))
    fields = list(dict.fromkeys(_field(text, constraints, names) for text in conflict.constraints))
    said = _yearly(str(error))
    if conflict.constraints and not all(text in said for text in conflict.constraints):
        said += f" In conflict: {'; '.join(conflict.constraints)}."
    # every field in conflict is marked, but for the sum of weights, which is seldom the one to change
    blamed = [loc for loc in fields if loc[-1] != "net"] or fields or [CONSTRAINTS]
    return RequestError([FieldProblem(loc=loc, msg=said) for loc in blamed])


def _yearly(text: str) -> str:
    return text.replace("per period", "per year")


def _field(text: str, constraints: Constraints, names: tuple[str, ...]) -> Location:
    """Return the field that a limit in words came from."""
    for i, group in enumerate(constraints.groups):
        if text.startswith(f"{group.name} at "):
            return (*CONSTRAINTS, "groups", i)
    if "sum to" in text or text.startswith("sum of weights"):
        return (*CONSTRAINTS, "net")
    if text == f"at most {constraints.max_assets} assets":
        return (*CONSTRAINTS, "max_assets")
    for word, field, is_set in _FIELDS:
        if word in text and is_set(constraints):
            return (*CONSTRAINTS, field)
    asset = next((name for name in names if text.startswith(f"{name} at ")), None)
    if asset is not None and asset in (constraints.bounds or {}):
        return (*CONSTRAINTS, "bounds", asset)
    return (*CONSTRAINTS, "min_weight" if "at least" in text or "least weight" in text else "max_weight")
