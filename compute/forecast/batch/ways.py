"""How a model is fitted to many series: a table of kinds that have a way of their own; the others go one by one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.linalg import LinAlgError
from numpy.typing import NDArray

from compute.forecast.fitting import fit_model
from compute.forecast.prediction import Fit
from compute.forecast.progress import portion
from compute.forecast.recurrent import Gru, Lstm
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


@dataclass(frozen=True)
class Way:
    """How many series are fitted at once.

    Attributes
    ----------
    chunk : series in a chunk; None where all must be seen together
    """

    fit: Callable[[Model, Subjects, Report, Setting], list[Fitted]]
    chunk: int | None


def way_of(model: Model) -> Way:
    """Return how the model is fitted to many series."""
    return WAYS.get(model.kind, ONE_BY_ONE)


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


def fit_networks(model: Model, subjects: Subjects, report: Report, setting: Setting) -> list[Fitted]:
    """Return fits of one network per season length, which learns from all its series; ragged ends are fitted alone."""
    from compute.forecast.neural import fit_many  # loads PyTorch, seconds that other models need not wait

    assert isinstance(model, Lstm | Gru), "the table names no other"
    found: dict[int, Fitted] = {}
    together: dict[int, list[int]] = {}
    for i, values in enumerate(subjects.values):
        if np.isnan(values[[0, -1]]).any():
            found[i] = fit_one(model, values, subjects.seasons[i], subjects.starts[i], report, setting)
        else:
            together.setdefault(subjects.seasons[i], []).append(i)
    done = 0
    for season, places in together.items():
        part = portion(report, done / len(subjects), (done + len(places)) / len(subjects))
        found |= zip(places, fit_many(model, [subjects.values[i] for i in places], season, part, setting), strict=True)
        done += len(places)
    return [found[i] for i in range(len(subjects))]


ONE_BY_ONE = Way(fit_one_by_one, chunk=32)
WAYS: Mapping[str, Way] = {
    "lstm": Way(fit_networks, chunk=None),
    "gru": Way(fit_networks, chunk=None),
}
