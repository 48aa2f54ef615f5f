"""Filter and smoother equal one dense Gaussian conditioned on the same positions, and statsmodels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.tsa.statespace.mlemodel import MLEModel

from compute.trajectory.filter import Variances, opening_rows, run_filter
from compute.trajectory.smoother import smooth
from tests.compute.trajectory.tracks import condition, simulate

NOISES = [Variances(1.0, 0.5), Variances(4.0, 1e-6), Variances(0.2, 1.0), Variances(0.3, 0.0)]


def seen_rows(n: int, missing: tuple[int, ...]) -> np.ndarray:
    is_seen = np.ones(n, dtype=bool)
    is_seen[list(missing)] = False
    return is_seen


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("missing", [(), (0,), (1,), (0, 1, 3, 4), (4, 5, 6, 11), (1, 2, 3, 5)])
def test_smoothed_states_are_those_of_the_dense_gaussian(noise: Variances, missing: tuple[int, ...]) -> None:
    track, is_seen = simulate(12, 2, noise, seed=1), seen_rows(12, missing)
    positions = np.where(is_seen[:, None], track.positions, np.nan)
    found = smooth(run_filter(positions, is_seen, track.times, noise), positions, track.times, noise)
    known = condition(track.times, track.positions, is_seen, noise)
    scale = np.abs(known.means).max()
    np.testing.assert_allclose(found.means, known.means, atol=1e-9 * scale)
    expected = known.covariances.reshape(-1, 4)[:, [0, 1, 3]]
    np.testing.assert_allclose(found.covariances, expected, rtol=1e-8, atol=1e-9 * np.abs(expected).max())


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("missing", [(), (0, 2), (4, 5, 6, 11)])
def test_filtered_states_know_only_the_past(noise: Variances, missing: tuple[int, ...]) -> None:
    track, is_seen = simulate(12, 3, noise, seed=2), seen_rows(12, missing)
    positions = np.where(is_seen[:, None], track.positions, np.nan)
    filtered = run_filter(positions, is_seen, track.times, noise)
    for row in range(filtered.start, 12):
        past = slice(0, row + 1)
        known = condition(track.times[past], track.positions[past], is_seen[past], noise)
        np.testing.assert_allclose(filtered.means[row - filtered.start], known.means[-1], rtol=1e-8, atol=1e-8)
        (p00, p01), (_, p11) = known.covariances[-1]
        expected = (p00, p01, p11, p00 * p11 - p01**2)
        np.testing.assert_allclose(filtered.covariances[row - filtered.start], expected, rtol=1e-6, atol=1e-11)


class _Axis(MLEModel):
    """One axis as statsmodels writes it: exact diffuse start, equal steps."""

    def __init__(self, values: np.ndarray, noise: Variances) -> None:
        super().__init__(values, k_states=2, initialization="diffuse")
        self["design"] = np.array([[1.0, 0.0]])
        self["transition"] = np.array([[1.0, 1.0], [0.0, 1.0]])
        self["selection"] = np.eye(2)
        self["obs_cov"] = np.array([[noise.r]])
        self["state_cov"] = noise.q * np.array([[1 / 3, 1 / 2], [1 / 2, 1.0]])


@pytest.mark.reference
def test_equal_steps_agree_with_statsmodels() -> None:
    noise = Variances(2.0, 0.3)
    track = simulate(60, 2, noise, seed=3, is_regular=True)
    is_seen = seen_rows(60, (7, 20, 21, 22))
    positions = np.where(is_seen[:, None], track.positions, np.nan)
    filtered = run_filter(positions, is_seen, track.times, noise)
    found = smooth(filtered, positions, track.times, noise)
    for axis in range(2):
        known = _Axis(positions[:, axis], noise).ssm.smooth()
        np.testing.assert_allclose(found.means[:, :, axis], known.smoothed_state.T, atol=1e-9)
        np.testing.assert_allclose(found.covariances[:, 0], known.smoothed_state_cov[0, 0], rtol=1e-9)
        np.testing.assert_allclose(found.covariances[:, 2], known.smoothed_state_cov[1, 1], rtol=1e-9)
        np.testing.assert_allclose(filtered.means[1:, 0, axis], known.filtered_state[0, 2:], atol=1e-9)


@settings(max_examples=40)
@given(seed=st.integers(0, 1000), log_ratio=st.floats(-25, 20), n=st.integers(2, 40))
def test_smoothing_never_knows_less_than_filtering(seed: int, log_ratio: float, n: int) -> None:
    noise = Variances(1.0, float(np.exp(log_ratio)))
    track = simulate(n, 2, noise, seed)
    is_seen = np.random.default_rng(seed).uniform(size=n) < 0.7
    is_seen[[0, -1]] = True
    positions = np.where(is_seen[:, None], track.positions, np.nan)
    filtered = run_filter(positions, is_seen, track.times, noise)
    found = smooth(filtered, positions, track.times, noise)
    assert opening_rows(is_seen) == (filtered.first, filtered.start)
    assert (filtered.covariances > 0).all()
    p00, p01, p11 = found.covariances.T
    assert (p00 > 0).all()
    assert (p11 > 0).all()
    assert (p01**2 <= p00 * p11 * (1 + 1e-9)).all()
    for smoothed, known in ((p00, filtered.covariances[:, 0]), (p11, filtered.covariances[:, 2])):
        assert (smoothed[filtered.start :] <= known * (1 + 1e-9)).all()


def test_two_positions_give_the_line_through_them() -> None:
    noise, times = Variances(0.25, 2.0), np.array([0.0, 2.0])
    positions = np.array([[0.0, 0.0], [4.0, 6.0]])
    filtered = run_filter(positions, np.ones(2, dtype=bool), times, noise)
    found = smooth(filtered, positions, times, noise)
    np.testing.assert_allclose(found.means[:, 0], positions, atol=1e-12)
    np.testing.assert_allclose(found.means[:, 1], [[2.0, 3.0], [2.0, 3.0]], atol=1e-12)
    velocity_variance = (2 * noise.r + noise.q * 8 / 3) / 4
    np.testing.assert_allclose(found.covariances[:, 2], [velocity_variance, velocity_variance], rtol=1e-12)


def test_no_process_noise_is_least_squares() -> None:
    noise, track = Variances(0.5, 0.0), simulate(40, 2, Variances(0.5, 0.0), seed=5)
    is_seen = np.ones(40, dtype=bool)
    found = smooth(run_filter(track.positions, is_seen, track.times, noise), track.positions, track.times, noise)
    design = np.column_stack([np.ones(40), track.times])
    coefficients = np.linalg.lstsq(design, track.positions, rcond=None)[0]
    np.testing.assert_allclose(found.means[:, 0], design @ coefficients, atol=1e-9)
    np.testing.assert_allclose(found.means[:, 1], np.tile(coefficients[1], (40, 1)), atol=1e-9)
    inverse = np.linalg.inv(design.T @ design) * noise.r
    np.testing.assert_allclose(found.covariances[:, 0], np.sum(design @ inverse * design, axis=1), rtol=1e-9)
