"""The engines of this application as workloads: each with a closed form or a plain computation to check it.

Each engine does a whole job on its prepared request, as it would for a user; only reading data is left out. Engines
that use the processors alone say so, whatever the device of the benchmark.
"""

from collections.abc import Sequence

from compute.benchmark.options import KindName
from compute.benchmark.workload import Missing, Workload


def engine_workloads(kind: KindName, device: str, seed: int) -> Sequence[Workload | Missing]:
    """Return the workloads of one of the engines."""
    if kind == "transfer_entropy":
        from services.benchmark.workloads.information import transfer_workload

        return [transfer_workload(device, seed)]
    if kind == "portfolio_optimization":
        from services.benchmark.workloads.portfolio import portfolio_workload

        return [portfolio_workload(seed)]
    if kind == "motion_planning":
        from services.benchmark.workloads.planning import planning_workload

        return [planning_workload(device, seed)]
    from services.benchmark.workloads.forecasting import forecast_workload

    return [forecast_workload(seed)]
