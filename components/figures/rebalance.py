"""A rebalancing drawn: what is held before and after it, beside what is wanted."""

from collections.abc import Mapping

import plotly.graph_objects as go

from components.figures.bars import finish_bars, share_bars
from components.theme import PALETTE
from compute.portfolio.rebalance.result import RebalanceResult

MAX_BARS = 30  # assets that bars are drawn for
LEAST_CASH = 5e-4  # of the value; less is what costs and lots leave
CASH = "Cash"


def weights_chart(result: RebalanceResult, *, revision: str = "") -> go.Figure:
    """Return the weights before, after and wanted of each asset and of cash, what is furthest away first."""
    before, after, wanted = (_with_cash(weights, result) for weights in _weights(result))
    shown = sorted(before, key=lambda name: -abs(before[name] - wanted[name]))[:MAX_BARS]
    figure = go.Figure(
        [
            share_bars([before[name] for name in shown], shown, "Before", PALETTE[7], ""),
            share_bars([after[name] for name in shown], shown, "After", PALETTE[0], "/"),
            share_bars([wanted[name] for name in shown], shown, "Wanted", PALETTE[1], "x"),
        ]
    )
    return finish_bars(figure, weights_height(result), "Share of the value", revision)


def weights_height(result: RebalanceResult) -> int:
    """Return the height in px of the chart."""
    return 120 + 60 * min(len(result.weights_before) + _has_cash(result), MAX_BARS)


def _weights(result: RebalanceResult) -> tuple[Mapping[str, float], ...]:
    return result.weights_before, result.weights_after, result.target


def _with_cash(weights: Mapping[str, float], result: RebalanceResult) -> dict[str, float]:
    if not _has_cash(result):
        return dict(weights)
    name = CASH if CASH not in weights else f"{CASH} beside it"
    return {**weights, name: max(0.0, 1 - sum(weights.values()))}


def _has_cash(result: RebalanceResult) -> bool:
    return any(1 - sum(weights.values()) > LEAST_CASH for weights in _weights(result))
