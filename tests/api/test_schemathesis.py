"""An independent tool reads the OpenAPI document and tries to break what it promises.

Jobs really run; what is drawn may only be refused in a documented way. That every value of another type is refused is
not asked: a number may also be written as text, as forms, queries and the command line do, and true is taken for 1.
"""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from schemathesis import Case, CheckContext, GenerationMode, Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from services.jobs import JobState, JobStore
from services.routes import ROUTES
from services.settings import Settings
from services.workspace import open_workspace
from tests.api.conftest import make_server, run_jobs

pytestmark = pytest.mark.reference
EXAMPLES = 3  # of each operation and mode: the whole takes about half a minute


def is_no_fault_of_ours(_context: CheckContext, response: Response, _case: Case) -> None:
    """503 is documented and says when to come back; 500 would be a fault."""
    assert response.status_code != 500, response.text


ENDLESS = "/api/v1/status/stream"  # whoever asks for all of it waits for ever; test_status_stream follows it
CHECKS = [
    is_no_fault_of_ours,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
HEADERS = {"Prefer": "wait=1", "Accept-Encoding": "identity"}  # the in-process client unpacks nothing


def _leave_nothing_running(jobs: JobStore) -> None:
    """Let no job that takes long hold up those of the requests that follow."""
    for job in jobs.page(states=(JobState.QUEUED, JobState.RUNNING)).jobs:
        jobs.cancel(job.id)


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, JobStore]]:
    """One server and one worker for all operations, and their jobs."""
    folder: Path = tmp_path_factory.mktemp("schemathesis")
    workspace = open_workspace(Settings(_env_file=None, data_dir=folder, port=0, threads=8))
    stop = threading.Event()
    worker = threading.Thread(target=run_jobs, args=(workspace, stop), daemon=True)
    worker.start()
    server = make_server(workspace)
    yield server, workspace.jobs
    server.extensions[ROUTES].close()
    stop.set()
    worker.join(30)
    workspace.jobs.engine.dispose()


@pytest.mark.parametrize("mode", list(GenerationMode), ids=[mode.name.lower() for mode in GenerationMode])
def test_whatever_is_sent_the_answer_is_a_documented_one(
    shared_server: tuple[Flask, JobStore], mode: GenerationMode
) -> None:
    server, jobs = shared_server
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", server).exclude(path=ENDLESS)
    checked = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        checked.add((operation.path, operation.method))
        if mode is GenerationMode.NEGATIVE and not operation.body and not len(operation.query):
            continue  # what takes nothing but text cannot be sent anything wrong; to find that out takes a second each

        @given(case=operation.as_strategy(generation_mode=mode))
        @examples(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        def check(case: Case) -> None:
            if case.call_and_validate(headers=HEADERS, checks=CHECKS).status_code == 202:
                _leave_nothing_running(jobs)

        check()
    described = {(path, method) for path, methods in schema.raw_schema["paths"].items() for method in methods}
    assert described - checked == {("/api/v1/openapi.json", "get"), (ENDLESS, "get")}, (
        "the tool leaves out only what it has read already"
    )
