"""A kind of job that ends, waits or fails on demand, beside the real ones: what `LOOKAHEAD_TASK_REGISTRY` may name."""

import threading
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from compute.schema import Record, RequestError
from services.task_records import JobContext, Task
from services.tasks import TASKS as REAL

PAUSE_S = 0.005
_NEVER = threading.Event()  # nobody sets it: waiting on it is the work of a step


class Echo(Record):
    """Answers its text after some steps."""

    text: str = Field(default="hello", max_length=1000, title="Text", description="What to answer.")
    steps: int = Field(
        default=0, ge=0, le=100_000, title="Steps", description="How long.", json_schema_extra={"unit": "steps"}
    )
    end: Literal["done", "request", "internal", "memory"] = Field(
        default="done", title="End", description="How it ends."
    )


class Echoed(Record):
    """The text, and a number that cannot be computed."""

    text: str
    number: float | None = None


def _run(request: Echo, context: JobContext) -> Echoed:
    for step in range(request.steps):
        context.report(step / request.steps, f"step {step}")
        if request.text == "aloud":
            context.publish(Echoed(text=f"step {step}"))
        _NEVER.wait(PAUSE_S)
    if request.end == "request":
        raise RequestError.at("text", msg=f"{request.text!r} cannot be echoed; say something else")
    if request.end == "memory":
        raise MemoryError
    if request.end == "internal":
        raise ZeroDivisionError("division by zero")
    return Echoed(text=request.text)


def _check(request: Echo, _workspace: Any) -> None:
    if request.text == "forbidden":
        raise RequestError.at("text", msg="'forbidden' may not be echoed; say something else")


ECHO = Task(
    kind="echo",
    title="Echo",
    summary="Answer the text.",
    route="/test/echo",
    request=Echo,
    result=Echoed,
    run=_run,
    example={"text": "hello"},
    check=_check,
)
TASKS: Mapping[str, Task] = {ECHO.kind: ECHO, **REAL}
