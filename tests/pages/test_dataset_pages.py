"""The datasets page, view by view, on real datasets and jobs."""

import io
from typing import Any

import dash_mantine_components as dmc
import pytest
from dash import dcc
from hypothesis import given
from hypothesis import strategies as st
from plotly.utils import PlotlyJSONEncoder

from components.figures.decimate import MAX_POINTS
from pages._dataset_actions import dataset_made_by
from pages._dataset_detail import detail_view
from pages._dataset_ids import DatasetsId, dataset_href, forecast_href, job_href
from pages._dataset_list import list_view
from pages._dataset_reading import answer_of, can_read_again
from pages._dataset_series import drawable, number_columns
from pages._dataset_view import view_of
from pages._dataset_working import following_view, working_view
from services.datasets.ingest import import_dataset
from services.datasets.records import DatasetInfo
from services.datasets.repair import repair_dataset
from services.datasets.requests import ImportRequest, RepairRequest
from services.datasets.samples import SAMPLES
from services.jobs import Job, JobError
from services.submission import submit_job
from services.workspace import Workspace
from tests.pages.conftest import all_of, ids_of, texts_of

UNSURE = b"day,units\n" + b"".join(
    b"%02d/%02d/2025,%d\n" % (day, month, day) for month in (1, 2, 3) for day in (1, 5, 9)
)
CLEAN = b"day,units\n" + b"".join(b"2025-01-%02d,%d\n" % (day, day % 5) for day in range(1, 20))


def uploaded(web: Workspace, content: bytes, name: str = "sales.csv") -> Job:
    """Return the queued import of an upload."""
    upload = web.uploads.receive(name, io.BytesIO(content))
    return submit_job(web, "import_dataset", {"source": {"upload": upload.id}}, owner="test")


def imported(web: Workspace, content: bytes) -> tuple[DatasetInfo, Job]:
    """Return a dataset and the finished job that imported it, as a worker would have."""
    job = uploaded(web, content)
    claim = web.jobs.claim("worker", ["cpu"], 60)
    assert claim is not None
    info = import_dataset(ImportRequest.model_validate(job.request), web, lambda fraction, message: None)
    assert web.jobs.finish(claim, info.model_dump_json().encode())
    done = web.jobs.get(job.id)
    assert done is not None
    return info, done


@pytest.mark.parametrize("slug", sorted(SAMPLES))
def test_every_sample_has_a_view_that_can_be_sent_and_whose_ids_are_unique(web: Workspace, slug: str) -> None:
    info = web.datasets.get(slug)
    assert info is not None
    view = detail_view(info, None)
    assert PlotlyJSONEncoder().encode(view)
    plain = [each for each in ids_of(view) if each != "datasets-repair"]
    assert len(plain) == len(set(plain))
    assert DatasetsId.DELETE not in plain  # a sample stays


@pytest.mark.parametrize("slug", sorted(SAMPLES))
def test_no_chart_holds_more_points_than_a_screen_shows(web: Workspace, slug: str) -> None:
    info = web.datasets.get(slug)
    assert info is not None
    figures = [each.figure for each in all_of(detail_view(info, None)) if isinstance(each, dcc.Graph)]
    assert all(len(trace.y) <= MAX_POINTS for figure in figures for trace in figure.data)


def test_every_finding_with_a_repair_has_its_button(web: Workspace) -> None:
    info = web.datasets.get("messy-sales")
    assert info is not None
    view = detail_view(info, None)
    repairable = sum(finding.repair is not None for finding in info.findings)
    assert ids_of(view).count("datasets-repair") == repairable > 1
    for finding in info.findings:
        assert finding.message in texts_of(view)


def test_dataset_that_is_no_series_yet_offers_repairs_and_no_forecast(web: Workspace) -> None:
    info = web.datasets.get("messy-sales")
    assert info is not None
    links = [each.href for each in all_of(detail_view(info, None)) if isinstance(each, dcc.Link)]
    assert not any(href.startswith("/forecast") for href in links)
    shown = drawable(info, number_columns(info)[0])
    assert shown.reason is not None
    assert shown.series.values.size == info.rows


def test_repaired_version_shows_where_it_comes_from(web: Workspace) -> None:
    request = RepairRequest.model_validate({"dataset": "messy-sales", "repairs": [{"kind": "sort_by_time"}]})
    info = repair_dataset(request, web, lambda fraction, message: None)
    view = detail_view(info, None)
    assert dataset_href("messy-sales") in [each.href for each in all_of(view) if isinstance(each, dcc.Link)]
    assert "sort by time" in texts_of(view)


