"""The one way in: every door (page, REST, command line) submits a job through here."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from compute.schema import Record, RequestError, field_problems
from services.jobs import Job, Submission
from services.task_records import Task
from services.version import code_version
from services.workspace import Workspace


class IdempotencyConflictError(ValueError):
    """The idempotency key was used before for a different request."""


def parse_request(task: Task, data: Any, workspace: Workspace) -> Record:
    """Return the validated request; raise RequestError with every problem at its field."""
    try:
        request = task.request.model_validate(data)
    except ValidationError as error:
        raise RequestError(field_problems(error, data)) from error
    task.check(request, workspace)
    return request


def submit_job(
    workspace: Workspace,
    kind: str,
    data: Mapping[str, Any],
    *,
    owner: str,
    job_id: str | None = None,
    idempotency_key: str | None = None,
    use_cache: bool = True,
    priority: int = 0,
) -> Job:
    """Validate `data` and put a job of `kind` in the table; return it, or the earlier one with the same id or key.

    Raises RequestError for a bad request, KeyError for an unknown kind, IdempotencyConflictError when the key
    belongs to a different request.
    """
    task = workspace.tasks[kind]
    asked = parse_request(task, data, workspace)
    request = asked.model_dump(mode="json")
    key = f"{owner}/{kind}/{idempotency_key}" if idempotency_key else None
    job = workspace.jobs.submit(
        Submission(
            id=job_id or uuid.uuid4().hex,
            kind=kind,
            request=request,
            owner=owner,
            lane=task.lane if task.lane_of is None else task.lane_of(asked),
            priority=priority,
            idempotency_key=key,
            cache_key=request_key(kind, request) if task.is_cacheable else None,
        ),
        cache_ttl_s=workspace.settings.cache_ttl_s if use_cache else 0.0,
        code_version=code_version(),
    )
    if job.request != request or job.kind != kind:
        raise IdempotencyConflictError(
            f"{idempotency_key or job_id!r} already names a different {job.kind} request; use a new key"
        )
    return job


def request_key(kind: str, request: Mapping[str, Any]) -> str:
    """Return the content hash of a request: equal requests, equal keys. Datasets are named by content already."""
    canonical = json.dumps([kind, request], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
