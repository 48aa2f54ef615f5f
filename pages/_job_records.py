"""What makes one job page different from another, and what is seen on it. Drawing it belongs to `_job_page`."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from dash.development.base_component import Component

from components.form import Form
from compute.schema import FieldProblem
from pages._workspace import workspace
from services.jobs import Job, ListedJob
from services.task_records import Task


@dataclass(frozen=True)
class Sample:
    """One click from nothing to a result."""

    label: str
    request: Mapping[str, Any]


@dataclass(frozen=True)
class Finished:
    """A job that is done, with its result."""

    job: Job
    result: Any


@dataclass(frozen=True)
class Answer:
    """A result in words: what it is, and what it comes to."""

    title: str
    sentence: str
    file_name: str
    """Of its exports, without an ending."""
    graph: str
    """`data-graph` of the chart that is exported as an image."""
    has_report: bool = False
    """True where all that is shown may be saved as one page to keep and print."""


@dataclass(frozen=True)
class JobPage:
    """A page that asks for one kind of job and shows its result."""

    name: str
    """In ids, classes, the address (`/forecast`) and the file of its icon."""
    kind: str
    title: str
    subtitle: str
    form: Form
    run_label: str
    working_title: str
    empty_title: str
    empty_message: str
    samples: tuple[Sample, ...]
    answer: Callable[[Finished, Finished | None], Answer]
    """Says the result in a sentence."""
    draw: Callable[[Finished, Finished | None], Component]
    """Draws a result, beside the one it is compared with."""
    describe: Callable[[ListedJob], str]
    """Names a job among its like, such as `passengers, 12 steps, ARIMA`."""
    draw_waiting: Callable[[], Component]
    """Draws the room that the result will take."""
    extras: Callable[[], Mapping[str, Component]] = dict
    """Draws what stands below fields of the form, by key."""
    tabs: tuple[str, tuple[tuple[str, str], ...]] | None = None
    """The subject, and the pages of it that stand as tabs under the heading: name and address of each."""
    stage: Callable[[], Sequence[Component]] = tuple
    """Draws what stands above the status and stays, whatever becomes of a job."""

    @property
    def path(self) -> str:
        """The page's address."""
        return f"/{self.name}"

    @property
    def task(self) -> Task:
        """The kind of job it asks for."""
        return workspace().tasks[self.kind]

    def part(self, name: str) -> dict[str, str]:
        """Return the id of a part of the page."""
        return {"page": self.name, "part": name}

    def button(self, name: str) -> dict[str, str]:
        """Return the id of a button that runs the form."""
        return {"page": self.name, "run": name}

    def link(self, request: Mapping[str, Any]) -> str:
        """Return the address that starts `request` at once."""
        return _address(self.path, "run", request)


@dataclass(frozen=True)
class View:
    """What the page shows of a job."""

    status: Any
    result: Any
    is_live: bool
    state: str
    problems: tuple[FieldProblem, ...] = ()
    is_stopping: bool = False
    """True when it was asked to stop and has not yet."""


def filled_link(task: Task, request: Mapping[str, Any]) -> str:
    """Return the address of the page of a kind of job with `request`, or what is known of it, in its form."""
    return _address(task.page or "/", "fill", request)


def file_name_of(words: str) -> str:
    """Return a name for exported files, without an ending, of letters, digits and hyphens only."""
    return re.sub(r"[^A-Za-z0-9]+", "-", words).strip("-").lower()


def _address(path: str, key: str, request: Mapping[str, Any]) -> str:
    return f"{path}?{key}={quote(json.dumps(request, separators=(',', ':')))}"
