"""Training lowers the loss, stops when the held-back end says so, and can be stopped at every step."""

import numpy as np
import pytest
import torch

from compute.forecast.neural.learning import learn_each, learn_together
from compute.forecast.neural.network import QUANTILES, Shape
from compute.forecast.neural.planning import held_back, plan_shape, plan_training
from compute.forecast.neural.track import Track, make_track
from compute.forecast.neural.training import Groups, Held, Plan, one_cycle, quantile_losses, train
from compute.forecast.neural.windows import Pool
from compute.forecast.recurrent import Gru, Lstm
from compute.job import Cancelled, ignore_progress

CPU = torch.device("cpu")
SMALL = Gru(hidden_size=8, window=16, epochs=40, n_seeds=1, learning_rate=0.02)


def wave(n: int, seed: int = 0) -> np.ndarray:
    """Two waves whose lengths are no season: a network can read them off the window, the naive forecast cannot."""
    t = np.arange(n)
    noise = 0.1 * np.random.default_rng(seed).normal(size=n)
    return np.sin(2 * np.pi * t / 11) + 0.5 * np.sin(2 * np.pi * t / 5 + seed) + noise


def track_of(values: np.ndarray, shape: Shape) -> Track:
    return make_track(values, shape.season, held_back(values.size, shape.head, shape.season))


def test_network_learns_what_the_naive_forecast_cannot_know(cell: str, device: torch.device) -> None:
    model = SMALL if cell == "gru" else Lstm(**SMALL.model_dump(exclude={"kind"}))
    shape = plan_shape(model, 1, 6, 140, is_shared=False)
    messages: list[str] = []
    [learned] = learn_each(
        model, shape, [track_of(wave(140), shape)], lambda _, message: messages.append(message), 0, device
    )
    first, last = (float(message.split("validation loss ")[1]) for message in (messages[0], messages[-1]))
    assert last < 0.65 * first
    assert learned.validation == pytest.approx(last, abs=1e-3)
    assert messages[0].startswith("Training: epoch 0.")


def test_equal_seeds_give_equal_networks_and_others_do_not() -> None:
    shape = plan_shape(SMALL, 1, 6, 80, is_shared=False)
    model = SMALL.model_copy(update={"epochs": 3})
    runs = [learn_each(model, shape, [track_of(wave(80), shape)], ignore_progress, seed, CPU)[0] for seed in (3, 3, 4)]
    assert torch.equal(runs[0].network.weights["out"], runs[1].network.weights["out"])
    assert not torch.equal(runs[0].network.weights["out"], runs[2].network.weights["out"])


def test_training_stops_when_the_held_back_end_no_longer_improves() -> None:
    noise = np.random.default_rng(1).normal(size=120).cumsum()
    shape = plan_shape(SMALL, 1, 6, 120, is_shared=False)
    model = SMALL.model_copy(update={"epochs": 60})
    [learned] = learn_each(model, shape, [track_of(noise, shape)], ignore_progress, 0, CPU)
    assert learned.updates < 0.9 * plan_training(model, shape, 1, 112, is_shared=False).steps


def test_cancelled_training_ends_at_that_step() -> None:
    calls = 0

    def cancel(fraction: float, message: str) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise Cancelled

    shape = plan_shape(SMALL, 1, 6, 200, is_shared=False)
    with pytest.raises(Cancelled):
        learn_each(SMALL, shape, [track_of(wave(200), shape)], cancel, 0, CPU)
    assert calls == 3


def test_series_in_a_stack_learn_from_themselves_alone() -> None:
    """What another series of the stack holds changes nothing: only the number of networks shares the random draws."""
    model = SMALL.model_copy(update={"epochs": 5})
    shape = plan_shape(model, 1, 6, 80, is_shared=False)
    tracks = [track_of(wave(80, seed), shape) for seed in (0, 1)]
    other = track_of(1e6 * wave(80, 2), shape)
    plain, changed = (
        learn_each(model, shape, stack, ignore_progress, 0, CPU)[0] for stack in (tracks, [tracks[0], other])
    )
    for name, weight in plain.network.weights.items():
        torch.testing.assert_close(changed.network.weights[name], weight, atol=1e-5, rtol=1e-4)


def test_one_network_learns_from_many_series() -> None:
    model = SMALL.model_copy(update={"epochs": 8})
    shape = plan_shape(model, 1, 6, 120, is_shared=True)
    tracks = [track_of(10.0**seed * wave(120, seed), shape) for seed in range(8)]
    messages: list[str] = []
    learn_together(model, shape, tracks, lambda _, message: messages.append(message), 0, CPU)
    first, last = (float(message.split("validation loss ")[1]) for message in (messages[0], messages[-1]))
    assert last < 0.6 * first


def test_shared_network_reads_whole_seasons_at_once() -> None:
    shapes = [plan_shape(Gru(), season, 2 * season, 2000, is_shared=True) for season in (1, 7, 24, 52, 53, 168)]
    assert [shape.patch for shape in shapes] == [1, 7, 24, 26, 1, 42]
    assert [shape.window for shape in shapes] == [16, 49, 168, 336, 336, 336]
    assert all(shape.turns * shape.patch >= shape.window for shape in shapes)
    assert plan_shape(Gru(window=10), 24, 48, 2000, is_shared=True).patch == 10
    assert plan_shape(Gru(), 24, 48, 2000, is_shared=False).patch == 1


def test_windows_few_at_once_give_the_same_network() -> None:
    """A large network goes through its windows in parts; the gradient is that of all of them."""
    shape = plan_shape(SMALL, 1, 6, 80, is_shared=False)
    pool = Pool(shape, [track_of(wave(80), shape)], CPU)
    first = torch.zeros(1, dtype=torch.long)
    held = Held(first[:, None], first[:, None] + 74)
    whole, parts = (
        train(
            shape, pool, Groups(first, first + 1), held, Plan(6, 32, at_once, 1.0, 0.01, 0.0, 0.0), ignore_progress, 0
        )
        for at_once in (32, 5)
    )
    for name, weight in whole.weights.items():
        torch.testing.assert_close(parts.weights[name], weight, atol=1e-4, rtol=1e-3)


def test_quantile_loss_is_least_at_the_quantiles() -> None:
    draws = torch.randn(4000, generator=torch.Generator().manual_seed(0))
    best = torch.quantile(draws, torch.tensor(QUANTILES))
    least = quantile_losses(best.expand(4000, 7), draws, QUANTILES).mean()
    for shift in (-0.2, 0.2):
        assert quantile_losses((best + shift).expand(4000, 7), draws, QUANTILES).mean() > least


def test_loss_of_the_median_is_the_absolute_error() -> None:
    losses = quantile_losses(torch.zeros(3, 1), torch.tensor([1.0, -2.0, 50.0]), (0.5,))
    torch.testing.assert_close(losses, torch.tensor([1.0, 2.0, 50.0]))


def test_learning_rate_rises_to_its_peak_and_falls_to_nearly_nothing() -> None:
    rates = [one_cycle(share / 100) for share in range(101)]
    assert max(rates) == pytest.approx(1.0)
    assert rates.index(max(rates)) == 30
    assert rates[0] == pytest.approx(0.04)
    assert rates[-1] == pytest.approx(1e-4)
