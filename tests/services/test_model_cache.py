"""What batches learned is found again, forgotten in time, and never the reason for a failed job."""

import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from compute.forecast.arima import Arima
from compute.forecast.batch.plan import Chunk
from compute.forecast.batch.result import BatchForecastResult
from compute.forecast.batch.run import compute_here, forecast_batch
from compute.forecast.recurrent import Gru
from compute.forecast.request import ForecastRequest
from compute.forecast.result import ForecastResult
from compute.forecast.run import forecast
from compute.forecast.theta import Theta
from compute.job import ignore_progress
from compute.series import InlineSeries, Series
from services.batch_memory import Remembering
from services.kept_networks import NetworkStore
from services.model_cache import DAY_S, Entry, ModelCache
from tests.compute.forecast.batch.collections import plan_for, walks
from tests.compute.forecast.series import air_passengers


@pytest.fixture
def cache(tmp_path: Path) -> ModelCache:
    return ModelCache(tmp_path / "models", limit_mib=8, ttl_days=1)


def run(cache: ModelCache, series: list[Series], **changes: Any) -> BatchForecastResult:
    chunks = [Chunk.of(first, series[first : first + 7]) for first in range(0, len(series), 7)]
    work = Remembering(compute_here, cache)
    return forecast_batch(plan_for(len(series), **changes), chunks, ignore_progress, work)


def counts(result: BatchForecastResult) -> tuple[int, int, int]:
    known = result.summary.model_cache
    assert known is not None
    return known.remembered, known.continued, known.fitted


def told(result: BatchForecastResult) -> list[Any]:
    return [(one.name, one.mean, one.intervals, one.model, one.timestamps, one.notes) for one in result.series]


@pytest.mark.parametrize("intervals", ["auto", "bootstrap", "none"])
@pytest.mark.parametrize("model", [Arima(p=1, d=1, q=0), Theta()], ids=["arima", "theta"])
@pytest.mark.parametrize("count", [9, 33])
def test_a_batch_asked_again_says_the_same_without_computing(
    cache: ModelCache, model: Any, intervals: str, count: int
) -> None:
    series = walks(count)
    first = run(cache, series, model=model, intervals=intervals, accuracy=True)
    again = run(cache, series, model=model, intervals=intervals, accuracy=True)
    assert (counts(first), counts(again)) == ((0, 0, count), (count, 0, 0))
    assert told(again) == told(first)
    assert again.summary.pooled == first.summary.pooled


def test_only_series_that_changed_are_computed(cache: ModelCache) -> None:
    months = np.arange("2020-01", "2024-01", dtype="datetime64[M]").astype("datetime64[ns]")
    series = [Series(one.values[:40], months[:40], one.name) for one in walks(33)]
    run(cache, series)
    series[5] = Series(series[5].values + np.eye(1, 40, 20)[0], months[:40], "changed")
    series[6] = Series(series[6].values, months[1:41], "at other times")
    series[7] = Series(series[7].values, months[:40], "another name alone")
    again = run(cache, series)
    assert counts(again) == (31, 0, 2)
    assert [i for i, one in enumerate(again.series) if one.estimates == "fitted"] == [5, 6]
    assert again.series[7].name == "another name alone"
    assert told(again) == told(run(ModelCache(Path("nowhere"), 0, 1), series))


@pytest.mark.parametrize("change", [{"horizon": 5}, {"levels": (50.0,)}, {"seed": 2}, {"model": Arima(p=2, d=1, q=0)}])
def test_another_question_is_another_forecast(cache: ModelCache, change: dict[str, Any]) -> None:
    series = walks(4)
    run(cache, series)
    assert counts(run(cache, series, **change))[0] == 0


def test_a_series_that_grew_is_estimated_from_where_it_was(cache: ModelCache) -> None:
    grown = walks(3, shortest=60)
    run(cache, [Series(one.values[:-6], name=one.name) for one in grown])
    run(cache, [Series(one.values[:-9], name=one.name) for one in grown])
    again = run(cache, grown)
    assert counts(again) == (0, 3, 0)
    anew = run(ModelCache(Path("nowhere"), 0, 1), grown)
    for one, other in zip(again.series, anew.series, strict=True):
        np.testing.assert_allclose(one.mean, other.mean, rtol=1e-4)


