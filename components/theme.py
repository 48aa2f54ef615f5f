"""Colours, type, spacing and chart templates: the one place that decides how the application looks.

What a particular chart or page shows belongs to `figures/` and `pages/`.
"""

from typing import Any, Final

import plotly.graph_objects as go
import plotly.io as pio

FONT: Final = "Geist, ui-sans-serif, system-ui, 'Segoe UI', Roboto, sans-serif"
HEADING_FONT: Final = "'Bricolage Grotesque', Geist, ui-sans-serif, system-ui, sans-serif"
MONO_FONT: Final = "'Geist Mono', ui-monospace, 'Cascadia Mono', Menlo, monospace"

PANEL_WIDTH: Final = 340
NAVBAR_WIDTH: Final = 232
HEADER_HEIGHT: Final = 56
PHONE: Final = "sm"
"""Mantine's breakpoint of 48em = 768 px: below it the navigation and the request panel fold away."""

ACCENT: Final = "petrol"
# Ten shades as Mantine wants them. White on shade 7 has a contrast of 5.9:1, shade 4 on the dark canvas 6.9:1.
_PETROL = (
    "#e8f6f5", "#d0ebe8", "#a3d7d2", "#72c1ba", "#4bafa7",
    "#2d9c94", "#17877f", "#0b716b", "#085c57", "#054844",
)  # fmt: skip
_GRAY = (
    "#f8f7f4", "#f1efeb", "#e6e4de", "#d7d4cd", "#c2bfb7",
    "#9a978f", "#6d6b65", "#504e4a", "#363531", "#201f1d",
)  # fmt: skip
_DARK = (
    "#d5dade", "#b4bcc2", "#929ca4", "#6c777f", "#475159",
    "#343d44", "#262d33", "#191f24", "#12171b", "#0c1013",
)  # fmt: skip

THEME: Final[dict[str, Any]] = {
    "primaryColor": ACCENT,
    "primaryShade": {"light": 7, "dark": 7},
    "colors": {ACCENT: list(_PETROL), "gray": list(_GRAY), "dark": list(_DARK)},
    "black": "#1c1f21",
    "fontFamily": FONT,
    "fontFamilyMonospace": MONO_FONT,
    "defaultRadius": "md",
    "cursorType": "pointer",
    "respectReducedMotion": True,
    "headings": {
        "fontFamily": HEADING_FONT,
        "fontWeight": "600",
        "sizes": {
            "h1": {"fontSize": "1.75rem", "lineHeight": "1.2"},
            "h2": {"fontSize": "1.25rem", "lineHeight": "1.3"},
            "h3": {"fontSize": "1.0625rem", "lineHeight": "1.35"},
            "h4": {"fontSize": "0.9375rem", "lineHeight": "1.4"},
        },
    },
}

# Okabe and Ito (2008), told apart in every common form of colour blindness; each shifted until it has a contrast of
# at least 3:1 on both canvases, so that a colour named by a figure stays right when the scheme is toggled.
PALETTE: Final = ("#2a7fb8", "#d2691e", "#1a9474", "#b8639a", "#9a7d0a", "#3d8fa8", "#c0504d", "#7d7a73")
DASHES: Final = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
"""Beside colour: the n-th line of a chart takes the n-th dash."""
SYMBOLS: Final = ("circle", "square", "diamond", "triangle-up", "cross", "x")

GRAPH_CONFIG: Final[dict[str, Any]] = {
    "showSendToCloud": False,  # Plotly 7 shows a button that uploads the data otherwise
    "displaylogo": False,
    "responsive": True,
    "modeBarButtonsToRemove": ["lasso2d", "select2d", "autoScale2d"],
    "toImageButtonOptions": {"format": "png", "scale": 2},
}
GRID_THEME: Final = (  # the grid wears the page's colours, so it follows the scheme by itself
    "themeQuartz.withParams({fontFamily: 'inherit', fontSize: 13, backgroundColor: 'var(--la-surface)', "
    "foregroundColor: 'var(--la-ink)', headerBackgroundColor: 'var(--la-canvas)', borderColor: 'var(--la-line)', "
    "headerTextColor: 'var(--la-ink)', accentColor: 'var(--la-accent)', rowHoverColor: 'var(--la-hover)', "
    "wrapperBorderRadius: 10, headerFontWeight: 600, browserColorScheme: 'inherit'})"
)


def with_alpha(colour: str, alpha: float) -> str:
    """Return the `#rrggbb` colour as `rgba(...)`, for bands that lie under lines."""
    red, green, blue = (int(colour[position : position + 2], 16) for position in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {alpha:g})"


def _template(*, ink: str, muted: str, grid: str, surface: str, edge: str) -> go.layout.Template:
    axis = {
        "gridcolor": grid,
        "linecolor": grid,
        "zerolinecolor": grid,
        "zerolinewidth": 1,
        "tickfont": {"color": muted, "size": 12},
        "title": {"font": {"color": muted, "size": 12}, "standoff": 12},
        "automargin": True,
        "ticks": "",
    }
    layout = go.Layout(
        font={"family": FONT, "color": ink, "size": 13},
        title={"font": {"family": HEADING_FONT, "size": 16}, "x": 0, "xanchor": "left"},
        paper_bgcolor=surface,  # not transparent: an exported picture must be readable on any page
        plot_bgcolor=surface,
        colorway=PALETTE,
        margin={"l": 8, "r": 8, "t": 32, "b": 8},
        xaxis=axis | {"showgrid": False, "showline": True},
        yaxis=axis,
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.01, "xanchor": "left", "x": 0, "font": {"size": 12}},
        hoverlabel={"bgcolor": surface, "bordercolor": edge, "font": {"family": FONT, "color": ink, "size": 12}},
        hovermode="x unified",
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": muted, "activecolor": ink},
        dragmode="zoom",
    )
    return go.layout.Template(layout=layout)


TEMPLATES: Final = {
    "light": _template(ink="#26292b", muted="#5f5d58", grid="#e6e4de", surface="#ffffff", edge="#c2bfb7"),
    "dark": _template(ink="#d5dade", muted="#a3acb3", grid="#2d353b", surface="#191f24", edge="#475159"),
}
for _scheme, _made in TEMPLATES.items():
    pio.templates[f"lookahead_{_scheme}"] = _made
# Figures leave the server in the light template; assets/plots.js puts the reader's scheme in its place.
pio.templates.default = "lookahead_light"
