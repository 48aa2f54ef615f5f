"""The route that open pages ask all the time."""

from app import create_app
from pages._pulse import PULSE
from services.jobs import Submission
from services.workspace import Workspace


def test_the_pulse_tells_of_a_new_job_and_is_never_kept(workspace: Workspace) -> None:
    client = create_app(workspace.settings, workspace).server.test_client()
    before = client.get(PULSE, base_url="http://127.0.0.1")
    assert before.status_code == 200
    assert before.headers["Cache-Control"] == "no-store"
    assert client.get(PULSE, base_url="http://127.0.0.1").json == before.json
    workspace.jobs.submit(Submission(id="job-00001", kind="forecast", request={}, owner="ann"))
    assert client.get(PULSE, base_url="http://127.0.0.1").json != before.json


def test_the_pulse_answers_only_to_the_names_of_this_machine(workspace: Workspace) -> None:
    client = create_app(workspace.settings, workspace).server.test_client()
    assert client.get(PULSE, base_url="http://elsewhere.example").status_code >= 400
