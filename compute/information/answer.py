"""From scans to what every answer says: units, method, counts, the points of the best lag."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.information.design import Design
from compute.information.normalisation import CONTINUOUS, COUNTED
from compute.information.options import InformationRequest
from compute.information.preparation import PreparedSeries
from compute.information.result import How, Scatter

Array = NDArray[np.float64]

MOST_POINTS = 2000  # of a scatter: more only lie on one another


def common_fields(
    request: InformationRequest, prepared: PreparedSeries, how: How, *, more: Sequence[str] = ()
) -> dict[str, Any]:
    """Return what all answers share."""
    return {
        "units": request.units,
        "estimator": request.estimator,
        "normalisation": COUNTED if request.estimator in ("binned", "symbolic") else CONTINUOUS,
        "n_permutations": request.n_permutations,
        "surrogate": request.surrogate,
        "seed": request.seed,
        "series": prepared.facts,
        "how": how,
        "warnings": (*prepared.warnings, *more),
        "notes": prepared.notes,
    }


def draw_scatter(prepared: PreparedSeries, x: int, y: int, lag: int, design: Design) -> Scatter:
    """Return series `x` so many steps before series `y`, evenly thinned, in their own units."""
    rows = design.rows
    shown = rows[np.unique(np.linspace(0, rows.size - 1, min(rows.size, MOST_POINTS)).astype(np.int64))]
    return Scatter(
        lag=lag,
        x=tuple((prepared.values[x, shown - lag] * prepared.sizes[x]).tolist()),
        y=tuple((prepared.values[y, shown] * prepared.sizes[y]).tolist()),
        x_name=prepared.names[x],
        y_name=prepared.names[y],
        total=int(rows.size),
    )
