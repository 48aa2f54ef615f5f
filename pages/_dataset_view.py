"""Which view of the datasets page an address asks for."""

from dash.development.base_component import Component

from components.links import link_button
from components.status import empty_state
from pages._dataset_actions import dataset_made_by
from pages._dataset_detail import detail_view
from pages._dataset_ids import PATH
from pages._dataset_list import list_view
from pages._dataset_working import following_view
from pages._workspace import workspace


def view_of(dataset_id: str | None, job_id: str | None) -> list[Component]:
    """Return the list, a dataset, the job that makes one, or that it is gone."""
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
