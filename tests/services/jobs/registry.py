"""Kinds of jobs that misbehave on purpose, for workers under test (setting `task_registry`)."""

import mmap
import os
import signal
import threading

import numpy as np
from pydantic import Field

from compute.schema import Record, RequestError
from services.task_records import JobContext, Task

_NEVER = threading.Event()  # waiting on it is how a job spends time


class Number(Record):
    """A request or result that is one number."""

    value: float = 0.0


class Steps(Record):
    """How long a job takes."""

    steps: int = Field(default=10, ge=0)
    step_s: float = Field(default=0.05, ge=0)


class Words(Record):
    """A request or result that is a text."""

    text: str = ""


def _echo(request: Number, context: JobContext) -> Number:
    return request


def _count(request: Steps, context: JobContext) -> Number:
    for step in range(request.steps):
        context.report(step / request.steps, f"step {step}")
        _NEVER.wait(request.step_s)
    return Number(value=request.steps)


def _ignore(request: Steps, context: JobContext) -> Number:
    """Never report, so that nobody can ask it to stop."""
    _NEVER.wait(request.steps * request.step_s)
    return Number(value=request.steps)


def _raise(request: Words, context: JobContext) -> Words:
    raise ArithmeticError(request.text)


def _refuse(request: Words, context: JobContext) -> Words:
    raise RequestError.at("text", msg=f"{request.text!r} is not a text I like; choose another")


def _hog(request: Number, context: JobContext) -> Number:
    """Ask for more memory at once than there is."""
    return Number(value=float(np.ones(int(request.value * 2**20 / 8)).sum()))


def _swell(request: Number, context: JobContext) -> Number:
    """Fill `value` MiB of a shared mapping, which no limit on allocations sees, then wait for the end."""
    with mmap.mmap(-1, int(request.value) * 2**20) as block:
        for page in range(0, len(block), mmap.PAGESIZE):
            block[page] = 1
        _NEVER.wait()
    return request


def _die(request: Number, context: JobContext) -> Number:
    """Take the whole process along, as a crash in a library would."""
    os.kill(os.getpid(), signal.SIGKILL)
    return request


def _task(kind: str, request: type[Record], result: type[Record], run: object) -> Task:
    return Task(
        kind=kind,
        title=kind,
        summary=kind,
        route=f"/test/{kind}",
        request=request,
        result=result,
        run=run,  # type: ignore[arg-type]
        example={},
        is_cacheable=False,
    )


TASKS = {
    task.kind: task
    for task in (
        _task("echo", Number, Number, _echo),
        _task("count", Steps, Number, _count),
        _task("ignore", Steps, Number, _ignore),
        _task("raise", Words, Words, _raise),
        _task("refuse", Words, Words, _refuse),
        _task("hog", Number, Number, _hog),
        _task("swell", Number, Number, _swell),
        _task("die", Number, Number, _die),
    )
}
