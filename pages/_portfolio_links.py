"""Ways from one question about a portfolio to the next, with what is known filled in."""

from collections.abc import Mapping
from typing import Any

from pages._job_records import filled_link
from pages._workspace import workspace

DECIMALS = 6  # of a weight in a form; the largest one takes what the others leave
LEAST = 10**-DECIMALS


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

    None where something is sold short.
    """
    if any(weight <= -LEAST for weight in (*target.values(), *held.values())):
        return None
    request = {"current": shown_weights(held) or None, "target": shown_weights(target) or None, **known}
    return filled_link(workspace().tasks["rebalance"], request)


def risk_link(assets: Any, weights: Mapping[str, float], **known: Any) -> str:
    """Return the address that asks for the risk of `weights`."""
    request = {"assets": assets, "weights": shown_weights(weights), "rest": "cash", **known}
    return filled_link(workspace().tasks["risk"], request)
