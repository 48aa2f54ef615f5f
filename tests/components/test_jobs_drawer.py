"""The list of jobs as it is drawn."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import dash_mantine_components as dmc
import pytest
from dash import dcc, html

from components.ids import cancel_id
from components.jobs_drawer import JobRow, jobs_list

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ROW = JobRow(
    id="job-1",
    title="Forecast",
    subject="air-passengers, passengers",
    state="running",
    progress=0.5,
    message="order 3 of 12",
    owner="local",
    created_at=NOW - timedelta(seconds=30),
    started_at=NOW - timedelta(seconds=20),
    finished_at=None,
    href="/forecast?job=job-1",
)


def drawn(row: JobRow, kind: type) -> list[Any]:
    """Return the components of one kind in the list of one job."""
    return [each for each in jobs_list([row], NOW)._traverse() if isinstance(each, kind)]


def test_running_job_shows_its_progress_its_message_and_the_time_left() -> None:
    assert [bar.value for bar in drawn(ROW, dmc.ProgressSection)] == [50]
    texts = [text.children for text in drawn(ROW, dmc.Text)]
    assert "order 3 of 12, about 20 s left" in texts
    assert "30 s ago, local" in texts


@pytest.mark.parametrize(("state", "is_live"), [("queued", True), ("running", True), ("done", False),
                                                ("failed", False), ("cancelled", False)])  # fmt: skip
def test_only_what_waits_or_runs_can_be_cancelled(state: str, is_live: bool) -> None:
    buttons = drawn(replace(ROW, state=state), dmc.Button)
    assert [button.id for button in buttons] == ([cancel_id("job-1")] if is_live else [])


def test_job_that_is_stopping_says_so_and_is_not_cancelled_twice() -> None:
    row = replace(ROW, is_stopping=True)
    assert [button.disabled for button in drawn(row, dmc.Button)] == [True]
    assert any(badge.children == "stopping" for badge in drawn(row, html.Span))


def test_job_opens_on_its_page_and_a_kind_without_a_page_does_not_open() -> None:
    assert [link.href for link in drawn(ROW, dcc.Link)] == ["/forecast?job=job-1"]
    assert drawn(replace(ROW, href=None), dcc.Link) == []


def test_failed_job_shows_why_and_a_finished_one_how_long_it_took() -> None:
    failed = replace(ROW, state="failed", message="12 values are too few", finished_at=NOW)
    texts = [text.children for text in drawn(failed, dmc.Text)]
    assert "12 values are too few" in texts
    assert "30 s ago, took 20 s, local" in texts


def test_empty_list_says_what_will_stand_there() -> None:
    assert "No jobs yet." in [each.children for each in jobs_list([], NOW)._traverse() if isinstance(each, dmc.Text)]
