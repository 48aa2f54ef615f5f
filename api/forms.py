"""In which form a result is wanted: JSON, or a table as CSV, Parquet or Arrow; by `?format=`, else by `Accept`."""

from functools import partial
from typing import Literal

from flask import request
from pydantic import Field

from api.csv_answers import MEDIA_TYPES, result_table
from api.job_answers import Render
from api.operations import JSON
from compute.schema import Record, RequestError
from services.export import TABLES, NoTableError, TableForm, check_part
from services.task_records import Task

TABLE_TYPES = tuple(MEDIA_TYPES.values())


class FormQuery(Record):
    """In which form the result is wanted."""

    format: Literal["json", "csv", "parquet", "arrow"] | None = Field(
        default=None,
        description="`csv`, `parquet` and `arrow` answer the result as a table, without the envelope. Without it the "
        "`Accept` header decides, and JSON is the default.",
    )
    table: str | None = Field(
        default=None,
        max_length=100,
        description="A part of the result that is a table of its own, such as the `trades` of a portfolio backtest; "
        "CSV unless `format` says otherwise.",
    )


def has_table(task: Task) -> bool:
    """Return whether results of this kind are tables too."""
    return task.kind in TABLES


def choose_render(task: Task | None, query: FormQuery | None) -> Render | None:
    """Return what makes the wanted table of a result, None where JSON is wanted or the kind has no other form."""
    if task is None:
        return None
    asked = query.format if query is not None else None
    part = query.table if query is not None else None
    if part is not None:
        return _render_part(task, asked or "csv", part)
    form = asked or (_accepted() if has_table(task) else "json")
    return None if form == "json" else partial(result_table, form, task)


def _render_part(task: Task, form: TableForm | Literal["json"], part: str) -> Render:
    if form == "json":
        raise RequestError.at("query", "table", msg="JSON holds the whole result; leave `table` out, or ask for csv")
    try:
        check_part(task.kind, part)
    except NoTableError as error:
        raise RequestError.at("query", "table", msg=str(error)) from error
    return partial(result_table, form, task, part=part)


def _accepted() -> TableForm | Literal["json"]:
    """Return the form that the `Accept` header likes best; JSON where it likes several alike, or none."""
    best = request.accept_mimetypes.best_match([JSON, *TABLE_TYPES], default=JSON)
    return next((form for form, media_type in MEDIA_TYPES.items() if media_type == best), "json")
