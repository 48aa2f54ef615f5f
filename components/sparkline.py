"""A word-sized picture of a series, without axes: its shape at a glance."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from dash import html

from components.attributes import aria

WIDTH: Final = 240
HEIGHT: Final = 44
_EDGE = 2.0  # so that the stroke is not cut off at the lowest and highest value


def sparkline(values: Sequence[float | None], label: str) -> html.Div:
    """Return the line through `values` (None breaks it), coloured like the accent; spoken as `label`.

    The line is a CSS mask, so that it follows the colour scheme.
    """
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">'
        f'<path d="{line_path(values)}" fill="none" stroke="#000" stroke-width="1.6" stroke-linejoin="round" '
        'vector-effect="non-scaling-stroke"/></svg>'
    )
    return html.Div(
        className="la-sparkline",
        role="img",
        style={"maskImage": f'url("data:image/svg+xml,{quote(svg)}")'},
        **aria(label=label),
    )


def line_path(values: Sequence[float | None]) -> str:
    """Return the SVG path of the line, filling the picture; a constant series lies in its middle."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    step = WIDTH / max(len(values) - 1, 1)
    parts: list[str] = []
    is_down = False
    for position, value in enumerate(values):
        if value is None:
            is_down = False
            continue
        share = 0.5 if high == low else (value - low) / (high - low)
        y = HEIGHT - _EDGE - share * (HEIGHT - 2 * _EDGE)
        parts.append(f"{'L' if is_down else 'M'}{position * step:.1f} {y:.1f}")
        is_down = True
    return "".join(parts)
