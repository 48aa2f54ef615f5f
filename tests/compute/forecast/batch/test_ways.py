"""Which way a batch goes, and that a device says what compiled loops say."""

from typing import Any

import numpy as np
import pytest

from compute.device import has_device
from compute.forecast.arima import Arima
from compute.forecast.auto_arima import AutoArima
from compute.forecast.batch.arimas import fit_arimas, fit_arimas_on_device, fit_autos_on_device
from compute.forecast.batch.subjects import Subjects, fit_one_by_one
from compute.forecast.batch.ways import ENOUGH_FOR_GPU, WAYS, way_of
from compute.forecast.intervals import deviation_of
from compute.forecast.prediction import Fit
from compute.forecast.setting import Setting
from compute.job import ignore_progress
from tests.compute.forecast.batch.collections import plan_for, run, walks

GPU = "cuda:0"
DEVICES = ["cpu", *([GPU] if has_device(GPU) else [])]


def test_the_processors_never_take_the_way_of_a_gpu() -> None:
    assert way_of(plan_for(100_000, model=Arima())) is WAYS["arima"]
    assert run(walks(31), model=Arima(p=0, d=1, q=0)).summary.device == "cpu"


@pytest.mark.parametrize("n_series", [3, ENOUGH_FOR_GPU - 1, ENOUGH_FOR_GPU])
def test_a_gpu_is_used_where_it_is_and_for_many_series_only(n_series: int) -> None:
    way = way_of(plan_for(n_series, model=Arima(), device=GPU))
    assert way.uses_device == (has_device(GPU) and n_series >= ENOUGH_FOR_GPU)


def test_resampled_residuals_take_careful_fits_wherever_they_are() -> None:
    assert way_of(plan_for(ENOUGH_FOR_GPU, model=Arima(), device=GPU, intervals="bootstrap")).fit is fit_one_by_one


def test_a_gpu_chooses_orders_where_the_width_of_intervals_is_learned() -> None:
    def uses_device(**changes: Any) -> bool:
        return way_of(plan_for(ENOUGH_FOR_GPU, model=AutoArima(), device=GPU, **changes)).uses_device

    assert uses_device(intervals="auto") == has_device(GPU)
    assert uses_device(levels=()) == has_device(GPU)
    assert not uses_device(intervals="analytic")


@pytest.mark.parametrize("device", DEVICES)
def test_automatic_orders_leave_what_a_device_cannot_compare_to_the_processors(device: str) -> None:
    gap, flat = walks(1)[0].values.copy(), np.full(40, 7.0)
    gap[20] = np.nan
    values = [walks(1, shortest=60)[0].values, gap, flat, np.array([1.0, 2.0])]
    model = AutoArima(max_p=1, max_q=1)
    setting = Setting(horizon=5, device=device)
    found = fit_autos_on_device(model, Subjects(values, [1] * 4, [None] * 4), ignore_progress, setting)
    alone = fit_one_by_one(model, Subjects(values, [1] * 4, [None] * 4), ignore_progress, setting)
    for mine, other in zip(found, alone, strict=True):
        assert isinstance(mine, Fit)
        assert isinstance(other, Fit)
        assert mine.summary.description == other.summary.description
        assert mine.notes == other.notes
        np.testing.assert_allclose(mine.predict(5).mean, other.predict(5).mean, atol=0.02 * (other.sigma + 1e-9))


@pytest.mark.parametrize("device", DEVICES)
def test_a_device_says_what_compiled_loops_say(device: str) -> None:
    gap, flat = walks(1)[0].values.copy(), np.full(40, 7.0)
    gap[20] = np.nan
    values = [*(one.values for one in walks(6, shortest=60)), gap, flat, np.array([1.0, 2.0])]
    subjects = Subjects(values, [1] * len(values), [None] * len(values))
    setting = Setting(horizon=5, device=device)
    model = Arima(p=1, d=1, q=0)
    there, here = (fit(model, subjects, ignore_progress, setting) for fit in (fit_arimas_on_device, fit_arimas))
    assert isinstance(there[-1], str)
    assert there[-1] == here[-1]
    for mine, other in zip(there[:-1], here[:-1], strict=True):
        assert isinstance(mine, Fit)
        assert isinstance(other, Fit)
        np.testing.assert_allclose(mine.predict(5).mean, other.predict(5).mean, atol=0.01 * (other.sigma + 1e-9))
        spread = [deviation_of(fit.predict(5), fit.sigma) for fit in (mine, other)]
        np.testing.assert_allclose(*spread, rtol=1e-3, atol=1e-9)