def test_a_series_that_failed_is_tried_again(cache: ModelCache) -> None:
    series = [Series(np.full(30, np.nan), name="empty"), *walks(2)]
    run(cache, series)
    again = run(cache, series)
    assert counts(again) == (2, 0, 0)
    assert again.series[0].status == "failed"


def test_what_is_not_used_is_forgotten_by_age_then_by_size(tmp_path: Path) -> None:
    now = [0.0]
    cache = ModelCache(tmp_path, limit_mib=1, ttl_days=1, clock=lambda: now[0])
    for number in range(20):
        now[0] = float(number)
        cache.keep([Entry(b"%d" % number, b"x" * 100_000)])
    assert cache.find([b"0"])
    now[0] = 30.0
    cache.sweep()
    left = set(cache.find([b"%d" % number for number in range(20)]))
    assert left == {b"0", *(b"%d" % number for number in range(12, 20))}, "used last, and newest"
    now[0] = 31.0 + DAY_S
    assert cache.find([b"0"]) == {}
    cache.sweep()
    now[0] = 0.0
    assert cache.find([b"0"]) == {}


def test_a_damaged_cache_is_an_empty_one(cache: ModelCache, tmp_path: Path) -> None:
    series = walks(3)
    first = run(cache, series)
    (tmp_path / "models" / "models.db").write_bytes(b"no database" * 1000)
    again = run(ModelCache(tmp_path / "models", 8, 1), series)
    assert told(again) == told(first)
    assert counts(again) == (0, 0, 3)


def test_damaged_entries_are_computed_anew(cache: ModelCache, monkeypatch: pytest.MonkeyPatch) -> None:
    series = walks(3)
    first = run(cache, series)
    whole = cache.find
    monkeypatch.setattr(cache, "find", lambda keys: {key: body[:-9] for key, body in whole(keys).items()})
    again = run(cache, series)
    assert told(again) == told(first)
    assert counts(again)[0] == 0


TINY = Gru(hidden_size=4, window=16, epochs=4, n_seeds=1)


def forecast_passengers(cache: ModelCache, **changes: Any) -> ForecastResult:
    values = air_passengers()
    asked = {"series": InlineSeries(values=tuple(values)), "horizon": 12, "model": TINY, "season_length": 12} | changes
    store = NetworkStore(cache)
    return forecast(ForecastRequest(**asked), Series(values, None, "passengers"), ignore_progress, store=store)


def test_network_is_trained_once_for_forecasts_that_differ_in_their_intervals(cache: ModelCache) -> None:
    first = forecast_passengers(cache)
    again = forecast_passengers(cache, levels=(50,), intervals="analytic")
    assert first.networks is not None
    assert again.networks is not None
    assert (first.networks.remembered, again.networks.trained) == (0, 0)
    assert first.networks.trained == again.networks.remembered > 0
    assert again.mean == first.mean
    assert again.accuracy.mae == first.accuracy.mae


@pytest.mark.parametrize("change", [{"seed": 1}, {"model": TINY.model_copy(update={"window": 20})}])
def test_network_is_trained_anew_where_what_it_learns_changed(cache: ModelCache, change: dict[str, Any]) -> None:
    forecast_passengers(cache)
    other = forecast_passengers(cache, **change)
    assert other.networks is not None
    assert other.networks.remembered == 0 < other.networks.trained


def test_damaged_network_is_trained_again(cache: ModelCache, tmp_path: Path) -> None:
    whole = forecast_passengers(cache)
    with sqlite3.connect(tmp_path / "models" / "models.db") as connection:
        connection.execute("UPDATE entries SET body = substr(body, 1, length(body) - 9)")
    again = forecast_passengers(cache)
    assert again.networks == whole.networks
    assert again.mean == whole.mean
