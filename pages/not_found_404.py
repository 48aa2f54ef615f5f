"""The page for addresses that lead nowhere."""

import dash
from dash import html

from components.links import link_button
from components.status import empty_state

dash.register_page(__name__, title="Not found | Lookahead")


def layout(**_query: str) -> html.Div:
    """Return what is shown for an unknown address, with ways on."""
    ways = [link_button("Go home", "/", is_primary=True), link_button("See the datasets", "/datasets")]
    return html.Div(
        empty_state(
            "There is no such page",
            "The address may be mistyped, or the page may have moved. Your datasets and jobs are where they were.",
            ways,
            icon_name="search",
            is_whole_page=True,
        ),
        className="la-page",
    )
