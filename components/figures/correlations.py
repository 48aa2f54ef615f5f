"""The map of correlations: asset by asset, those that move alike side by side."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

Array = NDArray[np.float64]
Correlations = Sequence[Sequence[float | None]]

SHOWN = 40  # assets whose names can be read along a side
NUMBERED = 14  # assets whose squares have room for a number
ROW = 26  # px
COLOURS = ((0, "#b3541e"), (0.5, "#f4f1ea"), (1, "#1f6fa5"))


def correlation_chart(names: Sequence[str], correlations: Correlations, sizes: Sequence[float]) -> go.Figure:
    """Return the map; of more than `SHOWN` assets those of the largest `sizes`, one for each asset."""
    values = np.array([[np.nan if value is None else value for value in row] for row in correlations], dtype=np.float64)
    kept = np.sort(np.argsort(-np.abs(np.asarray(sizes)), kind="stable")[:SHOWN])
    values = values[np.ix_(kept, kept)]
    order = alike_order(values)
    labels = [names[kept[at]] for at in order]
    figure = go.Figure(
        go.Heatmap(
            z=values[np.ix_(order, order)],
            x=labels,
            y=labels,
            zmin=-1,
            zmax=1,
            colorscale=COLOURS,
            colorbar={"orientation": "h", "y": 1.0, "yanchor": "bottom", "thickness": 10, "len": 0.7, "ypad": 12},
            texttemplate="%{z:.2f}" if len(labels) <= NUMBERED else None,
            textfont={"size": 11},
            hovertemplate="%{x}<br>%{y}<br>%{z:.3f}<extra></extra>",
            hoverongaps=False,
        )
    )
    return figure.update_layout(
        height=map_height(len(names)),
        hovermode="closest",
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis={"showline": False, "tickangle": -45, "type": "category", "constrain": "domain"},
        yaxis={"autorange": "reversed", "showgrid": False, "type": "category"},
    )


def map_height(assets: int) -> int:
    """Return the height in px of the map."""
    return 230 + min(ROW * min(assets, SHOWN), 700)


def shown_words(assets: int, whose: str) -> str | None:
    """Return which of so many assets the map shows, such as those `that bring most risk`; None for all of them."""
    return None if assets <= SHOWN else f"The {SHOWN} of {assets} assets {whose} are shown."


def alike_order(correlation: Array) -> list[int]:
    """Return an order in which neighbours move alike: by the angle between the two largest components."""
    known = np.nan_to_num(correlation)
    if len(known) < 3:
        return list(range(len(known)))
    _, vectors = np.linalg.eigh(known)
    angles = np.arctan2(vectors[:, -2], vectors[:, -1])
    order = np.argsort(angles, kind="stable")
    gaps = np.diff(np.append(angles[order], angles[order][0] + 2 * np.pi))
    cut = int(gaps.argmax()) + 1  # the circle is opened where neighbours are least alike (Friendly 2002)
    return [int(at) for at in np.roll(order, -cut)]
