"""The first page: what can be done here, one click from a result."""

import dash
from dash import html

from components.page_frame import page_heading

dash.register_page(__name__, path="/", name="Home", order=0, icon="home", shortcut="h", title="Lookahead")


def layout(**_query: str) -> html.Div:
    """Return the page."""
    return html.Div([page_heading("Look ahead", "")], className="la-page")
