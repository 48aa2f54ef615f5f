"""What a result is laid out in: titled cards, and charts that keep their room before they are drawn."""

from typing import Any

import dash_mantine_components as dmc
import plotly.graph_objects as go
from dash import dcc, html
from dash.development.base_component import Component

from components.attributes import aria, data
from components.theme import GRAPH_CONFIG


def card(title: str | Component, *parts: Any) -> html.Section:
    """Return a section with a title, such as a word with its definition, and the parts that are not None."""
    head = html.Div(dmc.Title(title, order=3), className="la-card-head")
    return html.Section([head, *(part for part in parts if part is not None)], className="la-card")


def graph(page: str, name: str, figure: go.Figure, height: int, label: str, *, has_bar: bool = False) -> html.Div:
    """Return a chart of fixed height in px, named for exports and for those who cannot see it.

    `has_bar` shows Plotly's own tools while the pointer is over it.
    """
    config: Any = GRAPH_CONFIG | {"displayModeBar": "hover" if has_bar else False}
    return html.Div(
        dcc.Graph(id={"page": page, "graph": name}, figure=figure, config=config, style={"height": f"{height}px"}),
        role="figure",
        className="la-graph",
        style={"minHeight": f"{height}px"},
        **data(graph=name),
        **aria(label=label),
    )


def chart_panel(page: str, name: str, title: str, figure: go.Figure, height: int) -> html.Div:
    """Return a small chart under its title, for a grid of several."""
    return html.Div([dmc.Title(title, order=4), graph(page, name, figure, height, title)], className="la-chart-panel")


def waiting_blocks(*heights: int) -> html.Div:
    """Return grey shapes where a result will be, of its parts' heights in px."""
    shapes = [dmc.Skeleton(height=height, radius="lg") for height in heights]
    return html.Div(shapes, className="la-stack", **aria(hidden="true"))
