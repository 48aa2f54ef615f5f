"""Series to be fitted, and fitting each of them alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.linalg import LinAlgError
from numpy.typing import NDArray

from compute.forecast.fitting import fit_model
from compute.forecast.prediction import Fit
from compute.forecast.progress import portion
from compute.forecast.request import Model
from compute.forecast.setting import Setting
from compute.job import Report
from compute.schema import RequestError

Array = NDArray[np.float64]

NUMERICAL = (ArithmeticError, LinAlgError)
"""What a computation may end with on a series nobody thought of; it is that series' end and no other's."""


@dataclass(frozen=True)
class Subjects:
    """Series to be fitted.

    Attributes
    ----------
    values : (n_i,) each, NaN where missing
    seasons : steps in a season of each
    starts : (k,) coefficients to begin from, None where nothing is known
    """

    values: Sequence[Array]
    seasons: Sequence[int]
    starts: Sequence[Array | None]

    def __len__(self) -> int:
        return len(self.values)

    def chosen(self, places: Sequence[int]) -> "Subjects":
        """Return those at the given places."""
        return Subjects(
            [self.values[i] for i in places], [self.seasons[i] for i in places], [self.starts[i] for i in places]
        )


Fitted = Fit | str
"""A fit, or why there is none."""
Fitting = Callable[[Model, Subjects, Report, Setting], list[Fitted]]


def fit_one_by_one(model: Model, subjects: Subjects, report: Report, setting: Setting) -> list[Fitted]:
    """Return what fitting each series alone ends with."""
    return [
        fit_one(model, values, season, start, portion(report, i / len(subjects), (i + 1) / len(subjects)), setting)
        for i, (values, season, start) in enumerate(
            zip(subjects.values, subjects.seasons, subjects.starts, strict=True)
        )
    ]


def fit_one(model: Model, values: Array, season: int, start: Array | None, report: Report, setting: Setting) -> Fitted:
    """Return the fit of one series, or why there is none."""
    report(0.0, "Fitting")
    try:
        return fit_model(model, values, season, report, start, setting)
    except RequestError as error:
        return str(error)
    except NUMERICAL as error:
        return describe_failure(error)


def describe_failure(error: BaseException) -> str:
    """Return why a series failed where a computation broke off."""
    return f"the computation broke off ({type(error).__name__}: {error}); try another model for this series"
