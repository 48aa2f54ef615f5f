"""The progress of a job as server-sent events (WHATWG HTML, section 9.2), and what it tells those who watch.

The id of an event is the number of the last batch of frames before it: whoever comes back with it hears the rest.
"""

import re
from collections.abc import Iterator

from flask import Response, request

from api.errors import RETRY_AFTER_S, ProblemError
from api.views import JobNews, summarise
from services.jobs import Job, JobStore
from services.jobs.stream import StreamReader
from services.waiting import Following, JobWatcher, NoPlaceError
from services.workspace import Workspace

EVENT_STREAM = "text/event-stream"
RECONNECT_MS = 2000
ID = re.compile(r"[0-9]{1,9}")
LAST_ID = "end"  # a browser that reconnects after it is told 204, which means: do not reconnect
COMMENT = ": still here\n\n"  # keeps proxies from closing a quiet stream, and finds out that the reader has gone


def stream_events(workspace: Workspace, watcher: JobWatcher, job: Job) -> Response:
    """Answer with `progress` and `frames` events while the job goes on, then one `state` event, then the end."""
    told = request.headers.get("Last-Event-ID", "")
    if told == LAST_ID and job.state.is_final:
        return Response(status=204)
    try:
        following = watcher.follow(job.id)
    except NoPlaceError as error:
        detail = f"{error}; ask for the job itself every second or two, or come back later"
        raise ProblemError("unavailable", detail, headers={"Retry-After": RETRY_AFTER_S}) from error
    reader = StreamReader(workspace.settings.data_dir, job.id, int(told) if ID.fullmatch(told) else 0)
    response = Response(
        _events(workspace.jobs, job.id, following, reader), content_type=f"{EVENT_STREAM}; charset=utf-8"
    )
    response.headers["X-Accel-Buffering"] = "no"  # tells nginx to pass events on as they come
    response.call_on_close(following.close)
    return response


def _events(jobs: JobStore, job_id: str, following: Following, reader: StreamReader) -> Iterator[str]:
    yield f"retry: {RECONNECT_MS}\n\n"
    for news in following:
        for number, body in reader.read():
            yield event_text("frames", str(number), body.decode())
        if news is None:
            yield COMMENT
        elif news.state.is_final:
            job = jobs.get(job_id)
            if job is not None:
                yield event_text("state", LAST_ID, summarise(job).model_dump_json())
        else:
            now = JobNews(state=news.state.value, progress=news.progress, message=news.message)
            yield event_text("progress", str(reader.last), now.model_dump_json())


def event_text(name: str, number: str, data: str) -> str:
    """Return one event; `data` is on one line."""
    return f"id: {number}\nevent: {name}\ndata: {data}\n\n"
