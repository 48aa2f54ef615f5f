"""What the API offers, as records: an `Operation` is the source of a route, its OpenAPI entry and its documentation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel
from werkzeug.wrappers import Response

from compute.schema import Record

BASE = "/api/v1"
JSON = "application/json"
Method = Literal["GET", "HEAD", "POST", "PUT", "DELETE"]

PATH_PARAMETERS: Mapping[str, str] = {
    "job_id": "Id of a job, as the submission answered it.",
    "dataset_id": "Id of a dataset, as the import or the list answered it.",
    "upload_id": "Id of an upload, as its creation answered it.",
    "receipt_id": "Digest of a receipt, as the list answered it.",
    "device_did": "Name of a device, as its receipts and the list have it.",
    "alert_id": "Id of an alert, as the list answered it.",
    "portfolio_id": "Id of a saved portfolio, as saving it or the list answered it.",
    "map_id": "Id of a map, as saving it or the list answered it; bundled ones have names.",
}


@dataclass(frozen=True)
class Header:
    """A header that a request may carry."""

    name: str
    description: str
    example: str


@dataclass(frozen=True)
class Answer:
    """One successful answer."""

    status: int
    description: str
    data: type[BaseModel] | tuple[type[BaseModel], ...] | None = None
    """Schema of `data` in the envelope, or the schemas of which it has one."""
    media_type: str | None = JSON
    """None when there is no body. Bodies other than JSON have no envelope."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Name and meaning of the headers that come with it."""
    other_types: tuple[str, ...] = ()
    """Media types of other forms that may be asked for."""


@dataclass(frozen=True)
class Body:
    """What a request carries."""

    media_type: str
    schema: type[Record] | None = None
    """None for bytes that are passed on as they come."""
    example: object = None
    max_bytes: int = 64 * 2**20  # a million values with their timestamps are some 50 MB; more belongs in a dataset


@dataclass(frozen=True)
class Operation:
    """One method on one path."""

    name: str
    method: Method
    path: str
    summary: str
    handle: Callable[..., Response]
    """Called with the path's parameters, `query` when there is a query schema, and `body` when there is a JSON body."""
    tag: str
    answers: tuple[Answer, ...]
    problems: tuple[str, ...] = ()
    """Codes of the problems beyond those that every operation may answer."""
    description: str = ""
    query: type[Record] | None = None
    body: Body | None = None
    headers: tuple[Header, ...] = ()
    curl: str | None = None
    """A command line that shows it, when the one drawn from the example does not."""
