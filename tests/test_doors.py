"""The same request through the form, REST and the command line gives the same result, for every kind of job."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from components.form import Form
from services.submission import submit_job
from services.tasks import TASKS
from services.workspace import Workspace, open_workspace
from tests.conftest import Outcome
from tests.live import LiveServer, live_server, wait_until

pytestmark = pytest.mark.processes
TIMEOUT_S = 60.0
# differ between two runs by their nature: when, how long, on how many cores, and what was known from the run before
VOLATILE = (
    "created_at", "fit_ms", "seconds", "processes", "estimates", "model_cache", "moments_cache", "planning_time_ms",
    "stages", "ground_cache", "size", "probes", "check", "timing", "rate", "verdict", "comparison", "roofline",
    "is_at_limit",
)  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with live_server(tmp_path_factory.mktemp("doors") / "data", LOOKAHEAD_CACHE_TTL_S="0") as running:
        yield running


@pytest.fixture(scope="module")
def shared(server: LiveServer) -> Iterator[Workspace]:
    from services.settings import Settings

    workspace = open_workspace(Settings(_env_file=None, data_dir=server.data_dir, cache_ttl_s=0))
    yield workspace
    workspace.jobs.engine.dispose()


@pytest.mark.parametrize("kind", TASKS)
def test_one_request_gives_one_result_through_all_doors(
    kind: str, server: LiveServer, shared: Workspace, run_command: Callable[..., Outcome]
) -> None:
    example = dict(TASKS[kind].example)
    through_form = _through_form(shared, kind, example)
    through_rest = _post(server, TASKS[kind].route, example)["data"]
    run = run_command(server.data_dir, kind.replace("_", "-"), "--request", json.dumps(example), "--format", "json")
    assert run.returncode == 0, run.stderr
    assert _settled(through_form) == _settled(through_rest) == _settled(json.loads(run.stdout))


@pytest.mark.parametrize("kind", TASKS)
def test_a_wrong_field_is_reported_at_that_field_by_all_doors(
    kind: str, server: LiveServer, run_command: Callable[..., Outcome]
) -> None:
    request = {**TASKS[kind].example, "no_such_field": 1}
    with pytest.raises(urllib.error.HTTPError) as caught:
        _post(server, TASKS[kind].route, request)
    with caught.value as refusal:
        assert refusal.status == 422
        problem = json.load(refusal)
    assert [error["loc"] for error in problem["errors"]] == [["no_such_field"]]
    run = run_command(server.data_dir, kind.replace("_", "-"), "--request", json.dumps(request))
    assert run.returncode == 2
    assert run.stderr.startswith("--no_such_field:")


def _through_form(workspace: Workspace, kind: str, example: Any) -> Any:
    form = Form(f"doors-{kind}", TASKS[kind].request)
    job = submit_job(workspace, kind, form.read(form.fill(example)), owner="form")
    wait_until(lambda: workspace.jobs.states([job.id])[job.id][0].is_final, TIMEOUT_S, f"the {kind} job ends")
    body = workspace.jobs.result(job.id)
    assert body is not None, workspace.jobs.get(job.id)
    return json.loads(body)


def _post(server: LiveServer, route: str, data: Any) -> Any:
    call = urllib.request.Request(
        f"{server.url}/api/v1{route}",
        data=json.dumps(data).encode(),
        headers={"Content-Type": "application/json", "Prefer": f"wait={TIMEOUT_S:.0f}"},
    )
    with urllib.request.urlopen(call, timeout=2 * TIMEOUT_S) as answer:
        return json.load(answer)


def _settled(result: Any) -> Any:
    """Return the result without what differs from run to run, at any depth."""
    if isinstance(result, list):
        return [_settled(item) for item in result]
    if isinstance(result, dict):
        return {name: _settled(value) for name, value in result.items() if name not in VOLATILE}
    return result
