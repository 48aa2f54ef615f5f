"""Datasets: `/datasets` lists and uploads them, `?id=` shows one, `?job=` follows an import or a repair."""

import dash
from dash import dcc, html
from dash.development.base_component import Component

from components.links import link_button
from components.status import empty_state
from pages._dataset_actions import dataset_made_by
from pages._dataset_detail import detail_view
from pages._dataset_ids import PATH, DatasetsId
from pages._dataset_list import list_view
from pages._dataset_working import following_view
from pages._workspace import workspace

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


def layout(id: str | None = None, job: str | None = None, **_query: str) -> html.Div:  # the query's name
    """Return the page for the address `?id=` and `?job=`."""
    location = dcc.Location(id=DatasetsId.URL, refresh="callback-nav")
    return html.Div([location, *_view(id, job)], className="la-page la-stack")


def _view(dataset_id: str | None, job_id: str | None) -> list[Component]:
    job = workspace().jobs.get(job_id) if job_id else None
    made = dataset_made_by(job) if job else None
    shown = dataset_id or made
    if shown:
        info = workspace().datasets.get(shown)
        return [_gone("dataset")] if info is None else detail_view(info, job if made == shown else None)
    if job is not None:
        return following_view(job)
    return [_gone("job")] if job_id else list_view()


def _gone(what: str) -> Component:
    return empty_state(
        f"There is no such {what}",
        "It may have been deleted, or the address may be mistyped.",
        [link_button("All datasets", PATH, is_primary=True)],
        icon_name="search",
        is_whole_page=True,
    )
