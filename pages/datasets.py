"""Datasets: `/datasets` lists and uploads them, `?id=` shows one, `?job=` follows an import or a repair."""

import dash
from dash import dcc, html

from pages._dataset_ids import PATH, DatasetsId
from pages._dataset_view import view_of

dash.register_page(
    __name__,
    path=PATH,
    name="Datasets",
    order=20,
    icon="datasets",
    shortcut="d",
    title="Datasets | Lookahead",
    description="Upload a table, see what the audit finds, repair it with one click.",
)


def layout(id: str | None = None, job: str | None = None, **_query: str) -> html.Div:  # the names of the query
    """Return the page for the address `?id=` and `?job=`."""
    location = dcc.Location(id=DatasetsId.URL, refresh="callback-nav")
    return html.Div([location, *view_of(id, job)], className="la-page la-stack")
