"""Every pair of several series: a map of source by target, and a network of arrows on a circle."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, sin
from typing import Any

import numpy as np
import plotly.graph_objects as go

from components.information_words import ALPHA, Link, links_of
from components.numbers import p_value, significant
from components.theme import PALETTE
from compute.information.result import Matrix

ROW = 30  # px
NUMBERED = 14  # series whose squares have room for a number
NETWORK_HEIGHT = 520
COLOURS = ((0, "#eef3f2"), (0.5, "#5fb0a8"), (1, "#0b5f72"))
MOST_ARROWS = 300  # more of them are a ball of wool, and slow to draw
_ARROW, _NODE = PALETTE[0], PALETTE[1]
_GAP = 0.035  # between the arrows of a pair that drives each other, in radii of the circle
_THICKEST = 6.0  # px


@dataclass(frozen=True)
class Arrow:
    """One link as it is drawn, and what decides whether it is."""

    value: float
    is_significant: bool
    label: str
    annotation: dict[str, Any]
    middle: tuple[float, float]


def matrix_chart(matrix: Matrix, units: str, *, revision: str = "") -> go.Figure:
    """Return the map: a row per source, a column per target; a star where the link is significant."""
    names = list(matrix.names)
    size = len(names)
    labels = {(link.source, link.target): link for link in links_of(matrix)}
    values = np.array([[np.nan if value is None else value for value in row] for row in matrix.values])
    told = [[_told(labels.get((source, target)), units) for target in names] for source in names]
    shown = [[_short(labels.get((source, target))) for target in names] for source in names]
    figure = go.Figure(
        go.Heatmap(
            z=values,
            x=names,
            y=names,
            zmin=0,
            zmax=max(float(np.nanmax(values)), 1e-9),
            colorscale=COLOURS,
            colorbar={"orientation": "h", "y": 1.0, "yanchor": "bottom", "thickness": 10, "len": 0.7, "ypad": 12},
            text=shown,
            customdata=told,
            texttemplate="%{text}" if size <= NUMBERED else None,
            textfont={"size": 11},
            hovertemplate="%{customdata}<extra></extra>",
            hoverongaps=False,
        )
    )
    return figure.update_layout(
        height=matrix_height(size),
        uirevision=revision,
        hovermode="closest",
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis={"title": {"text": "Target"}, "showline": False, "tickangle": -45, "type": "category"},
        yaxis={"title": {"text": "Source"}, "autorange": "reversed", "showgrid": False, "type": "category"},
    )


def matrix_height(series: int) -> int:
    """Return the height in px of the map."""
    return 240 + min(ROW * series, 900)


def network_chart(matrix: Matrix, arrows: Sequence[Arrow], *, revision: str = "") -> go.Figure:
    """Return the series on a circle with the arrows given; its layout takes others in `assets/information.js`."""
    places = circle(len(matrix.names))
    loudest = max((abs(net) for net in matrix.net), default=0.0) or 1.0
    nodes = go.Scatter(
        x=[x for x, _ in places],
        y=[y for _, y in places],
        mode="markers+text",
        text=list(matrix.names),
        textposition=[_beside(y) for _, y in places],
        marker={
            "size": [16 + 18 * max(net, 0.0) / loudest for net in matrix.net],
            "color": _NODE,
            "line": {"width": 1, "color": "rgba(0,0,0,0.4)"},
        },
        customdata=[significant(net, 3) for net in matrix.net],
        hovertemplate="%{text}<br>sends on balance %{customdata}<extra></extra>",
        cliponaxis=False,
        meta="nodes",
    )
    middles = go.Scatter(
        x=[arrow.middle[0] for arrow in arrows],
        y=[arrow.middle[1] for arrow in arrows],
        mode="markers",
        marker={"size": 14, "color": "rgba(0,0,0,0)"},
        customdata=[arrow.label for arrow in arrows],
        hovertemplate="%{customdata}<extra></extra>",
        meta="links",
    )
    hidden = {"visible": False, "range": [-1.45, 1.45]}
    return go.Figure([middles, nodes]).update_layout(
        height=NETWORK_HEIGHT,
        uirevision=revision,
        showlegend=False,
        hovermode="closest",
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis=hidden,
        yaxis=hidden | {"range": [-1.2, 1.2]},
        annotations=[arrow.annotation for arrow in arrows],
    )


def arrows_of(matrix: Matrix, units: str) -> list[Arrow]:
    """Return links above 0 as arrows, the strongest first, at most `MOST_ARROWS`: the width is the strength."""
    places = dict(zip(matrix.names, circle(len(matrix.names)), strict=True))
    links = [link for link in links_of(matrix) if link.value > 0]
    most = links[0].value if links else 1.0
    kept = links[:MOST_ARROWS]
    return [_arrow(link, places[link.source], places[link.target], link.value / most, units) for link in kept]


def shown_arrows(arrows: Sequence[Arrow], least: float, *, only_significant: bool) -> list[Arrow]:
    """Return the arrows of at least that value, and among them those that are significant if only they are wanted."""
    return [arrow for arrow in arrows if arrow.value >= least and (arrow.is_significant or not only_significant)]


def circle(count: int) -> list[tuple[float, float]]:
    """Return places on the unit circle, clockwise from the top."""
    return [(sin(2 * pi * at / count), cos(2 * pi * at / count)) for at in range(count)]


def _arrow(link: Link, start: tuple[float, float], end: tuple[float, float], strength: float, units: str) -> Arrow:
    (x0, y0), (x1, y1) = start, end
    length = hypot(x1 - x0, y1 - y0) or 1.0
    aside_x, aside_y = _GAP * (y1 - y0) / length, -_GAP * (x1 - x0) / length
    width = 1 + (_THICKEST - 1) * strength
    annotation = {
        "x": x1 + aside_x,
        "y": y1 + aside_y,
        "ax": x0 + aside_x,
        "ay": y0 + aside_y,
        "xref": "x",
        "yref": "y",
        "axref": "x",
        "ayref": "y",
        "text": "",
        "showarrow": True,
        "arrowhead": 2,
        "arrowsize": 1 if width > 3 else 1.4,
        "arrowwidth": round(width, 2),
        "arrowcolor": _ARROW,
        "opacity": 0.9 if link.is_significant else 0.45,
        "standoff": 18,
        "startstandoff": 18,
    }
    middle = (0.45 * x0 + 0.55 * x1 + aside_x, 0.45 * y0 + 0.55 * y1 + aside_y)
    return Arrow(link.value, link.is_significant, _told(link, units), annotation, middle)


def _told(link: Link | None, units: str) -> str:
    if link is None:
        return ""
    parts = [f"<b>{link.source} → {link.target}</b>", f"{significant(link.value, 3)} {units} at lag {link.lag}"]
    if link.p_value is not None:
        parts.append(f"{p_value(link.p_value)}, adjusted {p_value(link.adjusted_p)}")
    return "<br>".join(parts)


def _short(link: Link | None) -> str:
    return "" if link is None else f"{link.value:.2f}{'*' if link.is_significant else ''}"


def _beside(y: float) -> str:
    """Return where a name stands: above or below, where a phone has room for it."""
    return "top center" if y > -1e-9 else "bottom center"


STAR = f"A star marks what is significant: an adjusted p value of at most {ALPHA:g}."
