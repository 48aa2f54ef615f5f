"""The jobs drawer as the table tells it."""

from dash import no_update

from pages._shell import job_row, list_jobs
from services.jobs import JobError
from services.submission import submit_job
from services.workspace import Workspace
from tests.pages.conftest import texts_of

REQUEST = {"series": {"dataset": "air-passengers", "column": "passengers"}}


def test_drawer_lists_jobs_of_every_owner_newest_first(web: Workspace) -> None:
    submit_job(web, "forecast", REQUEST, owner="ada")
    submit_job(web, "import_dataset", {"source": {"sample": "nile"}}, owner="grace")
    told = list_jobs(_tick=1, is_open=True, seen=None)
    words = texts_of(told["list"])
    assert words.index("Import a dataset") < words.index("Forecast")
    assert "ada" in words
    assert "grace" in words
    assert (told["count"], told["is_idle"]) == ("2", False)
    assert told["spoken"] == "Jobs, 2 waiting or running"


def test_drawer_is_not_drawn_again_when_nothing_changed(web: Workspace) -> None:
    submit_job(web, "forecast", REQUEST, owner="ada")
    first = list_jobs(_tick=1, is_open=True, seen=None)
    for _ in range(2):  # the second look may fall into the next ten seconds, the third not as well
        again = list_jobs(_tick=2, is_open=True, seen=first["seen"])
        if again["seen"] is no_update:
            break
        first = again
    assert set(again.values()) == {no_update}


def test_closed_drawer_counts_and_draws_nothing(web: Workspace) -> None:
    submit_job(web, "forecast", REQUEST, owner="ada")
    told = list_jobs(_tick=1, is_open=False, seen=None)
    assert told["list"] is no_update
    assert told["count"] == "1"


def test_count_is_gone_when_nothing_is_left_to_do(web: Workspace) -> None:
    job = submit_job(web, "forecast", REQUEST, owner="ada")
    web.jobs.cancel(job.id)
    told = list_jobs(_tick=1, is_open=None, seen=None)
    assert (told["count"], told["is_idle"], told["spoken"]) == ("", True, "Jobs")


def test_job_is_named_by_what_it_is_about(web: Workspace) -> None:
    forecast = job_row(submit_job(web, "forecast", REQUEST, owner="ada"))
    assert (forecast.title, forecast.subject) == ("Forecast", "air-passengers, passengers")
    assert forecast.href == f"/forecast?job={forecast.id}"
    inline = job_row(submit_job(web, "forecast", {"series": {"values": [1, 2, 3], "name": "sales"}}, owner="ada"))
    assert inline.subject == "sales"
    sample = job_row(submit_job(web, "import_dataset", {"source": {"sample": "nile"}}, owner="ada"))
    assert sample.subject == "nile"


def test_failed_job_tells_its_own_error(web: Workspace) -> None:
    job = submit_job(web, "forecast", REQUEST, owner="ada")
    claim = web.jobs.claim("worker", ["cpu"], 60)
    assert claim is not None
    web.jobs.fail(claim, JobError(type="request", title="Too short", detail="12 values are too few"))
    failed = web.jobs.get(job.id)
    assert failed is not None
    assert job_row(failed).message == "12 values are too few"
