"""What an operator sees at a glance: a few tiles, each a number and the way to its page."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from dash import dcc, html
from dash.development.base_component import Component

from components.icons import icon

Mood = Literal["calm", "warning", "critical"]


@dataclass(frozen=True)
class OverviewTile:
    """One number, what it is about, and where more of it is told."""

    title: str
    icon_name: str
    value: str
    detail: str
    href: str = ""
    """Address of the page; a tile without one is a button with `button_id`."""
    button_id: str = ""
    mood: Mood = "calm"


def overview_tiles(tiles: Iterable[OverviewTile]) -> html.Ul:
    """Return the tiles side by side, under each other on a phone."""
    return html.Ul([html.Li(_tile(tile)) for tile in tiles], className="la-overview")


def _tile(tile: OverviewTile) -> Component:
    parts: list[Any] = [
        html.Span([icon(tile.icon_name, 18), tile.title], className="la-overview-title"),
        html.Span(tile.value, className="la-overview-value la-number"),
        html.Span(tile.detail, className="la-muted la-small"),
    ]
    look = f"la-overview-tile la-overview-{tile.mood}"
    if tile.href:
        return dcc.Link(parts, href=tile.href, className=look)
    return html.Button(parts, id=tile.button_id, type="button", className=look)
