"""Windows: what they hold, what they are measured against, and what never counts."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from compute.forecast.neural.network import Shape
from compute.forecast.neural.track import Track, make_track
from compute.forecast.neural.windows import LEAST_WEIGHT, Pool
from tests.compute.forecast.series import air_passengers

CPU = torch.device("cpu")


def cut(shape: Shape, values: np.ndarray, origins: list[int], n_held: int = 0) -> tuple[Pool, torch.Tensor, object]:
    pool = Pool(shape, [make_track(values, shape.season, n_held)], CPU)
    at = torch.tensor(origins)
    return pool, at, pool.cut(torch.zeros_like(at), at)


def test_base_is_the_seasonal_naive_forecast(shape: Shape) -> None:
    values = air_passengers()
    _, _, batch = cut(shape, values, [50])
    np.testing.assert_array_equal(batch.base[0], np.resize(values[46:50], shape.head))


def test_base_without_a_season_goes_on_along_the_window() -> None:
    shape = Shape("gru", 2, 1, window=8, season=1, head=3, skip=1, quantiles=(0.5,))
    _, _, batch = cut(shape, 3.0 * np.arange(40.0), [20])
    np.testing.assert_allclose(batch.base[0], [60.0, 63.0, 66.0])
    assert batch.target.abs().max() < 1e-6


def test_base_plus_target_is_what_came(shape: Shape) -> None:
    values = air_passengers()
    _, _, batch = cut(shape, values, [60, 61])
    came = batch.base + batch.target.double() * batch.scale
    np.testing.assert_allclose(came, np.stack([values[60:66], values[61:67]]), rtol=1e-6)


def test_echo_is_what_came_and_was_missed_a_longer_cycle_ago() -> None:
    shape = Shape("gru", 2, 1, window=9, season=4, head=6, skip=4, quantiles=(0.5,), echoes=(28, 56))
    week = np.random.default_rng(0).normal(size=28)
    _, _, batch = cut(shape, np.tile(week, 5) + 1e-5 * np.arange(140.0), [62, 40, 20])
    missed, came = batch.echo.unflatten(-1, (2, 2, 6)).unbind(-2)  # (origins, lags, steps) each
    for part in (missed, came):
        torch.testing.assert_close(part[0], batch.target[0].expand(2, -1), atol=1e-2, rtol=0)
        torch.testing.assert_close(part[1, 0], batch.target[1], atol=1e-2, rtol=0)
        assert not part[1, 1].any()  # so long ago nothing was observed
        assert not part[2].any()


def test_echo_of_a_horizon_beyond_the_cycle_hears_nothing_from_behind_the_origin() -> None:
    shape = Shape("gru", 2, 1, window=9, season=4, head=20, skip=4, quantiles=(0.5,), echoes=(8,))
    values = np.random.default_rng(0).normal(size=90)
    changed = np.concatenate([values[:60], 50 + values[60:]])
    plain, other = (Pool(shape, [Track(v, v == v, 1.0, 1.0, 60)], CPU) for v in (values, changed))
    at = torch.tensor([60])
    heard = plain.cut(torch.zeros_like(at), at).echo
    assert (heard[..., :20] != 0).all()  # what was missed
    assert torch.equal(heard, other.cut(torch.zeros_like(at), at).echo)


def test_errors_of_restless_windows_count_for_more_where_series_share_a_network() -> None:
    shape = Shape("gru", 2, 1, window=8, season=1, head=3, skip=1, quantiles=(0.5,), is_shared=True)
    values = np.random.default_rng(0).normal(size=80) * np.repeat([0.0, 1, 3], [10, 35, 35])
    _, _, batch = cut(shape, values, [9, 40, 75])
    assert batch.weight[0] == LEAST_WEIGHT  # a flat window
    assert batch.weight[0] < batch.weight[1] < 1 < batch.weight[2]
    whole = batch.scale / batch.weight.sqrt()
    torch.testing.assert_close(whole[1:], whole[1].expand(2, 1), rtol=1e-4, atol=0)
    _, _, alone = cut(replace(shape, is_shared=False), values, [9, 40, 75])
    assert (alone.weight == 1).all()
    torch.testing.assert_close(alone.scale[1:] / alone.scale[1], (batch.scale[1:] / batch.scale[1]) ** 2)


@pytest.mark.parametrize(("factor", "shift"), [(1e6, 0.0), (1e-6, 3.0), (-4.0, 1e5)])
def test_units_and_mirroring_change_no_feature(shape: Shape, factor: float, shift: float) -> None:
    origins = [4, 9, 60, 144]
    _, _, plain = cut(shape, air_passengers(), origins)
    _, _, moved = cut(shape, factor * air_passengers() + shift, origins)
    torch.testing.assert_close(moved.features, plain.features, atol=1e-4, rtol=1e-4)


def test_what_is_missing_or_beyond_the_end_is_never_scored(shape: Shape) -> None:
    values = air_passengers().copy()
    values[62] = np.nan
    pool, at, _ = cut(shape, values, [60, 141])
    scored = pool.scored(torch.zeros_like(at), at, held=False)
    assert scored[0].tolist() == [True, True, False, True, True, True]
    assert scored[1].tolist() == [True, True, True, False, False, False]


def test_held_back_end_is_scored_in_validation_only(shape: Shape) -> None:
    pool, at, _ = cut(shape, air_passengers(), [130], n_held=12)
    learned, held = (pool.scored(torch.zeros_like(at), at, held=which)[0].tolist() for which in (False, True))
    assert learned == [True, True, False, False, False, False]
    assert held == [False, False, True, True, True, True]


def test_series_in_a_pool_do_not_see_each_other(shape: Shape) -> None:
    tracks = [make_track(values, shape.season) for values in (air_passengers(), -1e9 * np.arange(30.0) ** 2)]
    both, alone = Pool(shape, tracks, CPU), Pool(shape, tracks[:1], CPU)
    at = torch.tensor([4, 100, 144])
    series = torch.zeros_like(at)
    assert torch.equal(both.cut(series, at).features, alone.cut(series, at).features)
    assert torch.equal(both.cut(series, at).target, alone.cut(series, at).target)
