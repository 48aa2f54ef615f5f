"""A track from above and from the side: observed, smoothed and predicted positions with their ellipses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from components.figures.decimate import min_max_indices
from components.numbers import THIN_SPACE
from components.theme import DASHES, PALETTE, with_alpha
from compute.trajectory.result import Point, Region, TrajectoryResult

HEIGHT = 520
SIDE_HEIGHT = 260
OBSERVED_COLOUR = "#7d7a73"
SMOOTHED_COLOUR, PREDICTED_COLOUR, OTHER_COLOUR = PALETTE[0], PALETTE[1], PALETTE[2]
MAX_MARKERS = 2500
MAX_ELLIPSES = 8  # more than these cover each other
CIRCLE = np.linspace(0, 2 * np.pi, 49)


@dataclass(frozen=True)
class Plane:
    """Which two axes of the track are drawn, across and up."""

    across: int = 0
    up: int = 1


FROM_ABOVE, FROM_THE_SIDE = Plane(0, 1), Plane(0, 2)


@dataclass(frozen=True)
class ShownTrack:
    """A track and what it is called on the chart."""

    label: str
    result: TrajectoryResult


def track_chart(
    shown: ShownTrack, other: ShownTrack | None = None, *, plane: Plane = FROM_ABOVE, revision: str = ""
) -> go.Figure:
    """Return the track in a plane; from above both axes have one scale. `other` is drawn over it in outline.

    `revision` names what is looked at: zoom survives a redraw as long as it stays the same.
    """
    result = shown.result
    figure = go.Figure(
        [
            _observed(result, plane),
            *_ellipses(result, plane),
            _line(result.smoothed.positions, plane, "Smoothed", SMOOTHED_COLOUR, "solid"),
            _missing(result, plane),
            _refused(result, plane),
            _predicted(result, plane),
            *(_outline(other, plane) if other is not None else ()),
        ]
    )
    is_above = plane == FROM_ABOVE
    axes = result.axes
    return figure.update_layout(
        height=HEIGHT if is_above else SIDE_HEIGHT,
        uirevision=revision,
        separators=f".{THIN_SPACE}",
        hovermode="closest",
        showlegend=is_above,
        title={"text": f"{result.name}: smoothed and predicted", "y": 0.985, "yanchor": "top"} if is_above else None,
        legend={"y": -0.16, "yanchor": "top"},  # below: on a phone its lines would cover the title
        margin={"l": 8, "r": 12, "t": 44 if is_above else 12, "b": 8},
        xaxis={"title": {"text": axes[plane.across]}, "showgrid": True},
        yaxis={"title": {"text": axes[plane.up]}} | ({"scaleanchor": "x", "constrain": "domain"} if is_above else {}),
    )


def points(values: Sequence[Point | None]) -> NDArray[np.float64]:
    """Return positions or velocities as (n, d), NaN where there is none."""
    known = next((value for value in values if value is not None), (0.0, 0.0))
    gone = (np.nan,) * len(known)
    return np.array([gone if value is None else value for value in values], dtype=np.float64).reshape(-1, len(known))


def _observed(result: TrajectoryResult, plane: Plane) -> go.Scatter:
    places = points(result.positions)
    kept = np.flatnonzero(~np.isnan(places).any(axis=1))
    kept = kept[~np.isin(kept, result.outliers)]
    stride = -(-kept.size // MAX_MARKERS) or 1
    marker = {"size": 5, "color": with_alpha(OBSERVED_COLOUR, 0.7)}
    return _markers(result, plane, places, kept[::stride], "Observed", marker)


def _missing(result: TrajectoryResult, plane: Plane) -> go.Scatter:
    rows = np.array([row for row, point in enumerate(result.positions) if point is None], dtype=np.int64)
    marker = {"symbol": "diamond-open", "size": 8, "color": SMOOTHED_COLOUR, "line": {"width": 1.5}}
    stride = -(-rows.size // MAX_MARKERS) or 1
    return _markers(result, plane, points(result.smoothed.positions), rows[::stride], "Missing, bridged", marker)


def _refused(result: TrajectoryResult, plane: Plane) -> go.Scatter:
    marker = {"symbol": "x-thin", "size": 9, "line": {"width": 2, "color": PALETTE[6]}, "color": PALETTE[6]}
    rows = np.array(result.outliers[:MAX_MARKERS], dtype=np.int64)
    return _markers(result, plane, points(result.positions), rows, "Refused by the gate", marker)


def _markers(
    result: TrajectoryResult,
    plane: Plane,
    places: NDArray[np.float64],
    rows: NDArray[np.int64],
    name: str,
    marker: dict[str, Any],
) -> go.Scatter:
    return go.Scatter(
        x=places[rows, plane.across],
        y=places[rows, plane.up],
        mode="markers",
        name=name,
        marker=marker,
        customdata=[when(result, int(row)) for row in rows],
        showlegend=rows.size > 0,
        hovertemplate=_hover(name),
    )


def _line(places: Sequence[Point | None], plane: Plane, name: str, colour: str, dash: str) -> go.Scatter:
    known = points(places)
    across, up = known[:, plane.across], known[:, plane.up]
    kept = np.union1d(min_max_indices(across, MAX_MARKERS), min_max_indices(up, MAX_MARKERS))
    return go.Scatter(
        x=across[kept],
        y=up[kept],
        mode="lines",
        name=name,
        line={"color": colour, "width": 2, "dash": dash},
        hoverinfo="skip",
    )


def _predicted(result: TrajectoryResult, plane: Plane) -> go.Scatter:
    """Return the predicted path, from where the smoothed one ends."""
    ahead = points(result.predicted.positions)
    start = points(result.smoothed.positions[-1:])
    kept = np.concatenate([[0], 1 + min_max_indices(np.arange(len(ahead), dtype=np.float64), MAX_MARKERS)])
    places = np.concatenate([start, ahead])[kept]
    stamps = ["", *(when_predicted(result, int(at) - 1) for at in kept[1:])]
    return go.Scatter(
        x=places[:, plane.across],
        y=places[:, plane.up],
        mode="lines+markers" if len(ahead) <= 60 else "lines",
        marker={"size": 5, "symbol": "square"},
        name="Predicted",
        line={"color": PREDICTED_COLOUR, "width": 2.4, "dash": "dash"},
        customdata=stamps,
        hovertemplate=_hover("Predicted"),
    )


def _ellipses(result: TrajectoryResult, plane: Plane) -> list[go.Scatter]:
    """Return one trace per level, widest first: ellipses about a few of the predicted positions, the last among them.

    In a plane of a track in space it is the shadow of the ellipsoid.
    """
    centres = points(result.predicted.positions)
    count = min(MAX_ELLIPSES, len(centres))
    steps = np.unique(np.linspace(0, len(centres) - 1, count + 1).astype(np.int64)[1:]) if len(centres) > 1 else [0]
    widest_first = sorted(result.regions, key=lambda region: -region.level)
    return [_ellipse(region, rank, centres, np.asarray(steps), plane) for rank, region in enumerate(widest_first)]


def _ellipse(
    region: Region, rank: int, centres: NDArray[np.float64], steps: NDArray[np.int64], plane: Plane
) -> go.Scatter:
    across, up = [], []
    for step in steps.tolist():
        first, second = region.semi_axes[step][plane.across], region.semi_axes[step][plane.up]
        turn = region.angle[step]
        x, y = first * np.cos(CIRCLE), second * np.sin(CIRCLE)
        across += [*(centres[step, plane.across] + x * np.cos(turn) - y * np.sin(turn)), None]
        up += [*(centres[step, plane.up] + x * np.sin(turn) + y * np.cos(turn)), None]
    return go.Scatter(
        x=across[:-1],
        y=up[:-1],
        mode="lines",
        fill="toself",
        fillcolor=with_alpha(PREDICTED_COLOUR, 0.06 + 0.05 * rank),
        line={"color": with_alpha(PREDICTED_COLOUR, 0.7), "width": 1, "dash": DASHES[1:][rank % (len(DASHES) - 1)]},
        name=f"{region.level:g} % ellipses",
        hoverinfo="skip",
    )


def _outline(other: ShownTrack, plane: Plane) -> list[go.Scatter]:
    if len(other.result.axes) <= max(plane.across, plane.up):
        return []
    places = other.result.smoothed.positions + other.result.predicted.positions
    return [_line(places, plane, other.label, OTHER_COLOUR, "longdashdot")]


def when(result: TrajectoryResult, row: int) -> str:
    """Return the time of a row in words."""
    if result.timestamps is not None:
        return result.timestamps[row].strftime("%Y-%m-%d %H:%M:%S")
    return f"{result.times[row]:.6g} s"


def when_predicted(result: TrajectoryResult, step: int) -> str:
    """Return the time of a predicted step in words."""
    if result.predicted_timestamps is not None:
        return result.predicted_timestamps[step].strftime("%Y-%m-%d %H:%M:%S")
    return f"{result.predicted_times[step]:.6g} s"


def _hover(name: str) -> str:
    return f"%{{x:.6~g}}, %{{y:.6~g}}<br>%{{customdata}}<extra>{name}</extra>"
