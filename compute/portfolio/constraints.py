"""The limits an investor sets, as a request writes them, and what they are for the solvers."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from compute.portfolio.assets import MAX_ASSETS, AssetName
from compute.portfolio.limits import Limits
from compute.portfolio.naming import check_names, weights_of
from compute.schema import Location, Record, RequestError

Array = NDArray[np.float64]
Weight = Annotated[float, Field(ge=-10, le=10)]
Pair = tuple[Weight, Weight]

CONSTRAINTS = ("constraints",)
MAX_GROUPS = 100


class NamedAssets(Record, title="Group"):
    """Assets that are looked at together, such as a sector."""

    name: str = Field(default="group", min_length=1, max_length=200, title="Name", description="Of the group.")
    assets: tuple[AssetName, ...] = Field(
        min_length=1,
        max_length=MAX_ASSETS,
        title="Assets",
        description="Names of its assets.",
        json_schema_extra={"names": "assets"},
    )


class Group(NamedAssets, title="Group of assets"):
    """Assets whose weights together stay within limits, such as a sector."""

    min: Weight | None = Field(
        default=None, title="Least", description="Sum of their weights.", json_schema_extra={"empty": "No limit"}
    )
    max: Weight | None = Field(
        default=None, title="Most", description="Sum of their weights.", json_schema_extra={"empty": "No limit"}
    )


class Constraints(Record):
    """Limits on weights (fractions of the capital) and on risk (fractions per year)."""

    min_weight: Weight = Field(
        default=0.0,
        title="Smallest weight",
        description="Of each asset. Negative ones are short positions and need long-only off.",
    )
    max_weight: Weight = Field(default=1.0, title="Largest weight", description="Of each asset; 0.1 is 10 %.")
    long_only: bool = Field(
        default=True,
        title="Long only",
        description="No short positions. Off: down to the smallest weight, or to minus the largest where that is 0.",
    )
    max_volatility: float | None = Field(
        default=None,
        gt=0,
        le=10,
        title="Largest volatility",
        description="Standard deviation of a year's returns, at most.",
        json_schema_extra={"unit": "1/year", "empty": "No limit"},
    )
    target_return: float | None = Field(
        default=None,
        ge=-1,
        le=10,
        title="Least return",
        description="Expected return, at least.",
        json_schema_extra={"unit": "1/year", "empty": "No limit"},
    )
    bounds: dict[AssetName, Pair] | None = Field(
        default=None,
        min_length=1,
        title="Bounds of single assets",
        description="A line per asset: its name, least and largest weight.",
    )
    groups: tuple[Group, ...] = Field(
        default=(), max_length=MAX_GROUPS, title="Groups", description="Sums of weights, such as of a sector."
    )
    net: Weight = Field(
        default=1.0,
        title="Sum of weights",
        description="1 is fully invested; less keeps cash.",
        json_schema_extra={"advanced": True},
    )
    max_gross: float | None = Field(
        default=None,
        ge=0,
        le=20,
        title="Largest gross exposure",
        description="Of the sum of weights without their signs: 1.6 is 130/30.",
        json_schema_extra={"empty": "No limit", "advanced": True},
    )
    previous_weights: dict[AssetName, Weight] | None = Field(
        default=None,
        title="Weights held now",
        description="A line per asset: its name and weight; others have 0.",
        json_schema_extra={"advanced": True},
    )
    max_turnover: float | None = Field(
        default=None,
        ge=0,
        le=40,
        title="Largest turnover",
        description="Of the sum of all changes from the weights held now, bought and sold.",
        json_schema_extra={"empty": "No limit", "advanced": True},
    )
    benchmark_weights: dict[AssetName, Weight] | None = Field(
        default=None,
        min_length=1,
        title="Benchmark weights",
        description="A line per asset: its name and weight in the benchmark.",
        json_schema_extra={"advanced": True},
    )
    max_tracking_error: float | None = Field(
        default=None,
        gt=0,
        le=10,
        title="Largest tracking error",
        description="Standard deviation of a year's returns against the benchmark, at most.",
        json_schema_extra={"unit": "1/year", "empty": "No limit", "advanced": True},
    )
    max_assets: int | None = Field(
        default=None,
        ge=1,
        le=2000,
        title="Most assets",
        description="How many are held at once, at most.",
        json_schema_extra={"empty": "No limit", "advanced": True},
    )
    min_position: float = Field(
        default=0.0,
        ge=0,
        le=1,
        title="Least position",
        description="An asset that is held at all has at least this weight. 0: no limit.",
        json_schema_extra={"advanced": True},
    )


def check_constraints(constraints: Constraints, loc: Location = CONSTRAINTS) -> None:
    """Raise RequestError for limits that contradict each other whatever the assets are."""
    if constraints.long_only and constraints.min_weight < 0:
        msg = f"{constraints.min_weight:g} is a short position and the portfolio is long-only; turn long-only off"
        raise RequestError.at(*loc, "min_weight", msg=msg)
    if constraints.min_weight > constraints.max_weight:
        msg = (
            f"the smallest weight {constraints.min_weight:g} is above the largest, {constraints.max_weight:g}; lower it"
        )
        raise RequestError.at(*loc, "min_weight", msg=msg)
    for name, (low, high) in (constraints.bounds or {}).items():
        if low > high:
            msg = f"{name}: the least weight {low:g} is above the largest, {high:g}; give the smaller first"
            raise RequestError.at(*loc, "bounds", name, msg=msg)
        if constraints.long_only and low < 0:
            msg = f"{name}: {low:g} is a short position and the portfolio is long-only; turn long-only off"
            raise RequestError.at(*loc, "bounds", name, msg=msg)
    for i, group in enumerate(constraints.groups):
        if group.min is not None and group.max is not None and group.min > group.max:
            msg = f"{group.name}: the least sum {group.min:g} is above the largest, {group.max:g}; lower it"
            raise RequestError.at(*loc, "groups", i, "min", msg=msg)
    _check_companions(constraints, loc)


def _check_companions(constraints: Constraints, loc: Location) -> None:
    """Raise RequestError for a limit whose reference is not given."""
    if constraints.max_turnover is not None and constraints.previous_weights is None:
        msg = "a largest turnover needs the weights held now; give them, or leave it empty"
        raise RequestError.at(*loc, "previous_weights", msg=msg)
    if constraints.max_tracking_error is not None and constraints.benchmark_weights is None:
        msg = "a largest tracking error needs the weights of the benchmark; give them, or leave it empty"
        raise RequestError.at(*loc, "benchmark_weights", msg=msg)


def limits_of(
    constraints: Constraints, names: tuple[str, ...], periods_per_year: float = 1.0, loc: Location = CONSTRAINTS
) -> Limits:
    """Return the limits for the assets in this order; unknown names are told at their field.

    Risks are per year, or per period where `periods_per_year` says how many there are.

    The least return is none of them: it depends on expected returns and is a row the caller adds.
    """
    check_constraints(constraints, loc)
    lower, upper = _bounds(constraints, names, loc)
    rows = np.zeros((len(constraints.groups), len(names)))
    for i, group in enumerate(constraints.groups):
        check_names(group.assets, names, (*loc, "groups", i, "assets"))
        rows[i, [names.index(asset) for asset in group.assets]] = 1
    root = float(np.sqrt(periods_per_year))
    previous, benchmark = constraints.previous_weights, constraints.benchmark_weights
    return Limits(
        lower=lower,
        upper=upper,
        net=constraints.net,
        rows=rows,
        row_lower=np.array([-np.inf if group.min is None else group.min for group in constraints.groups]),
        row_upper=np.array([np.inf if group.max is None else group.max for group in constraints.groups]),
        names=tuple(group.name for group in constraints.groups),
        gross=constraints.max_gross,
        previous=None if previous is None else weights_of(previous, names, (*loc, "previous_weights")),
        max_turnover=constraints.max_turnover,
        benchmark=None if benchmark is None else weights_of(benchmark, names, (*loc, "benchmark_weights")),
        max_tracking_error=None if constraints.max_tracking_error is None else constraints.max_tracking_error / root,
        max_volatility=None if constraints.max_volatility is None else constraints.max_volatility / root,
        max_assets=constraints.max_assets,
        min_position=constraints.min_position,
        assets=names,
    )


def _bounds(constraints: Constraints, names: tuple[str, ...], loc: Location) -> tuple[Array, Array]:
    least = constraints.min_weight
    if not constraints.long_only and least == 0:
        least = -max(constraints.max_weight, 0.0)
    lower = np.full(len(names), least)
    upper = np.full(len(names), constraints.max_weight)
    check_names(constraints.bounds or (), names, (*loc, "bounds"))
    for name, (low, high) in (constraints.bounds or {}).items():
        lower[names.index(name)], upper[names.index(name)] = low, high
    return lower, upper
