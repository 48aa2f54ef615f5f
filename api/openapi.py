"""The OpenAPI 3.1 document, drawn from the operations and their schemas."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api.answers import API_VERSION, REQUEST_ID_HEADER, Metadata
from api.errors import PROBLEM_TYPE, PROBLEMS, Problem
from api.operations import BASE, JSON, PATH_PARAMETERS, Answer, Body, Header, Operation
from services.version import VERSION

Mode = Literal["validation", "serialization"]
Schemas = Mapping[tuple[type[BaseModel], Mode], Mapping[str, Any]]

EVERYWHERE = ("unreadable", "forbidden", "misdirected", "internal", "unavailable")
_REQUEST_ID = Header(REQUEST_ID_HEADER, "Your own id of the request; it comes back in the answer.", "check-17")
_REQUEST_ID_ANSWER = {"description": "Id of the request.", "schema": {"type": "string"}}
_TEXT = {"type": "string"}


def openapi_document(operations: Sequence[Operation]) -> dict[str, Any]:
    """Return the document that describes `operations`."""
    schemas, definitions = _schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lookahead",
            "version": VERSION,
            "summary": f"REST API, version {API_VERSION}",
            "description": f"Everything below {BASE}. A readable page is at /api/docs.",
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(operation.tag for operation in operations)],
        "paths": paths,
        "components": {"schemas": definitions},
    }


def problem_codes(operation: Operation) -> tuple[str, ...]:
    """Return the codes of every problem the operation may answer."""
    own = operation.problems + (("not-found",) if "{" in operation.path else ())
    own += ("invalid",) if operation.query is not None else ()
    return tuple(code for code in PROBLEMS if code in EVERYWHERE or code in own)


def _schemas(operations: Iterable[Operation]) -> tuple[Schemas, dict[str, Any]]:
    wanted: dict[tuple[type[BaseModel], Mode], None] = {
        (Metadata, "serialization"): None,
        (Problem, "serialization"): None,
    }
    for operation in operations:
        if operation.body is not None and operation.body.schema is not None:
            wanted[(operation.body.schema, "validation")] = None
        for answer in operation.answers:
            wanted.update({(schema, "serialization"): None for schema in _data_schemas(answer)})
    schemas, document = models_json_schema(list(wanted), ref_template="#/components/schemas/{model}")
    return schemas, dict(document.get("$defs", {}))  # type: ignore[return-value]


def _data_schemas(answer: Answer) -> tuple[type[BaseModel], ...]:
    if answer.data is None:
        return ()
    return answer.data if isinstance(answer.data, tuple) else (answer.data,)


def _operation(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": operation.description or operation.summary,
        "tags": [operation.tag],
        "parameters": [
            *(_path_parameter(name) for name in PATH_PARAMETERS if f"{{{name}}}" in operation.path),
            *_query_parameters(operation),
            *(_header_parameter(header) for header in (*operation.headers, _REQUEST_ID)),
        ],
        "responses": _answers(operation, schemas) | _problems(operation, schemas),
    }
    if operation.body is not None:
        described["requestBody"] = _body(operation.body, schemas)
    return described


def _path_parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "description": PATH_PARAMETERS[name], "schema": _TEXT}


def _header_parameter(header: Header) -> dict[str, Any]:
    return {
        "name": header.name,
        "in": "header",
        "required": False,
        "description": header.description,
        "schema": _TEXT | {"examples": [header.example]},
    }


def _query_parameters(operation: Operation) -> Iterable[dict[str, Any]]:
    if operation.query is None:
        return
    document = operation.query.model_json_schema()
    for name, schema in document["properties"].items():
        yield {
            "name": name,
            "in": "query",
            "required": name in document.get("required", ()),
            "description": schema.get("description", name),
            "schema": _inlined(schema, document.get("$defs", {})),
        }


def _inlined(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """Return the schema with references replaced by what they name, and without null: a query cannot say it."""
    if isinstance(schema, list):
        return [_inlined(item, definitions) for item in schema if item != {"type": "null"}]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions)
    plain = {key: _inlined(value, definitions) for key, value in schema.items()}
    if len(plain.get("anyOf", ())) == 1:
        plain |= plain.pop("anyOf")[0]
    if plain.get("default", ...) is None:
        del plain["default"]
    return plain


def _body(body: Body, schemas: Schemas) -> dict[str, Any]:
    if body.schema is None:
        content: dict[str, Any] = {"schema": {"type": "string", "format": "binary", "maxLength": body.max_bytes}}
    else:
        content = {"schema": dict(schemas[(body.schema, "validation")])}
    if body.example is not None:
        content["example"] = body.example
    return {"required": True, "content": {body.media_type: content}}


def _answers(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    return {str(answer.status): _answer(answer, schemas) for answer in operation.answers}


def _answer(answer: Answer, schemas: Schemas) -> dict[str, Any]:
    headers = {name: {"description": text, "schema": _TEXT} for name, text in answer.headers.items()}
    described: dict[str, Any] = {
        "description": answer.description,
        "headers": headers | {REQUEST_ID_HEADER: _REQUEST_ID_ANSWER},
    }
    if answer.media_type == JSON:
        described["content"] = {JSON: {"schema": _envelope(answer, schemas) if answer.data else {"type": "object"}}}
    elif answer.media_type is not None:
        described["content"] = {answer.media_type: {"schema": _TEXT}}
    if answer.other_types:
        described["content"] |= {media_type: {"schema": _TEXT} for media_type in answer.other_types}
    return described


def _envelope(answer: Answer, schemas: Schemas) -> dict[str, Any]:
    data = [dict(schemas[(schema, "serialization")]) for schema in _data_schemas(answer)]
    return {
        "type": "object",
        "required": ["data", "metadata"],
        "additionalProperties": False,
        "properties": {
            "data": data[0] if len(data) == 1 else {"anyOf": data},
            "metadata": dict(schemas[(Metadata, "serialization")]),
        },
    }


def _problems(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    by_status: dict[str, list[str]] = {}
    for code in problem_codes(operation):
        by_status.setdefault(str(PROBLEMS[code].status), []).append(f"{PROBLEMS[code].title}. {PROBLEMS[code].meaning}")
    return {
        status: {
            "description": " ".join(sentences),
            "headers": {REQUEST_ID_HEADER: _REQUEST_ID_ANSWER},
            "content": {PROBLEM_TYPE: {"schema": dict(schemas[(Problem, "serialization")])}},
        }
        for status, sentences in by_status.items()
    }
