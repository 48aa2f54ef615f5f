"""The progress of a job as server-sent events (WHATWG HTML, section 9.2)."""

from collections.abc import Iterator

from flask import Response, request
from pydantic import TypeAdapter

from api.errors import RETRY_AFTER_S, ProblemError
from api.views import JobNews, summarise
from compute.schema import Record
from services.jobs import Job, JobStore
from services.waiting import Following, JobWatcher, NoPlaceError

EVENT_STREAM = "text/event-stream"
RECONNECT_MS = 2000
LAST_ID = "end"  # a browser that reconnects after it is told 204, which means: do not reconnect
_COMMENT = ": still here\n\n"  # keeps proxies from closing a quiet stream, and finds out that the reader has gone


def stream_events(jobs: JobStore, watcher: JobWatcher, job: Job) -> Response:
    """Answer with `progress` events while the job goes on, then one `state` event, then the end."""
    if request.headers.get("Last-Event-ID") == LAST_ID and job.state.is_final:
        return Response(status=204)
    try:
        following = watcher.follow(job.id)
    except NoPlaceError as error:
        detail = f"{error}; ask for the job itself every second or two, or come back later"
        raise ProblemError("unavailable", detail, headers={"Retry-After": RETRY_AFTER_S}) from error
    response = Response(_events(jobs, job.id, following), content_type=f"{EVENT_STREAM}; charset=utf-8")
    response.headers["X-Accel-Buffering"] = "no"  # tells nginx to pass events on as they come
    response.call_on_close(following.close)
    return response


def _events(jobs: JobStore, job_id: str, following: Following) -> Iterator[str]:
    yield f"retry: {RECONNECT_MS}\n\n"
    for number, news in enumerate(following):
        if news is None:
            yield _COMMENT
        elif news.state.is_final:
            job = jobs.get(job_id)
            if job is not None:
                yield _event("state", LAST_ID, summarise(job))
        else:
            yield _event(
                "progress", str(number), JobNews(state=news.state.value, progress=news.progress, message=news.message)
            )


def _event(name: str, number: str, data: Record) -> str:
    return f"id: {number}\nevent: {name}\ndata: {TypeAdapter(type(data)).dump_json(data).decode()}\n\n"
