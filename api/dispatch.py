"""Binding of operations to Flask: content type, size, JSON and query are checked here, once for all routes."""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

import orjson
from flask import Blueprint, Response, current_app, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response as WerkzeugResponse

from api.errors import API_ROOT, ProblemError, invalid
from api.operations import JSON, Body, Operation
from compute.schema import FieldProblem, Location, Record, RequestError, field_problems

_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE")
_CATCH_ALL = "nothing_here"
MAX_FIELDS = 10_000  # of one object; no request needs a tenth of it
R = TypeVar("R", bound=Record)


def bind(blueprint: Blueprint, operations: Sequence[Operation]) -> None:
    """Add a Flask route for each operation, and an answer for every other path below `/api/`."""
    for operation in operations:
        blueprint.add_url_rule(
            operation.path.replace("{", "<").replace("}", ">"),
            endpoint=operation.name,
            view_func=_view(operation),
            methods=[operation.method],
            provide_automatic_options=False,
        )
    for rule in (API_ROOT, f"{API_ROOT}/", f"{API_ROOT}/<path:rest>"):
        blueprint.add_url_rule(rule, _CATCH_ALL, _nothing_here, methods=list(_METHODS), provide_automatic_options=False)


def read_json(body: Body) -> dict[str, Any]:
    """Return the JSON object that is the present body; raise ProblemError when there is none or it is too large."""
    require_type(body.media_type)
    raw = read_bytes(body.max_bytes)
    try:
        data = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise ProblemError("unreadable", f"the body is not JSON: {error}{_way_out(raw, error)}") from error
    if not isinstance(data, dict):
        raise invalid(
            RequestError.at(msg="the body is JSON but no object; send an object with the fields of the schema")
        )
    _check_width(data)
    return data


def _way_out(raw: bytes, error: orjson.JSONDecodeError) -> str:
    """Return what to do about a number that JSON does not have; nothing about other faults."""
    token = raw.decode("utf-8", "replace")[error.pos :].lstrip("-")
    if "infinity" not in error.msg and not token.startswith(("NaN", "Infinity")):
        return ""
    return "; JSON has finite numbers only: correct it, or give null or leave it out where it is optional"


def validate(schema: type[R], data: Any, prefix: Location = ()) -> R:
    """Return `data` as a record; raise RequestError that locates each problem below `prefix`."""
    try:
        return schema.model_validate(data)
    except ValidationError as error:
        problems = [FieldProblem(loc=(*prefix, *item.loc), msg=item.msg) for item in field_problems(error, data)]
        raise RequestError(problems) from error


def require_type(media_type: str) -> None:
    """Raise ProblemError unless the present request's body is of `media_type`."""
    if request.mimetype != media_type:
        given = request.mimetype or "nothing"
        raise ProblemError("media-type", f"Content-Type says {given}; send {media_type}")


def read_bytes(limit: int) -> bytes:
    """Return the body; raise ProblemError when it is larger than `limit` bytes."""
    request.max_content_length = limit
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge as error:
        raise too_large(limit) from error


def too_large(limit: int) -> ProblemError:
    """Return the problem of a body larger than `limit` bytes."""
    way_out = "upload large data as a dataset in chunks, and give a map larger cells"
    return ProblemError("too-large", f"the body exceeds {limit} bytes; {way_out}")


def _check_width(data: Any) -> None:
    """Refuse objects of so many fields that saying what is wrong with each would take gigabytes."""
    if isinstance(data, dict):
        if len(data) > MAX_FIELDS:
            raise ProblemError("too-large", f"an object holds {len(data)} fields; {MAX_FIELDS} are taken at most")
        for value in data.values():
            _check_width(value)
    elif isinstance(data, list) and data and isinstance(data[0], dict | list):
        for item in data:
            _check_width(item)


def _view(operation: Operation) -> Any:
    def view(**arguments: Any) -> WerkzeugResponse:
        if operation.query is not None:
            arguments["query"] = _read_query(operation.query)
        if operation.body is not None and operation.body.media_type == JSON:
            arguments["body"] = read_json(operation.body)
        return operation.handle(**arguments)

    return view


def _read_query(schema: type[Record]) -> Record:
    data: dict[str, Any] = {}
    for name, values in request.args.lists():
        is_list = name in _list_fields(schema)
        if len(values) > 1 and not is_list:
            problem = FieldProblem(loc=("query", name), msg=f"given {len(values)} times; give it once")
            raise ProblemError("invalid", f"{name} is given {len(values)} times; give it once", errors=[problem])
        data[name] = values if is_list else values[0]
    return validate(schema, data, prefix=("query",))


@cache
def _list_fields(schema: type[Record]) -> frozenset[str]:
    """Return the fields that may be given several times. Describing a schema costs more than a request."""
    known = schema.model_json_schema()["properties"]
    return frozenset(
        name
        for name, field in known.items()
        if any(part.get("type") == "array" for part in (field, *field.get("anyOf", ())))
    )


def _nothing_here(rest: str = "") -> Response:
    """Answer 405 where another method would do, 204 to OPTIONS there, else 404."""
    allowed = [method for method in _METHODS if _is_taken(method)]
    if not allowed:
        raise ProblemError("not-found", f"{request.path} is no path of this API; /api/docs lists them")
    headers = {"Allow": ", ".join([*allowed, "OPTIONS"])}
    if request.method == "OPTIONS":
        return Response(status=204, headers=headers)
    raise ProblemError("method", f"{request.method} is not taken here; {headers['Allow']} are", headers=headers)


def _is_taken(method: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    assert adapter is not None, "inside a request there is one"
    try:
        endpoint, _ = adapter.match(method=method)
    except HTTPException:
        return False
    return not endpoint.endswith(_CATCH_ALL)
