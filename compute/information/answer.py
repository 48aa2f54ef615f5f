"""From scans to what every answer says: units, method, counts, the points of the best lag."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.information.asking import Asker
from compute.information.design import Design
from compute.information.normalisation import CONTINUOUS, COUNTED
from compute.information.options import InformationRequest
from compute.information.pair import Question
from compute.information.preparation import PreparedSeries
from compute.information.result import How, Scatter
from compute.information.scan import describe
from compute.information.setting import Setting

Array = NDArray[np.float64]

MOST_POINTS = 2000  # of a scatter: more only lie on one another


def answer_pair(asker: Asker, question: Question, setting: Setting, began: float) -> dict[str, Any]:
    """Return what answers about one pair share: the series are source, target and conditions."""
    prepared = asker.prepared
    design = asker.design(question)
    links = asker.links(question, design)
    scan = asker.scan(question, design, links)
    by_lag = describe(scan, asker.telling(links))
    best = by_lag[scan.best]
    how = asker.how(design, links, setting.clock() - began)
    setting.report(1.0, "Done")
    return common_fields(asker.request, prepared, how, more=asker.doubts(design)) | {
        "conditions": prepared.names[2:],
        "value": best.value,
        "standard_error": best.standard_error,
        "best_lag": best.lag,
        "effective": best.effective,
        "p_value": scan.p_value,
        "by_lag": by_lag,
        "scatter": draw_scatter(prepared, 0, 1, best.lag, design),
    }


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
