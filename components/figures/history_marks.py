"""What stands out in the history of a fan chart: values nobody expected, and those that were replaced."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
from numpy.typing import NDArray

from components.theme import PALETTE
from compute.forecast.result import Anomalies, Replacement

REPLACED_COLOUR = PALETTE[3]
ANOMALY_COLOUR = PALETTE[6]
_RANK = 300  # in the legend: after the bands


def replaced_marks(replaced: Sequence[Replacement], times: NDArray[Any], value_format: str) -> list[go.Scatter]:
    """Return a diamond at each value that was replaced, and a cross at what the model saw instead."""
    if not replaced:
        return []
    x = [times[each.index] for each in replaced]
    values, seen = [each.value for each in replaced], [each.replacement for each in replaced]
    return [
        go.Scatter(
            x=x,
            y=values,
            mode="markers",
            marker={"size": 11, "symbol": "diamond-open", "color": REPLACED_COLOUR, "line": {"width": 2}},
            name="Outlier, replaced",
            customdata=seen,
            legendrank=_RANK,
            hovertemplate=f"%{{y:{value_format}}}, replaced by %{{customdata:{value_format}}}<extra>Outlier</extra>",
        ),
        go.Scatter(
            x=x,
            y=seen,
            mode="markers",
            marker={"size": 8, "symbol": "x-thin", "line": {"width": 2, "color": REPLACED_COLOUR}},
            name="What the model saw",
            legendrank=_RANK + 1,
            hoverinfo="skip",
        ),
    ]


def anomaly_marks(
    anomalies: Anomalies | None, replaced: Sequence[Replacement], times: NDArray[Any], value_format: str
) -> list[go.Scatter]:
    """Return a circle at each value outside its one-step-ahead interval, except those that have a diamond already."""
    known = {each.index for each in replaced}
    listed = [each for each in anomalies.listed if each.index not in known] if anomalies else []
    if anomalies is None or not listed:
        return []
    return [
        go.Scatter(
            x=[times[each.index] for each in listed],
            y=[each.value for each in listed],
            mode="markers",
            marker={"size": 9, "symbol": "circle-open", "color": ANOMALY_COLOUR, "line": {"width": 1.8}},
            name=f"Outside {anomalies.level:g} %, one step ahead",
            customdata=[[each.expected, each.lower, each.upper] for each in listed],
            legendrank=_RANK + 2,
            hovertemplate=f"expected %{{customdata[0]:{value_format}}}, "
            f"%{{customdata[1]:{value_format}}} to %{{customdata[2]:{value_format}}}<extra>Unexpected</extra>",
        )
    ]
