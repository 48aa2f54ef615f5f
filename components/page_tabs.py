"""The pages of one subject, as tabs under the heading of each."""

from collections.abc import Sequence

from dash import dcc, html

from components.attributes import aria


def page_tabs(label: str, tabs: Sequence[tuple[str, str]], current: str) -> html.Nav:
    """Return links to the pages of a subject, (name, address) each; the one at the address `current` is no link."""
    return html.Nav(
        [
            html.Span(name, className="la-page-tab", **aria(current="page"))
            if address == current
            else dcc.Link(name, href=address, className="la-page-tab")
            for name, address in tabs
        ],
        className="la-page-tabs",
        **aria(label=label),
    )
