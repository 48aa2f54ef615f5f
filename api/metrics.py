"""What Prometheus scrapes."""

from collections.abc import Sequence
from functools import partial

from flask import Response

from api.operations import Answer, Operation
from services.families import CONTENT_TYPE, render
from services.operation_families import gather
from services.operations import Operations

PATH = "/metrics"


def metrics_operations(operations: Operations) -> Sequence[Operation]:
    """Return the one route that tells everything."""
    return (
        Operation(
            name="metrics",
            method="GET",
            path=PATH,
            summary="Everything that is measured, for Prometheus",
            description="Text exposition format 0.0.4. A dashboard for Grafana and rules for alerts are shipped in "
            "`deploy/`.",
            handle=partial(_metrics, operations),
            tag="Performance",
            answers=(Answer(200, "The metrics.", media_type="text/plain"),),
        ),
    )


def _metrics(operations: Operations) -> Response:
    answer = Response(render(gather(operations)), content_type=CONTENT_TYPE)
    answer.headers["Cache-Control"] = "no-store"
    return answer
