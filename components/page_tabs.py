"""The pages of one subject, each leading to the others; the one that is open is marked and no link."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from components.attributes import aria

Pages = Sequence[tuple[str, str]]
"""Name and address of each."""


def page_tabs(label: str, pages: Pages, current: str) -> html.Nav:
    """Return the pages as tabs under a heading; `current` is the address of the one that is open."""
    links = page_links(pages, current, "la-page-tab", "la-page-tab")
    return html.Nav(links, className="la-page-tabs", **aria(label=label))


def page_links(pages: Pages, current: str, look: str, marked: str) -> list[Component]:
    """Return a link to each page of the class `look`, and in the place of the one at `current` its name as `marked`."""
    return [
        html.Span(name, className=marked, **aria(current="page"))
        if address == current
        else dcc.Link(name, href=address, className=look)
        for name, address in pages
    ]
