"""Background callbacks over HTTP, as the browser's renderer speaks it, against a real Dash application."""

import json
import re
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psutil
import pytest

from services.jobs import JobState
from tests.live import wait_until
from tests.services.jobs.installation import LONG_S, Installation

pytestmark = pytest.mark.processes


@dataclass
class Page:
    """One page load of one user."""

    url: str
    user: str = "ann"
    end_id: str = ""

    def load(self) -> "Page":
        """Load the page: the server gives it the token that its handles are bound to."""
        html = urllib.request.urlopen(self.url).read().decode()
        found = re.search(r'<script id="_dash-config"[^>]*>(.*?)</script>', html, re.DOTALL)
        assert found is not None
        self.end_id = json.loads(found.group(1))["end_id"]
        return self

    def click(self, wanted: dict[str, Any] | None, old_job: str | None = None) -> dict[str, Any] | None:
        """Change the request store; return the handles, or None when nothing was started."""
        return self._send(wanted, {"oldJob": old_job} if old_job else {})

    def poll(self, handles: dict[str, Any]) -> dict[str, Any] | None:
        """Ask for news as the renderer does."""
        return self._send(None, {"cacheKey": handles["cacheKey"], "job": handles["job"]})

    def follow(self, handles: dict[str, Any]) -> dict[str, Any]:
        """Poll until the callback delivers, and return what it delivers."""

        def delivered() -> Any:
            answer = self.poll(handles)
            return answer and answer.get("response", {}).get("done", {}).get("data")

        found: dict[str, Any] = wait_until(delivered, LONG_S, "the callback delivers")
        return found

    def cancel(self, handle: str) -> None:
        """Click the cancel button."""
        body = {
            "output": "cancel.id",
            "outputs": {"id": "cancel", "property": "id"},
            "inputs": [{"id": "cancel", "property": "n_clicks", "value": 1}],
            "changedPropIds": ["cancel.n_clicks"],
        }
        self._post(body, {"cancelJob": handle})

    def _send(self, wanted: dict[str, Any] | None, query: dict[str, str]) -> dict[str, Any] | None:
        body = {
            "output": "done.data",
            "outputs": {"id": "done", "property": "data"},
            "inputs": [{"id": "request", "property": "data", "value": wanted}],
            "changedPropIds": ["request.data"],
        }
        return self._post(body, query)

    def _post(self, body: dict[str, Any], query: dict[str, str]) -> dict[str, Any] | None:
        address = f"{self.url}/_dash-update-component?{urllib.parse.urlencode(query | {'endId': self.end_id})}"
        headers = {"Content-Type": "application/json", "X-User": self.user}
        sent = urllib.request.Request(address, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(sent, timeout=LONG_S) as answer:
            return json.loads(answer.read()) if answer.status == 200 else None


def wanted(kind: str, **request: Any) -> dict[str, Any]:
    """Return what a click puts into the request store."""
    return {"job_id": uuid.uuid4().hex, "kind": kind, "request": request}


def start_server(crew: Installation) -> tuple[psutil.Process, str]:
    """Start the application; return its process and address."""
    process = crew.start("tests.services.jobs.dash_twin")
    assert process.stdout is not None
    return psutil.Process(process.pid), f"http://127.0.0.1:{int(process.stdout.readline())}"


@pytest.fixture(scope="module")
def server(crew: Installation) -> Iterator[tuple[psutil.Process, str]]:
    """The running application."""
    return start_server(crew)


@pytest.fixture
def page(server: tuple[psutil.Process, str]) -> Page:
    """A freshly loaded page."""
    return Page(server[1]).load()


def test_a_click_becomes_a_job_whose_progress_and_end_the_page_sees(crew: Installation, page: Page) -> None:
    asked = wanted("count", steps=20)
    handles = page.click(asked)
    assert handles is not None
    progress = wait_until(lambda: _percent(page.poll(handles)) > 0 and page.poll(handles), LONG_S, "some progress")
    assert set(progress["progress"]) == {"bar.children", "words.children"}
    assert page.follow(handles) == {"job_id": asked["job_id"], "state": "done", "errors": []}
    assert crew.job(asked["job_id"]).owner == "ann"


def test_an_outcome_can_be_read_again_and_again(page: Page) -> None:
    handles = page.click(wanted("echo"))
    assert handles is not None
    assert [page.follow(handles) for _ in range(3)] == [page.follow(handles)] * 3


def test_a_reload_finds_the_same_job_again(crew: Installation, page: Page) -> None:
    asked = wanted("count", steps=20)
    page.click(asked)
    handles = page.load().click(asked)
    assert handles is not None
    assert page.follow(handles)["state"] == "done"
    assert crew.job(asked["job_id"]).attempts == 1


def test_two_users_with_equal_inputs_have_a_job_each(crew: Installation, server: tuple[psutil.Process, str]) -> None:
    ann, bob = (Page(server[1], user=user).load() for user in ("ann", "bob"))
    first, second = wanted("count", steps=4), wanted("count", steps=4)
    for_ann, for_bob = ann.click(first), bob.click(second)
    assert for_ann is not None
    assert for_bob is not None
    assert ann.follow(for_ann)["job_id"] == first["job_id"]
    assert bob.follow(for_bob)["job_id"] == second["job_id"]
    assert [crew.job(asked["job_id"]).owner for asked in (first, second)] == ["ann", "bob"]


def test_a_new_click_leaves_the_older_job_alone(crew: Installation, page: Page) -> None:
    older = wanted("count", steps=20)
    handles = page.click(older)
    assert handles is not None
    page.click(wanted("echo"), old_job=handles["job"])
    crew.wait_until_done(older["job_id"])


def test_cancelling_stops_the_job_and_the_page_learns_it(crew: Installation, page: Page) -> None:
    asked = wanted("count", steps=10_000)
    handles = page.click(asked)
    assert handles is not None
    page.cancel(handles["job"])
    assert page.follow(handles)["state"] == "cancelled"
    page.cancel(handles["job"])
    assert crew.job(asked["job_id"]).state is JobState.CANCELLED


def test_nobody_cancels_a_job_with_a_made_up_handle(crew: Installation, page: Page) -> None:
    asked = wanted("count", steps=20)
    handles = page.click(asked)
    assert handles is not None
    signature = handles["job"].rpartition("~")[2]
    page.cancel(asked["job_id"])
    page.cancel(f"{asked['job_id']}~{'0' * len(signature)}")
    Page(page.url).load().cancel(handles["job"])  # signed, but for another page load
    crew.wait_until_done(asked["job_id"])


def test_a_refused_request_is_delivered_with_its_field(crew: Installation, page: Page) -> None:
    asked = wanted("count", steps=-1)
    handles = page.click(asked)
    assert handles is not None
    outcome = page.follow(handles)
    assert outcome["state"] == "refused"
    assert outcome["errors"][0]["loc"] == ["steps"]
    assert crew.workspace.jobs.get(asked["job_id"]) is None


def test_an_id_that_belongs_to_another_request_is_refused(crew: Installation, page: Page) -> None:
    first = wanted("echo", value=1)
    page.click(first)
    crew.wait_until_done(first["job_id"])
    handles = page.click(first | {"request": {"value": 2}})
    assert handles is not None
    assert page.follow(handles)["state"] == "refused"


def test_a_failed_job_is_delivered_as_failed(page: Page) -> None:
    handles = page.click(wanted("raise", text="no"))
    assert handles is not None
    assert page.follow(handles)["state"] == "failed"


def test_a_page_without_a_request_starts_nothing(crew: Installation, page: Page) -> None:
    before = sum(crew.workspace.jobs.counts().values())
    assert page.click(None) is None
    assert sum(crew.workspace.jobs.counts().values()) == before


def test_a_waiting_job_says_how_many_are_ahead(crew: Installation, page: Page) -> None:
    running = [wanted("count", steps=10_000) for _ in range(2)]
    for asked in running:
        page.click(asked)
        crew.wait_for(asked["job_id"], JobState.RUNNING)
    waiting = [page.click(wanted("echo")) for _ in range(2)]
    answers = [page.poll(handles) for handles in waiting if handles is not None]
    for asked in running:
        crew.workspace.jobs.cancel(asked["job_id"])
    words = [answer["progress"]["words.children"] for answer in answers if answer is not None]
    assert words == ["waiting for a worker", "waiting: 1 job ahead"]


def test_clicks_make_no_process(crew: Installation, server: tuple[psutil.Process, str], page: Page) -> None:
    for _ in range(6):
        page.click(wanted("count", steps=2))
    assert server[0].children() == []
    assert len(crew.workers()) == crew.settings.workers


def test_a_page_goes_on_polling_across_a_killed_and_restarted_server(crew: Installation) -> None:
    process, url = start_server(crew)
    page = Page(url).load()
    asked = wanted("count", steps=30)
    handles = page.click(asked)
    assert handles is not None
    process.kill()
    _, page.url = start_server(crew)
    assert page.follow(handles) == {"job_id": asked["job_id"], "state": "done", "errors": []}
    assert crew.job(asked["job_id"]).attempts == 1


def _percent(answer: dict[str, Any] | None) -> float:
    return float(answer["progress"]["bar.children"]) if answer and "progress" in answer else 0.0
