"""Dash's way into the job table: background callbacks that submit a job instead of forking a process.

A page's background callback is a pure, quick function from its inputs to what is to be submitted: it runs in the web
process and returns a `Wanted` as a dict, or None when there is nothing to do. Progress and outcome are read from the
table, so a reload, another tab or a restarted server finds the same job again. It does not get `set_progress`:
the job itself reports. Drawing the result belongs to an ordinary callback on the summary delivered here.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import diskcache
from dash.background_callback.managers.diskcache_manager import DiskcacheManager
from dash.exceptions import PreventUpdate
from flask import has_request_context, request
from pydantic import Field

from compute.schema import FieldProblem, Record, RequestError
from services.jobs import JobState
from services.submission import IdempotencyConflictError, submit_job
from services.waiting import JobWatcher, WatchFailedError
from services.workspace import Workspace

JOB_ID = r"^[A-Za-z0-9_-]{8,64}$"
REFUSAL_KEPT_S = 3600.0  # a refused request is no job; its errors wait here for the page's next poll
POLL_WAIT_S = 0.3  # a poll stays this long for the end of the job, so that the page hears of it at once
SHARE_OF_POLLING_THREADS = 8  # one in so many threads may stay with a poll; further polls are answered as they come
_HASH_LENGTH = 64  # of the hexadecimal SHA-256 that Dash makes of function and arguments
_SECRET_NAME = "background_callback_secret"


class Wanted(Record):
    """What a page wants to be run, made at the click: with the same `job_id` it is the same job, however often sent."""

    job_id: str = Field(pattern=JOB_ID)
    kind: str
    request: dict[str, Any]
    use_cache: bool = True


class Summary(Record):
    """What a background callback delivers. The result itself is read from the table."""

    job_id: str
    state: str
    """A final state of the job, or `refused` when no job could be made of the request."""
    errors: tuple[FieldProblem, ...] = ()


class TableBackgroundManager(DiskcacheManager):
    """Runs background callbacks as jobs of the table."""

    def __init__(self, workspace: Workspace, owner: Callable[[], str]) -> None:
        self._workspace = workspace
        self._jobs = workspace.jobs
        self._owner = owner
        places = max(1, workspace.settings.threads // SHARE_OF_POLLING_THREADS)
        self._watcher = JobWatcher(workspace.jobs, places=places)
        folder = workspace.settings.data_dir / "background"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Last: it registers every callback declared so far, which needs all of the above.
        super().__init__(diskcache.Cache(str(folder)))  # type: ignore[no-untyped-call]

    # ---- starting -------------------------------------------------------------------------------------------------

    def build_cache_key(
        self, fn: Any, args: Any, cache_args_to_ignore: Any, triggered: Any, callback_key: Any = None
    ) -> str:
        """Return a key that ends in the job's id: equal inputs of two users, or two clicks, never share one."""
        key: str = super().build_cache_key(fn, args, cache_args_to_ignore, triggered)  # type: ignore[no-untyped-call]
        return key + next(_job_ids(args), "")

    def make_job_fn(self, fn: Any, progress: Any, key: Any = None) -> Any:
        """Return the function itself: it is called here, and only says what to submit."""
        return fn

    def call_job_fn(self, key: str, job_fn: Any, args: Any, context: Any) -> str:
        """Submit what the function wants and return the job's id; the job it was before if it was submitted before."""
        answer = job_fn(**args) if isinstance(args, Mapping) else job_fn(*args)
        if not isinstance(answer, Mapping):
            raise PreventUpdate  # nothing is wanted: the page has no request yet
        wanted = Wanted.model_validate(answer)
        if wanted.job_id != _job_id(key):
            raise ValueError("a background callback must submit under the job_id that came in with its inputs")
        try:
            submit_job(
                self._workspace,
                wanted.kind,
                wanted.request,
                owner=self._owner(),
                job_id=wanted.job_id,
                use_cache=wanted.use_cache,
            )
        except RequestError as error:
            self._refuse(key, wanted.job_id, error.problems)
        except IdempotencyConflictError as error:
            self._refuse(key, wanted.job_id, (FieldProblem(loc=(), msg=str(error)),))
        else:
            self.handle.delete(key)  # an earlier refusal: what was missing then is there now
        return wanted.job_id

    def _refuse(self, key: str, job_id: str, problems: tuple[FieldProblem, ...]) -> None:
        refusal = Summary(job_id=job_id, state="refused", errors=problems)
        self.handle.set(key, refusal.model_dump(mode="json"), expire=REFUSAL_KEPT_S)

    # ---- following ------------------------------------------------------------------------------------------------

    def get_progress(self, key: str) -> list[Any] | None:
        """Return [per cent, message] of the job, while it waits too; None when there is no such job or it is over.

        Dash asks for the progress, then for the result. While the job goes on this waits a moment, so that pages need
        not ask ten times a second to be quick. Of one that ended meanwhile no progress is told: the page would look at
        the table for it, and at once again for the result.
        """
        state, progress, message = self._state_soon(key)
        if state is None or state.is_final:
            return None
        if state is JobState.QUEUED:
            ahead = self._jobs.ahead_of(_job_id(key))
            message = f"waiting: {ahead} job{'' if ahead == 1 else 's'} ahead" if ahead else "waiting for a worker"
        return [round(100 * progress, 1), message]

    def result_ready(self, key: str) -> bool:
        """True when `get_result` has something to deliver."""
        return self.get_result(key, None) is not self.UNDEFINED

    def get_result(self, key: str, job: Any) -> Any:
        """Return the summary of a job that ended, whichever way, or of a refusal. Reading it changes nothing."""
        refusal = self.handle.get(key)
        if refusal is not None:
            return refusal
        state, _, _ = self._state(key)
        if state is not None and state.is_final:
            return Summary(job_id=_job_id(key), state=state).model_dump(mode="json")
        return self.UNDEFINED

    def job_running(self, job: Any) -> bool:
        """True while the job is queued or running."""
        state = self._jobs.states([str(job)]).get(str(job))
        return state is not None and not state[0].is_final

    def get_updated_props(self, key: str) -> dict[str, Any]:
        """Return nothing: jobs know no page, so they cannot set its properties."""
        return {}

    def _state_soon(self, key: str) -> tuple[JobState | None, float, str]:
        """Return where the job is when it has ended, or else after `POLL_WAIT_S`."""
        now = self._state(key)
        if now[0] is None or now[0].is_final or self.handle.get(key) is not None:
            return now
        with suppress(KeyError, WatchFailedError):
            job = self._watcher.wait(_job_id(key), POLL_WAIT_S)
            return job.state, job.progress, job.message
        return now

    def _state(self, key: str) -> tuple[JobState | None, float, str]:
        job_id = _job_id(key)
        return self._jobs.states([job_id]).get(job_id, (None, 0.0, "")) if job_id else (None, 0.0, "")

    # ---- ending ---------------------------------------------------------------------------------------------------

    def terminate_job(self, job: Any) -> None:
        """Cancel the job when the user asked for it; Dash also calls this for jobs it merely thinks superseded."""
        if job is not None and _is_cancelled_by_user(str(job)):
            self._jobs.cancel(str(job))

    def terminate_unhealthy_job(self, job: Any) -> bool:
        """Return False: the supervisor looks after jobs whose worker is not well."""
        return False

    def clear_cache_entry(self, key: str) -> None:
        """Keep it: what was delivered once must still be there after a reload."""

    def get_or_create_signing_secret(self, generate: Callable[[], bytes]) -> bytes:
        """Return the secret that signs Dash's handles, kept in the table for every process and the next start."""
        return self._jobs.keep_value(_SECRET_NAME, generate().decode()).encode()

    def close(self) -> None:
        """Close the disk cache."""
        self.handle.close()


def _job_ids(value: Any) -> Iterator[str]:
    """Yield the ids of the requests among a callback's arguments."""
    if isinstance(value, Mapping):
        found = value.get("job_id")
        if isinstance(found, str) and re.fullmatch(JOB_ID, found):
            yield found
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from _job_ids(item)


def _job_id(key: str) -> str:
    return key[_HASH_LENGTH:]


def _is_cancelled_by_user(job_id: str) -> bool:
    # `cancelJob` carries the handle that Dash signed and has verified by now: the id, a tilde, the signature.
    if not has_request_context():
        return False
    return any(handle.rpartition("~")[0] == job_id for handle in request.args.getlist("cancelJob"))