def test_unsure_import_is_asked_about_and_a_sure_one_is_not(web: Workspace) -> None:
    unsure, job = imported(web, UNSURE)
    assert not unsure.is_sure
    assert can_read_again(job)
    assert DatasetsId.READ_AGAIN in ids_of(detail_view(unsure, job))
    sure, other = imported(web, CLEAN)
    assert DatasetsId.READ_AGAIN not in ids_of(detail_view(sure, other))


def test_finished_import_leads_to_its_dataset_and_a_waiting_one_to_none(web: Workspace) -> None:
    info, job = imported(web, CLEAN)
    assert dataset_made_by(job) == info.id
    assert dataset_made_by(uploaded(web, CLEAN)) is None


def test_address_of_a_deleted_dataset_says_that_it_is_gone_by_whatever_way(web: Workspace) -> None:
    info, job = imported(web, CLEAN)
    assert DatasetsId.SHOWN in ids_of(view_of(None, job.id))
    assert web.datasets.delete(info.id)
    for dataset_id, job_id in ((info.id, None), (info.id, job.id), (None, job.id)):
        assert "There is no such dataset" in texts_of(view_of(dataset_id, job_id))
    assert "There is no such job" in texts_of(view_of(None, "no-such-job"))


def test_job_of_another_dataset_does_not_offer_to_read_this_one_again(web: Workspace) -> None:
    _, job = imported(web, UNSURE)
    assert DatasetsId.READ_AGAIN not in ids_of(view_of("nile", job.id))


def test_waiting_import_shows_that_it_waits_and_can_be_cancelled(web: Workspace) -> None:
    view = following_view(uploaded(web, CLEAN))
    assert "Waiting for a free worker" in texts_of(view)
    assert {DatasetsId.JOB, DatasetsId.JOB_CLOCK, DatasetsId.JOB_STATE, DatasetsId.JOB_CANCEL} <= set(ids_of(view))


def test_failed_import_says_why_in_its_own_words_and_stops_asking(web: Workspace) -> None:
    job = uploaded(web, CLEAN)
    claim = web.jobs.claim("worker", ["cpu"], 60)
    assert claim is not None
    web.jobs.fail(claim, JobError(type="request", title="The file cannot be read", detail="row 17 has 3 cells"))
    failed = web.jobs.get(job.id)
    assert failed is not None
    view = following_view(failed)
    assert "row 17 has 3 cells" in texts_of(view)
    assert [each.disabled for each in all_of(view) if isinstance(each, dcc.Interval)] == [True]


def test_cancelled_import_is_no_failure(web: Workspace) -> None:
    job = web.jobs.cancel(uploaded(web, CLEAN).id)
    assert job is not None
    alerts = [each for each in all_of(working_view(job)) if isinstance(each, dmc.Alert)]
    assert [alert.color for alert in alerts] == ["gray"]


def test_list_begins_with_the_uploader_and_names_source_and_licence_of_every_sample(web: Workspace) -> None:
    view = list_view()
    assert DatasetsId.UPLOADED in ids_of(view)
    words = texts_of(view)
    for sample in SAMPLES.values():
        assert sample.licence in words
        assert sample.title in words


def test_every_id_that_callbacks_name_is_drawn_by_some_view(web: Workspace) -> None:
    unsure, job = imported(web, UNSURE)
    drawn: set[Any] = set(ids_of([list_view(), detail_view(unsure, job), following_view(uploaded(web, CLEAN))]))
    assert set(DatasetsId) - drawn == {DatasetsId.URL}  # drawn by the page around the views


@pytest.mark.parametrize(("choice", "answer"), [("yes", True), ("no", False), ("auto", None), (None, None)])
def test_answers_are_yes_no_or_to_be_found_out(choice: str | None, answer: bool | None) -> None:
    assert answer_of(choice) is answer


@given(name=st.text(min_size=1, max_size=30))
def test_addresses_survive_any_name(name: str) -> None:
    from urllib.parse import parse_qs, urlsplit

    assert parse_qs(urlsplit(forecast_href(name, name)).query, keep_blank_values=True) == {
        "dataset": [name],
        "column": [name],
    }
    assert parse_qs(urlsplit(job_href(name)).query, keep_blank_values=True) == {"job": [name]}
