"""What every refusal looks like: problem+json (RFC 9457) with an id, a rule and a way out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson
from flask import Blueprint, Flask, Response, request
from pydantic import Field
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response as WerkzeugResponse

from api.answers import request_id
from compute.schema import FieldProblem, Record, RequestError
from services.logs import logger
from services.waiting import WatchFailedError

API_ROOT = "/api"
PROBLEM_TYPE = "application/problem+json"
DOCS = "/api/docs"
MAX_FIELD_PROBLEMS = 50  # a million wrong values deserve no million sentences
MAX_SENTENCE = 500  # a refused value may be megabytes long; its beginning tells enough
RETRY_AFTER_S = "5"


@dataclass(frozen=True)
class ProblemKind:
    """One way to refuse; `code` is the anchor of its paragraph in the documentation."""

    code: str
    status: int
    title: str
    meaning: str


_KINDS = (
    ProblemKind("unreadable", 400, "The request cannot be read", "The body is not JSON, or a header is malformed."),
    ProblemKind("forbidden", 403, "Another site asked", "The browser says that the request comes from another site."),
    ProblemKind("not-found", 404, "There is no such thing", "The path or the id names nothing that exists."),
    ProblemKind("method", 405, "The path does not take this method", "See the Allow header for those it takes."),
    ProblemKind("conflict", 409, "The request conflicts with what is there", "See the detail: a key used before for "
                "something else, a chunk at the wrong offset, a cancelled job."),
    ProblemKind("too-large", 413, "The request is too large", "The detail names the limit."),
    ProblemKind("media-type", 415, "The content type is not taken here", "The detail names the types that are."),
    ProblemKind("misdirected", 421, "This server does not answer to that name", "The Host header names a host that is "
                "not configured; the setting is LOOKAHEAD_ALLOWED_HOSTS."),
    ProblemKind("invalid", 422, "A field is wrong", "`errors` names each field and the rule it breaks."),
    ProblemKind("job-request", 422, "The job cannot be done as asked", "Found while the job ran; `detail` says why."),
    ProblemKind("internal", 500, "The server failed", "A fault of ours. The log has it under the request id."),
    ProblemKind("job-memory", 500, "The job ran out of memory", "Ask for less, or raise LOOKAHEAD_WORKER_MEMORY_MIB."),
    ProblemKind("job-lost", 500, "The job's worker died", "It was started several times and died each time."),
    ProblemKind("job-internal", 500, "The job failed", "A fault of ours. The log has it under the job's id."),
    ProblemKind("unavailable", 503, "Try again later", "The database cannot be reached, or all places to wait are "
                "taken. Retry-After says when to come back."),
    ProblemKind("storage-full", 507, "The disk is full", "Delete datasets, or free some disk."),
)  # fmt: skip
PROBLEMS: Mapping[str, ProblemKind] = {kind.code: kind for kind in _KINDS}
_BY_STATUS = {kind.status: kind.code for kind in reversed(_KINDS)}  # the first of each status is the general one


class Problem(Record):
    """Why a request was refused or failed."""

    type: str = Field(description="Address of the paragraph that explains this kind of problem.")
    title: str = Field(description="The kind of problem, the same each time.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What happened this time, and the way out.")
    request_id: str = Field(description="Quote it when you ask for help.")
    errors: tuple[FieldProblem, ...] = Field(default=(), description="The fields to blame, if any.")


class ProblemError(Exception):
    """Ends the present request with a problem."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        errors: Sequence[FieldProblem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = PROBLEMS[code]
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})


def problem_response(
    kind: ProblemKind,
    detail: str,
    errors: Sequence[FieldProblem] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the answer that states a problem."""
    problem = Problem(
        type=f"{DOCS}#problem-{kind.code}",
        title=kind.title,
        status=kind.status,
        detail=_short(detail),
        request_id=request_id(),
        errors=_few(errors),
    )
    body = orjson.dumps(problem.model_dump(mode="json"))
    return Response(body, status=kind.status, content_type=PROBLEM_TYPE, headers=dict(headers or {}))


def is_below_api() -> bool:
    """True when the present request is for the API and not for a page."""
    return request.path == API_ROOT or request.path.startswith(f"{API_ROOT}/")


def register_errors(server: Flask, blueprint: Blueprint) -> None:
    """Make every failure below `/api/` a problem; what happens elsewhere is left to Dash."""
    server.register_error_handler(HTTPException, _http_error)
    blueprint.register_error_handler(ProblemError, _known_problem)
    blueprint.register_error_handler(RequestError, _request_error)
    blueprint.register_error_handler(OperationalError, _database_error)
    blueprint.register_error_handler(PoolTimeoutError, _database_error)
    blueprint.register_error_handler(WatchFailedError, _database_error)
    blueprint.register_error_handler(Exception, _unexpected)


def invalid(error: RequestError) -> ProblemError:
    """Return the problem that reports wrong fields."""
    first, others = error.problems[0], len(error.problems) - 1
    field = ".".join(str(part) for part in first.loc) or "the request"
    more = f" ({others} more in `errors`)" if others else ""
    return ProblemError("invalid", f"{field}: {_short(first.msg)}{more}", errors=error.problems)


def _known_problem(error: ProblemError) -> Response:
    return problem_response(error.kind, error.detail, error.errors, error.headers)


def _request_error(error: RequestError) -> Response:
    return _known_problem(invalid(error))


def _http_error(error: HTTPException) -> WerkzeugResponse | HTTPException:
    status = error.code or 500
    if not is_below_api() or status < 400:
        return error
    kind = PROBLEMS[_BY_STATUS.get(status, "unreadable" if status < 500 else "internal")]
    headers = {"Allow": ", ".join(error.valid_methods or ())} if isinstance(error, MethodNotAllowed) else {}
    return problem_response(kind, error.description or kind.meaning, headers=headers)


def _database_error(error: DBAPIError | PoolTimeoutError | WatchFailedError) -> Response:
    cause = error.orig if isinstance(error, DBAPIError) else error
    logger("api").error("database failed", request_id=request_id(), error=str(cause))
    return problem_response(
        PROBLEMS["unavailable"],
        f"the database cannot be used just now ({cause}); send the request again later, with an Idempotency-Key if "
        "it submits a job",
        headers={"Retry-After": RETRY_AFTER_S},
    )


def _unexpected(error: Exception) -> WerkzeugResponse | HTTPException:
    if isinstance(error, HTTPException):
        return _http_error(error)
    logger("api").error("request failed", request_id=request_id(), path=request.path, exc_info=error)
    return problem_response(PROBLEMS["internal"], "the server failed while it answered; the log tells more")


def _few(errors: Sequence[FieldProblem]) -> tuple[FieldProblem, ...]:
    return tuple(FieldProblem(loc=error.loc, msg=_short(error.msg)) for error in errors[:MAX_FIELD_PROBLEMS])


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= MAX_SENTENCE else f"{sentence[:MAX_SENTENCE]}…"
