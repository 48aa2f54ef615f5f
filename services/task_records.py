"""One kind of job: what is asked, what is answered, and what runs it. Which kinds there are is in `tasks`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compute.job import Report
from compute.schema import Record

if TYPE_CHECKING:
    from services.workspace import Workspace


def _tell_nobody(item: Record) -> None:
    """Tell nobody: the default of runs that nobody watches."""


@dataclass(frozen=True)
class JobContext:
    """What a run may use of the world."""

    workspace: "Workspace"
    report: Report
    device: str = "cpu"
    publish: Callable[[Record], None] = _tell_nobody
    """Tells those who watch something beside the progress; the result must hold it too."""


def _nothing_to_check(request: Any, workspace: "Workspace") -> None:
    """Accept every valid request."""


@dataclass(frozen=True)
class Task:
    """One kind of job."""

    kind: str
    title: str
    summary: str
    route: str
    """REST path below `/api/v1`."""
    request: type[Record]
    result: type[Record]
    run: Callable[[Any, JobContext], Record]
    example: Mapping[str, Any]
    """A valid request that works on a fresh installation: the form's initial state and the documentation's example."""
    check: Callable[[Any, "Workspace"], None] = _nothing_to_check
    """Raises RequestError for what a schema cannot know, such as a dataset that does not exist."""
    page: str | None = None
    """Path of the page that shows the result, if there is one."""
    lane: str = "cpu"
    """Which workers take it; where there is no GPU, those of the CPU serve its lane as well."""
    lane_of: Callable[[Any], str] | None = None
    """By request, for a kind that is worth a GPU only where it is large."""
    is_cacheable: bool = True
