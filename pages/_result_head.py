"""Above and below every result: its answer in words, the bar of what can be done with it, and how it was made."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component
from flask import request

from components.export import ExportFile
from components.result_bar import BarContent, Provenance, provenance, result_bar
from pages._copy_as import API, commands
from pages._job_records import Answer, Finished
from pages._workspace import workspace
from services.export import PARTS, TABLES
from services.jobs import Job
from services.jobs.outline import outline_of
from services.task_records import Task

MAX_TEXT = 100_000  # characters of a request that are shown: a million help nobody and slow the page
NAMED = 12  # columns that are named; of thousands the rest are counted


def result_head(
    path: str,
    task: Task,
    done: Finished,
    answer: Answer,
    compare_id: Any,
    comparable: Sequence[dict[str, str]],
    compared_with: str | None,
) -> Component:
    """Return the answer in words and the result bar."""
    job = done.job
    content = BarContent(
        job_path=f"{path}?job={job.id}" + (f"&compare={compared_with}" if compared_with else ""),
        graph_id=answer.graph,
        file_name=answer.file_name,
        files=_files(job),
        panel=path.strip("/"),
        compare_id=compare_id,
        comparable=comparable,
        compared_with=compared_with,
        commands=[
            (each.title, each.text)
            for each in commands(request.host_url.rstrip("/"), task.kind, task.route, job.id, job.request)
        ],
        has_report=answer.has_report,
    )
    return html.Div(
        [
            html.Div(
                [dmc.Title(answer.title, order=2), dmc.Text(answer.sentence, className="la-answer")],
                role="status",
            ),
            result_bar(content),
        ],
        className="la-head",
    )


def _files(job: Job) -> list[ExportFile]:
    """Return the forms in which the result can be saved: as tables, where it is one, and whole."""
    whole = f"{API}/jobs/{job.id}/result"
    tables = [
        ExportFile(form, f"Numbers as {name}", f"{whole}?format={form}")
        for form, name in (("csv", "CSV"), ("parquet", "Parquet"), ("arrow", "Arrow"))
        if job.kind in TABLES
    ]
    parts = [
        ExportFile(f"{part}.csv", f"{part.capitalize()} as CSV", f"{whole}?format=csv&table={part}")
        for part in PARTS.get(job.kind, ())
    ]
    return [*tables, *parts, ExportFile("json", "Everything as JSON", whole)]


def how_it_was_made(job: Job) -> Component:
    """Return the provenance of a job's result."""
    seed = job.request.get("seed")
    return provenance(
        Provenance(
            job_id=job.id,
            request_json=_request_text(job),
            seed=seed if isinstance(seed, int) else None,
            data=_data_of(job),
            code_version=job.code_version,
            device=job.device,
            finished_at=job.finished_at,
            wall_s=job.measures.wall_s if job.measures else None,
            cpu_s=job.measures.cpu_s if job.measures else None,
            cached_from=job.result_of,
            owner=job.owner,
        )
    )


def _request_text(job: Job) -> str:
    """Return the request as JSON; of one with thousands of values what tells it from others."""
    text = json.dumps(job.request, indent=2)
    if len(text) <= MAX_TEXT:
        return text
    return (
        f"{json.dumps(outline_of(job.request), indent=2)}\n\nLong lists are cut short. All of it: {API}/jobs/{job.id}"
    )


def _data_of(job: Job) -> str:
    for names in (("source", "target"), ("x", "y")):
        pair = [job.request.get(name) for name in names]
        if all(isinstance(each, dict) for each in pair):
            return "; ".join(_named(each) for each in pair if each)
    series = job.request.get("series") or job.request.get("track") or job.request.get("assets")
    if isinstance(series, list):
        return f"{len(series)} series in the request"
    if not isinstance(series, dict):
        return str(job.request.get("dataset", "in the request"))
    return _named(series)


def _named(series: Mapping[str, Any]) -> str:
    """Return where the values of a series, a track or of assets are, with the hash that names their content."""
    if "dataset" not in series:
        if "positions" in series:
            return f"{len(series['positions'])} positions in the request"
        for table in ("prices", "returns", "expected_returns"):
            if table in series:
                return f"{len(series[table])} assets in the request"
        return f"{len(series.get('values', ()))} values in the request"
    info = workspace().datasets.get(series["dataset"])
    named = f"{_columns_of(series)} of {info.name if info else series['dataset']}"
    return f"{named}, SHA-256 {info.sha256}" if info else f"{named}, which was deleted since"


def _columns_of(series: Mapping[str, Any]) -> str:
    if "id_column" in series:
        return f"column {series['value_column']} by {series['id_column']}"
    if "column" in series:
        return f"column {series['column']}"
    names = series.get("columns") or ()
    if not names:
        return "all number columns"
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"columns {', '.join(names[:NAMED])}{more}"
