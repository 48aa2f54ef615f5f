"""The status of the whole installation as server-sent events (WHATWG HTML, section 9.2)."""

from collections.abc import Iterator, Sequence
from functools import partial

from flask import Response, request

from api.errors import RETRY_AFTER_S, ProblemError
from api.events import COMMENT, EVENT_STREAM, RECONNECT_MS, event_text
from api.operations import BASE, Answer, Header, Operation
from services.operations import Operations
from services.status_feed import StatusFeed, StatusFollowing
from services.status_topics import status_topics
from services.waiting import NoPlaceError

STREAM = f"{BASE}/status/stream"
THREADS_PER_STREAM = 8  # one of so many threads may be held by a stream; most of the others may wait for jobs


def status_operations(operations: Operations) -> Sequence[Operation]:
    """Return the operation, on a feed of its own."""
    feed = StatusFeed(status_topics(operations), places=operations.workspace.settings.threads // THREADS_PER_STREAM)
    operations.endings.append(feed.end)
    return (
        Operation(
            name="follow_status",
            method="GET",
            path=STREAM,
            summary="Follow the status of everything",
            description="Server-sent events without an end, each a whole state on one line: `telemetry` is what "
            "`GET /gpu/status` answers, with each sample; `jobs` the number of jobs by state, `alerts` the list of "
            "alerts that are not over, each when it changes. All three come first. Whoever comes back with "
            "`Last-Event-ID` hears what changed meanwhile, in its newest state. A comment every 10 s keeps a quiet "
            "stream open. One in eight threads of the server may be held by such streams; for more viewers "
            "`GET /gpu/live` is cheaper.",
            handle=partial(_stream, feed),
            tag="Service",
            headers=(Header("Last-Event-ID", "Sent by browsers that reconnect.", "00000000-7"),),
            answers=(Answer(200, "Events for as long as the connection lasts.", media_type=EVENT_STREAM),),
            problems=("unavailable",),
        ),
    )


def _stream(feed: StatusFeed) -> Response:
    try:
        following = feed.follow(request.headers.get("Last-Event-ID", ""))
    except NoPlaceError as error:
        detail = f"{error}; ask for /gpu/live every second or two, or come back later"
        raise ProblemError("unavailable", detail, headers={"Retry-After": RETRY_AFTER_S}) from error
    response = Response(_events(following), content_type=f"{EVENT_STREAM}; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"  # tells nginx to pass events on as they come
    response.call_on_close(following.close)
    return response


def _events(following: StatusFollowing) -> Iterator[str]:
    yield f"retry: {RECONNECT_MS}\n\n"
    for changes in following:
        yield "".join(event_text(told.topic, told.id, told.body.decode()) for told in changes) or COMMENT
