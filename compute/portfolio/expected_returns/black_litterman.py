"""Equilibrium returns with views of one's own (Black and Litterman 1992; Idzorek 2005 for confidences)."""

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from compute.portfolio.assets import AssetName
from compute.portfolio.expected_returns.market import Market
from compute.portfolio.naming import check_names
from compute.schema import Location, Record, RequestError

Array = NDArray[np.float64]

MAX_VIEWS = 50
Confidence = Annotated[
    float,
    Field(
        gt=0,
        le=1,
        title="Confidence",
        description="How sure you are: near 0 changes nothing, 1 makes the view certain.",
    ),
]


class AbsoluteView(Record, title="An asset returns"):
    """One asset returns so much per year."""

    kind: Literal["absolute"] = "absolute"
    asset: AssetName = Field(title="Asset", description="Its name.", json_schema_extra={"names": "assets"})
    annual_return: float = Field(
        ge=-1,
        le=10,
        title="Return",
        description="As a fraction per year; 0.08 is 8 %.",
        json_schema_extra={"unit": "1/year"},
    )
    confidence: Confidence = 0.5


class RelativeView(Record, title="One beats another"):
    """One asset returns so much more than another per year."""

    kind: Literal["relative"] = "relative"
    better: AssetName = Field(
        title="Better", description="Name of the asset that earns more.", json_schema_extra={"names": "assets"}
    )
    worse: AssetName = Field(
        title="Worse", description="Name of the asset that earns less.", json_schema_extra={"names": "assets"}
    )
    annual_difference: float = Field(
        ge=-10,
        le=10,
        title="Difference",
        description="By how much, as a fraction per year; 0.03 is 3 %.",
        json_schema_extra={"unit": "1/year"},
    )
    confidence: Confidence = 0.5


View = Annotated[AbsoluteView | RelativeView, Field(discriminator="kind")]


class BlackLitterman(Market, title="Black-Litterman"):
    """What the market's weights imply, moved by your own views as far as you trust them."""

    kind: Literal["black_litterman"] = "black_litterman"
    views: tuple[View, ...] = Field(
        default=(), max_length=MAX_VIEWS, title="Views", description="What you expect yourself."
    )
    risk_aversion: float = Field(
        default=2.5,
        gt=0,
        le=1000,
        title="Market risk aversion",
        description="Return per variance that the market asks for: with it and its weights the equilibrium is found.",
    )
    tau: float = Field(
        default=0.05,
        gt=0,
        le=1,
        title="Uncertainty of equilibrium",
        description="Share of the covariance by which equilibrium returns may be wrong.",
    )


def view_matrix(views: tuple[View, ...], names: tuple[str, ...], loc: Location) -> tuple[Array, Array, Array]:
    """Return P (k, n), what each view says per year (k,), and its confidence (k,); unknown assets are told at `loc`."""
    picks = np.zeros((len(views), len(names)))
    said = np.zeros(len(views))
    for i, view in enumerate(views):
        if isinstance(view, AbsoluteView):
            check_names([view.asset], names, (*loc, i, "asset"))
            picks[i, names.index(view.asset)] = 1
            said[i] = view.annual_return
            continue
        check_names([view.better], names, (*loc, i, "better"))
        check_names([view.worse], names, (*loc, i, "worse"))
        if view.better == view.worse:
            msg = f"{view.worse!r} cannot earn more than itself; name two assets"
            raise RequestError.at(*loc, i, "worse", msg=msg)
        picks[i, names.index(view.better)], picks[i, names.index(view.worse)] = 1, -1
        said[i] = view.annual_difference
    return picks, said, np.array([view.confidence for view in views])


def posterior(
    prior: Array, covariance: Array, tau: float, picks: Array, said: Array, confidence: Array
) -> tuple[Array, Array]:
    """Return expected returns (n,) and their covariance of error (n, n) after the views.

    With C = tau S, view i has error variance (1 - c_i) / c_i p_i' C p_i (Idzorek's confidence in closed form, Walters
    2014, eq. 40); m = prior + C P' (P C P' + Omega)^-1 (q - P prior); M = C - C P' (P C P' + Omega)^-1 P C.

    Parameters
    ----------
    prior : (n,) equilibrium returns
    covariance : S (n, n)
    picks, said, confidence : P (k, n), q (k,), c (k,), in the units of `prior`
    """
    error = tau * covariance
    if len(said) == 0:
        return prior, error
    spread = picks @ error  # (k, n)
    seen = spread @ picks.T
    omega = np.diag((1 - confidence) / confidence * np.diag(seen))
    gain = np.linalg.lstsq(seen + omega, spread, rcond=None)[0]  # (k, n); least squares: views may repeat each other
    return prior + (said - picks @ prior) @ gain, error - spread.T @ gain
