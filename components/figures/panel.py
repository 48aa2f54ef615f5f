"""How a small chart beside the main one is laid out."""

import plotly.graph_objects as go

from components.numbers import THIN_SPACE


def finish_panel(
    figure: go.Figure, height: int, x_title: str, y_title: str, revision: str, *, has_legend: bool = False
) -> go.Figure:
    """Return the figure with its height (px), titles and margins; zoom is kept while `revision` stays the same."""
    return figure.update_layout(
        height=height,
        uirevision=revision,
        separators=f".{THIN_SPACE}",
        showlegend=has_legend,
        margin={"l": 8, "r": 12, "t": 48 if has_legend else 16, "b": 8},
        xaxis={"title": {"text": x_title}},
        yaxis={"title": {"text": y_title}},
    )
