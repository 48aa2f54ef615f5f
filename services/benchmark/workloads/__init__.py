"""The engines of this application as workloads: each with a closed form or a plain computation to check it."""

from collections.abc import Sequence

from compute.benchmark.options import KindName
from compute.benchmark.workload import Missing, Workload


def engine_workloads(kind: KindName, device: str, seed: int) -> Sequence[Workload | Missing]:
    """Return the workloads of one of the engines."""
    title = kind.replace("_", " ").capitalize()
    return [Missing(kind, "engine", title, device, "this version does not measure it")]
