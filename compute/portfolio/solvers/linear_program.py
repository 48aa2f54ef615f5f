"""Linear programs by HiGHS, called directly: the model stays open, so that rows can be added and solved warm."""

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

from compute.portfolio.limits import Array
from compute.portfolio.solvers.linear_form import LinearForm

OPTIONS: dict[str, bool | int | float | str] = {
    "output_flag": False,
    "threads": 1,
    "solver": "simplex",
    "presolve": "off",
    "primal_feasibility_tolerance": 1e-9,
    "dual_feasibility_tolerance": 1e-9,
}
NOTHING: NDArray[np.int32] = np.zeros(0, dtype=np.int32)


@dataclass(frozen=True, eq=False)
class Vertex:
    """Where a linear program ended."""

    x: Array
    row_dual: Array
    """Of a minimum: how the objective changes with each row's limit."""
    column_dual: Array
    is_optimal: bool
    is_infeasible: bool
    iterations: int


class LinearProgram:
    """A minimum over the rows and bounds of a form, with columns and rows added as they are found to matter."""

    def __init__(self, form: LinearForm, cost: Array) -> None:
        self.model: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for name, value in OPTIONS.items():
            self.model.setOptionValue(name, value)
        self.iterations = 0
        self.add_columns(cost, form.lower, form.upper)
        matrix = form.matrix
        self.add_rows(form.row_lower, form.row_upper, matrix.indptr, matrix.indices, matrix.data)

    @property
    def columns(self) -> int:
        """Number of variables."""
        return int(self.model.getNumCol())

    def add_columns(self, cost: Array, lower: Array, upper: Array) -> None:
        """Add variables that no row mentions yet."""
        count = cost.size
        self.model.addCols(count, cost, lower, upper, 0, np.zeros(count, dtype=np.int32), NOTHING, np.zeros(0))

    def add_rows(self, lower: Array, upper: Array, starts: Any, indices: Any, values: Array) -> None:
        """Add rows in compressed form; `starts` may have one entry more than rows."""
        count = lower.size
        if count:
            starts, indices = np.asarray(starts[:count], dtype=np.int32), np.asarray(indices, dtype=np.int32)
            self.model.addRows(count, lower, upper, values.size, starts, indices, values)

    def set_cost(self, first: int, cost: Array) -> None:
        """Change what a run of variables costs."""
        self.model.changeColsCost(cost.size, np.arange(first, first + cost.size, dtype=np.int32), cost)

    def solve(self) -> Vertex:
        """Return the optimum, from where the last one was."""
        self.model.run()
        status, solution = self.model.getModelStatus(), self.model.getSolution()
        self.iterations += int(self.model.getInfo().simplex_iteration_count)
        found = highspy.HighsModelStatus
        return Vertex(
            np.array(solution.col_value),
            np.array(solution.row_dual),
            np.array(solution.col_dual),
            status == found.kOptimal,
            status in (found.kInfeasible, found.kUnboundedOrInfeasible),
            self.iterations,
        )
