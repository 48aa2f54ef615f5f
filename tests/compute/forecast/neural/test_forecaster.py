"""Forecasts beyond the trained steps, paths with the promised quantiles, and weights that come back from bytes."""

import json

import numpy as np
import pytest
import torch

from compute.forecast.neural.forecaster import MEDIAN, NORMAL, Network, draw_paths, follow
from compute.forecast.neural.learning import Learned
from compute.forecast.neural.network import QUANTILES, Shape, make_weights
from compute.forecast.neural.track import make_track
from compute.forecast.neural.weights import from_bytes, to_bytes
from tests.compute.forecast.series import air_passengers

CPU = torch.device("cpu")


@pytest.fixture
def network(shape: Shape) -> Network:
    generator = torch.Generator().manual_seed(0)
    weights = make_weights(shape, 3, generator)
    weights["out_bias"] += torch.tensor(NORMAL, dtype=torch.float32).repeat(shape.head)
    return Network(shape, weights, None, 1.3, 0.6)


def test_longer_forecast_begins_with_the_shorter_one(network: Network) -> None:
    track = make_track(air_passengers(), 4)
    short, long = (follow(network, [track], horizon, CPU).quantiles for horizon in (5, 50))
    np.testing.assert_allclose(long[:, :5], short)


def test_intervals_never_get_narrower_from_block_to_block(network: Network) -> None:
    quantiles = follow(network, [make_track(air_passengers(), 4)], 60, CPU).quantiles[0]
    assert np.isfinite(quantiles).all()
    assert (np.diff(quantiles, axis=-1) >= 0).all()
    widths = (quantiles[:, -1] - quantiles[:, 0]).reshape(10, 6)
    assert (np.diff(widths, axis=0) > 0).all()


def test_series_forecast_together_equal_each_alone(network: Network) -> None:
    tracks = [make_track(scale * air_passengers()[:end], 4) for scale, end in ((1, 144), (-3, 90), (1e5, 30))]
    together = follow(network, tracks, 10, CPU).quantiles
    for row, track in zip(together, tracks, strict=True):
        np.testing.assert_allclose(row, follow(network, [track], 10, CPU).quantiles[0], rtol=1e-5)


def test_mirrored_series_has_the_mirrored_forecast(network: Network) -> None:
    plain, mirrored = (
        follow(network, [make_track(sign * air_passengers(), 4)], 10, CPU).quantiles[0] for sign in (1.0, -1.0)
    )
    np.testing.assert_allclose(mirrored, -plain[:, ::-1], rtol=1e-6)


def test_dropout_widens_the_intervals_and_leaves_the_median(network: Network) -> None:
    track = make_track(air_passengers(), 4)
    plain, varied = (follow(network, [track], 6, CPU, dropout).quantiles[0] for dropout in (0.0, 0.3))
    np.testing.assert_array_equal(varied[:, MEDIAN], plain[:, MEDIAN])
    assert (varied[:, -1] - varied[:, 0] > plain[:, -1] - plain[:, 0]).all()


def test_paths_have_the_quantiles_of_each_step() -> None:
    offsets = np.array([1.0, 2.0, 5.0])[:, None] * np.array([-3.0, -1.5, -0.6, 0.0, 0.7, 2.0, 4.0])
    paths = draw_paths(offsets, 0.8, 4000, np.random.default_rng(0))
    np.testing.assert_allclose(np.quantile(paths, QUANTILES, axis=0).T, offsets, atol=0.02, rtol=0.005)


@pytest.mark.parametrize("persistence", [0.0, 0.7])
def test_neighbouring_steps_are_correlated_as_asked(persistence: float) -> None:
    offsets = np.tile(NORMAL, (2, 1))
    paths = draw_paths(offsets, persistence, 5000, np.random.default_rng(0))
    assert np.corrcoef(paths.T)[0, 1] == pytest.approx(persistence, abs=0.04)


def test_longer_paths_begin_with_the_shorter_ones() -> None:
    offsets = np.tile(NORMAL, (9, 1))
    short, long = (draw_paths(offsets[:h], 0.5, 50, np.random.default_rng(0)) for h in (4, 9))
    np.testing.assert_array_equal(long[:, :4], short)


@pytest.mark.parametrize("offsets", [None, np.ones((6, 7))])
def test_network_comes_back_from_its_bytes(network: Network, offsets: np.ndarray | None, device: torch.device) -> None:
    kept = Network(network.shape, network.weights, offsets, network.spread, network.persistence)
    learned = from_bytes(to_bytes(Learned(kept, float("nan"), 12)), device)
    back = learned.network
    assert learned.updates == 12
    assert np.isnan(learned.validation)
    assert (back.shape, back.spread, back.persistence) == (network.shape, 1.3, 0.6)
    assert back.weights.keys() == network.weights.keys()
    assert all(torch.equal(back.weights[name].cpu(), weight) for name, weight in network.weights.items())
    assert (back.offsets is None) == (offsets is None)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no network at all, whatever it is",
        len(b"{}").to_bytes(8, "little") + b"{}",
        len(header := json.dumps({"__metadata__": {"format": "other"}}).encode()).to_bytes(8, "little") + header,
    ],
)
def test_other_bytes_are_refused_in_words(data: bytes) -> None:
    with pytest.raises(ValueError, match="train again"):
        from_bytes(data, CPU)
