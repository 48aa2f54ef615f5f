"""Ways from one question about a portfolio to the next, with what is known filled in."""

from collections.abc import Mapping
from typing import Any

from pages._job_records import filled_link
from pages._workspace import workspace

PORTFOLIO_TABS = (
    "Portfolios",
    (
        ("Optimise", "/portfolio"),
        ("Risk", "/risk"),
        ("Backtest", "/portfolio-backtest"),
        ("Rebalance", "/rebalance"),
        ("Saved", "/portfolios"),
    ),
)
DECIMALS = 6  # of a weight in a form; the largest one takes what the others leave
LEAST = 10**-DECIMALS
MAX_LINK = 60_000  # characters of an address: servers refuse more, and a table of prices belongs in a dataset


def shown_weights(weights: Mapping[str, float]) -> dict[str, float]:
    """Return weights as people write them: rounded, without those of 0, and with the sum that they had."""
    rounded = {name: round(weight, DECIMALS) for name, weight in weights.items() if abs(weight) >= LEAST}
    if rounded:
        largest = max(rounded, key=lambda name: abs(rounded[name]))
        missing = sum(weights.values()) - sum(rounded.values())
        rounded[largest] = round(rounded[largest] + missing, DECIMALS)
    return rounded


def rebalance_link(target: Mapping[str, float], held: Mapping[str, float], **known: Any) -> str | None:
    """Return the address that asks for the trades from `held` to `target`, either of which may be empty: not known.

    None where something is sold short, and for more assets than an address can hold.
    """
    if any(weight <= -LEAST for weight in (*target.values(), *held.values())):
        return None
    request = {"current": shown_weights(held) or None, "target": shown_weights(target) or None, **known}
    return _link_of("rebalance", request)


def risk_link(assets: Any, weights: Mapping[str, float], **known: Any) -> str | None:
    """Return the address that asks for the risk of `weights`; None for more assets than an address can hold."""
    request = {"assets": assets, "weights": shown_weights(weights), "rest": "cash", **known}
    return _link_of("risk", request)


def walk_link(request: Mapping[str, Any]) -> str | None:
    """Return the address that asks what the portfolio of an optimisation's `request` would have earned, found again
    and again; None without a history, or where an address cannot hold it."""
    if "expected_returns" in request["assets"]:
        return None
    shared = ("assets", "expected_returns", "covariance", "risk_free_rate")
    limits = {name: limit for name, limit in request.get("constraints", {}).items() if name != "previous_weights"}
    known = {name: request[name] for name in shared if name in request}
    return _link_of("portfolio_backtest", {**known, "constraints": limits, "strategy": request["objective"]})


def _link_of(kind: str, request: Mapping[str, Any]) -> str | None:
    link = filled_link(workspace().tasks[kind], request)
    return link if len(link) <= MAX_LINK else None
