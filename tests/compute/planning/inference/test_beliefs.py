"""Beliefs about movers: a Kalman filter where one model holds, quick to tell who turns, honest about the future."""

from dataclasses import replace

import numpy as np
import pytest

from compute.planning.inference.beliefs import GOES_ON, MANOEUVRES, STAYS_IN_MODE, Movers, Sensing, transition

DT = 0.1
SENSING = Sensing(noise=0.05)


def walk(
    rng: np.random.Generator, steps: int, stays: tuple[float, float] = (1.0, 1.0)
) -> tuple[np.ndarray, np.ndarray]:
    """Return true positions and noisy ones, (steps, 2), of a mover that goes on, or stays in a model as told."""
    models = [transition(model, DT, SENSING.wander[model]) for model in (GOES_ON, MANOEUVRES)]
    state = np.zeros((2, 2))
    state[1] = rng.normal(size=2)
    path, model = [], GOES_ON
    for _ in range(steps):
        model = model if rng.random() < stays[model] ** DT else 1 - model
        step, noise = models[model]
        state = step @ state + np.linalg.cholesky(noise) @ rng.normal(size=(2, 2))
        path.append(state[0])
    positions = np.array(path)
    return positions, positions + SENSING.noise * rng.normal(size=positions.shape)


def only(movers: Movers, model: int) -> Movers:
    weight = np.zeros_like(movers.weight)
    weight[model] = 1
    return replace(movers, weight=weight)


def follow(observed: np.ndarray) -> Movers:
    movers = Movers.seen(observed[:1], np.array([0.5]), SENSING)
    for z in observed[1:]:
        movers = movers.advanced(DT).updated(z[None])
    return movers


def test_with_one_model_it_is_the_kalman_filter() -> None:
    _, observed = walk(np.random.default_rng(1), 30)
    movers = only(Movers.seen(observed[:1], np.array([0.5]), SENSING), GOES_ON)
    step, noise = transition(GOES_ON, DT, SENSING.wander[GOES_ON])
    big_step, big_noise = np.kron(step, np.eye(2)), np.kron(noise, np.eye(2))
    mean = np.concatenate([observed[0], np.zeros(2)])
    spread = np.diag([SENSING.noise**2] * 2 + [1.0] * 2)
    look = np.eye(2, 4)
    for z in observed[1:]:
        mean, spread = big_step @ mean, big_step @ spread @ big_step.T + big_noise
        gain = spread @ look.T @ np.linalg.inv(look @ spread @ look.T + SENSING.noise**2 * np.eye(2))
        mean, spread = mean + gain @ (z - mean[:2]), spread - gain @ look @ spread
        movers = only(only(movers, GOES_ON).advanced(DT).updated(z[None]), GOES_ON)
    # switching is believed possible, so the other model is mixed in between two steps; it is given no weight here
    assert movers.mean[GOES_ON, 0] == pytest.approx(mean, abs=0.02)
    assert movers.covariance[GOES_ON, 0, 0, 0] == pytest.approx(spread[0, 0], rel=0.02)


def test_what_is_believed_holds_as_often_as_is_believed() -> None:
    rng = np.random.default_rng(7)
    inside = []
    for _ in range(150):
        truth, observed = walk(rng, 25, STAYS_IN_MODE)
        movers = follow(observed[:15])
        ahead = movers.ahead(DT * np.arange(1, 11))
        mean = np.einsum("im,itmk->tmk", ahead.weight, ahead.where)[-1, 0]
        deviation = float(np.sqrt(np.einsum("im,itm->tm", ahead.weight, ahead.spread**2)[-1, 0]))
        inside.append(np.abs(truth[24] - mean) < 1.96 * deviation)
    assert 0.90 < np.mean(inside) < 0.995


def test_the_future_of_one_model_is_the_belief_advanced() -> None:
    _, observed = walk(np.random.default_rng(3), 12)
    movers = only(follow(observed), GOES_ON)
    step, noise = transition(GOES_ON, 1.3, SENSING.foreseen[GOES_ON])
    ahead = movers.ahead(np.array([1.3]))
    pairs = step @ movers.mean[GOES_ON, 0].reshape(2, 2)
    spread = step @ movers.covariance[GOES_ON, 0] @ step.T + noise
    assert ahead.where[GOES_ON, 0, 0] == pytest.approx(pairs[0])
    assert ahead.spread[GOES_ON, 0, 0] == pytest.approx(np.sqrt(spread[0, 0]))


@pytest.mark.parametrize("model", [GOES_ON, MANOEUVRES])
def test_two_steps_lead_where_one_twice_as_long_does(model: int) -> None:
    step, noise = transition(model, DT, 1.3)
    twice, added = transition(model, 2 * DT, 1.3)
    assert step @ step == pytest.approx(twice)
    assert step @ noise @ step.T + noise == pytest.approx(added)


def test_one_that_is_long_out_of_sight_is_not_believed_to_be_quick() -> None:
    _, observed = walk(np.random.default_rng(5), 20)
    movers = follow(observed)
    for _ in range(200):
        movers = movers.advanced(DT)
    assert movers.weight[MANOEUVRES, 0] < 0.2
    speeds = np.sqrt(movers.covariance[:, 0, 1, 1])
    assert np.all(speeds < 2.0)


@pytest.mark.parametrize("turn", [0.0, 90.0, 180.0], ids=["stops", "turns", "comes back"])
def test_one_that_does_something_new_is_noticed_within_a_second(turn: float) -> None:
    rng = np.random.default_rng(2)
    way = 1.5 * DT * np.array([np.cos(np.radians(turn)), np.sin(np.radians(turn))]) * (turn > 0)
    steps = np.where((np.arange(40) < 30)[:, None], np.array([1.5 * DT, 0.0]), way)
    observed = np.cumsum(steps, axis=0) + SENSING.noise * rng.normal(size=(40, 2))
    followed = [follow(observed[:n]) for n in range(30, 41)]
    manoeuvring = [movers.weight[MANOEUVRES, 0] for movers in followed]
    assert manoeuvring[0] < 0.3
    assert max(manoeuvring) > 0.95
    assert np.linalg.norm(followed[-1].velocity[0] - way / DT) < 0.3


def test_who_is_not_seen_is_believed_as_before_and_less_surely() -> None:
    _, observed = walk(np.random.default_rng(4), 10)
    both = np.stack([observed, observed + 3], axis=1)
    movers = Movers.seen(both[0], np.array([0.5, 0.5]), SENSING)
    for z in both[1:]:
        before = movers.advanced(DT)
        movers = before.updated(z, np.array([True, False]))
    assert movers.mean[:, 1] == pytest.approx(before.mean[:, 1])
    assert movers.covariance[GOES_ON, 1, 0, 0] > 10 * movers.covariance[GOES_ON, 0, 0, 0]


def test_of_who_was_never_seen_nothing_is_believed_until_it_is() -> None:
    positions = np.array([[1.0, 2.0], [5.0, 6.0]])
    movers = Movers.seen(positions, np.array([0.3, 0.3]), SENSING, np.array([True, False]))
    for _ in range(5):
        movers = movers.advanced(DT).updated(positions, np.array([True, False]))
    assert movers.ahead(np.array([1.0])).radius.shape == (1,)
    met = movers.advanced(DT).updated(positions + 1, np.array([False, True]))
    fresh = Movers.seen(positions + 1, np.array([0.3, 0.3]), SENSING)
    assert met.mean[:, 1] == pytest.approx(fresh.mean[:, 1])
    assert met.covariance[:, 1] == pytest.approx(fresh.covariance[:, 1])
    assert met.ahead(np.array([1.0])).radius.shape == (2,)
