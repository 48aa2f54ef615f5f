"""How a model is fitted to many series: a table of kinds that have a way of their own; the others go one by one."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from compute.device import has_device
from compute.forecast.batch.arimas import fit_arimas, fit_arimas_on_device, fit_autos_on_device
from compute.forecast.batch.plan import ENOUGH_TO_POOL, BatchPlan
from compute.forecast.batch.subjects import Fitted, Fitting, Subjects, fit_one, fit_one_by_one
from compute.forecast.progress import portion
from compute.forecast.recurrent import Gru, Lstm
from compute.forecast.request import Model
from compute.forecast.setting import Setting
from compute.job import Report


@dataclass(frozen=True)
class Way:
    """How many series are fitted at once.

    Attributes
    ----------
    chunk : series in a chunk; None where all must be seen together
    is_quick : whether fitting anew at every origin costs less than applying one fit to all of them
    uses_device : whether the plan's device does the work, not the processors
    """

    fit: Fitting
    chunk: int | None
    is_quick: bool = False
    uses_device: bool = False


def way_of(plan: BatchPlan) -> Way:
    """Return how the model of a plan is fitted to its series.

    Few series, and intervals from resampled residuals, get the careful fits that single forecasts get. A GPU takes what
    it has a way for, where there are many series.
    """
    way = WAYS.get(plan.model.kind, ONE_BY_ONE)
    if _is_for_gpu(plan) and has_device(plan.device):
        way = ON_GPU[plan.model.kind]
    is_careful = plan.n_series < ENOUGH_TO_POOL or plan.intervals == "bootstrap"
    return ONE_BY_ONE if way.is_quick and is_careful else way


def _is_for_gpu(plan: BatchPlan) -> bool:
    """Return whether a GPU would be worth it, and nobody misses what its fits do not count.

    The processors' automatic ARIMA counts what is unknown of the estimates; without that, the width of the intervals
    has to be learned.
    """
    is_narrow = plan.model.kind == "auto_arima" and bool(plan.levels) and not plan.is_pooled
    return plan.device != "cpu" and plan.n_series >= ENOUGH_FOR_GPU and plan.model.kind in ON_GPU and not is_narrow


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
CONTINUED = frozenset({"arima"})
"""Kinds whose careful fits begin from coefficients that are known."""
WAYS: Mapping[str, Way] = {
    "arima": Way(fit_arimas, chunk=200, is_quick=True),
    "lstm": Way(fit_networks, chunk=None, uses_device=True),
    "gru": Way(fit_networks, chunk=None, uses_device=True),
}
ENOUGH_FOR_GPU = 1000  # series; with fewer it waits for its orders longer than compiled loops need for the whole
ON_GPU: Mapping[str, Way] = {
    "arima": Way(fit_arimas_on_device, chunk=20_000, is_quick=True, uses_device=True),
    "auto_arima": Way(fit_autos_on_device, chunk=10_000, is_quick=True, uses_device=True),
}
