"""The likelihood equals the dense Gaussian's and the filter's, and its maximum recovers known noises."""

import numpy as np
import pytest

from compute.schema import RequestError
from compute.trajectory.estimation import estimate_noise
from compute.trajectory.filter import Variances
from compute.trajectory.likelihood import SAFE_RATIO, ObservedTrack, line_profile, profile_of
from tests.compute.trajectory.tracks import condition, simulate

NOISES = [Variances(1.0, 0.5), Variances(4.0, 1e-3), Variances(1e-4, 10.0), Variances(0.3, 0.0), Variances(1.0, 1e-12)]


def observed(n: int, d: int, noise: Variances, seed: int = 0) -> ObservedTrack:
    track = simulate(n, d, noise, seed)
    return ObservedTrack(track.positions, track.times)


@pytest.mark.parametrize("noise", NOISES)
def test_log_likelihood_is_that_of_the_dense_gaussian(noise: Variances) -> None:
    track = observed(14, 3, noise)
    known = condition(track.times, track.positions, np.ones(14, dtype=bool), noise)
    assert track.log_likelihood(noise) == pytest.approx(known.log_likelihood, rel=1e-9)


def test_the_factor_and_the_filter_agree_where_they_meet() -> None:
    track = observed(3000, 2, Variances(1.0, 1e-6))
    ratio = SAFE_RATIO / track.typical_step**3
    below, above = (track.log_likelihood(Variances(1.0, ratio * change)) for change in (1 - 1e-9, 1 + 1e-9))
    assert below == pytest.approx(above, rel=1e-9)


@pytest.mark.parametrize("log_ratio", [-15.0, 0.0, 10.0])
def test_the_factor_and_the_filter_agree_on_uneven_steps(log_ratio: float) -> None:
    times = np.cumsum(10 ** np.random.default_rng(0).uniform(-3.9, 0, 200))
    track = ObservedTrack(np.random.default_rng(1).normal(size=(200, 2)), times)
    noise = Variances(1.0, float(np.exp(log_ratio)) / track.typical_step**3)
    by_factor = track.log_likelihood(noise)
    assert by_factor == pytest.approx(track.assemble(track._filter_density(noise), 1.0), rel=1e-7)


def test_a_line_is_the_limit_of_little_process_noise() -> None:
    track = observed(200, 2, Variances(0.5, 0.0))
    value, noise = line_profile(track, None)
    assert track.log_likelihood(Variances(noise.r, 1e-16)) == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize(("r", "q"), [(None, None), (1.3, None), (None, 0.2)])
def test_the_profile_is_the_likelihood_at_its_noises(r: float | None, q: float | None) -> None:
    track = observed(50, 2, Variances(1.0, 0.1))
    for log_ratio in (-20.0, -5.0, 0.0, 8.0):
        value, noise = profile_of(track, r, q)(log_ratio)
        assert value == pytest.approx(track.log_likelihood(noise), rel=1e-9)
        assert noise.q * track.typical_step**3 / noise.r == pytest.approx(np.exp(log_ratio))


@pytest.mark.parametrize("noise", [Variances(4.0, 0.05), Variances(0.01, 2.0), Variances(25.0, 1e-4)])
def test_estimates_recover_the_noises_of_a_long_track_within_their_errors(noise: Variances) -> None:
    found = estimate_noise(observed(4000, 2, noise, seed=7), None, None)
    assert found.sigma_error is not None
    assert found.q_error is not None
    assert abs(found.noise.r**0.5 - noise.r**0.5) < 4 * found.sigma_error
    assert abs(found.noise.q - noise.q) < 4 * found.q_error


def test_standard_errors_are_the_spread_over_many_tracks() -> None:
    found = [estimate_noise(observed(150, 2, Variances(1.0, 0.3), seed), None, None) for seed in range(60)]
    sigmas = [each.noise.r**0.5 for each in found]
    told = np.median([each.sigma_error for each in found if each.sigma_error is not None])
    assert 0.7 < np.std(sigmas) / told < 1.4


def test_no_other_noises_are_likelier() -> None:
    track = observed(80, 3, Variances(1.0, 0.2), seed=4)
    found = estimate_noise(track, None, None)
    assert found.log_likelihood is not None
    for change in np.random.default_rng(0).uniform(0.2, 5.0, (100, 2)):
        other = Variances(found.noise.r * change[0], found.noise.q * change[1])
        assert track.log_likelihood(other) <= found.log_likelihood + 1e-6


def test_a_given_noise_stays_as_it_is() -> None:
    track = observed(80, 2, Variances(1.0, 0.2))
    assert estimate_noise(track, 0.5, None).noise.r == 0.25
    assert estimate_noise(track, None, 0.7).noise.q == 0.7
    assert estimate_noise(track, 0.5, None).sigma_error is None
    assert estimate_noise(track, None, 0.7).q_error is None


def test_a_straight_line_with_noise_needs_no_process_noise() -> None:
    times = np.arange(60.0)
    positions = np.column_stack([3 * times, 5 - times]) + np.random.default_rng(1).normal(size=(60, 2))
    found = estimate_noise(ObservedTrack(positions, times), None, None)
    assert found.noise.q < 1e-4
    assert found.noise.r**0.5 == pytest.approx(1.0, abs=0.2)


@pytest.mark.parametrize("slope", [0.0, 2.5])
def test_an_exact_line_tells_nothing_of_the_noises_and_says_so(slope: float) -> None:
    times = np.arange(30) * 0.1
    found = estimate_noise(ObservedTrack(np.column_stack([7 + slope * times, slope * times]), times), None, None)
    assert found.noise.q == 0
    assert found.noise.r > 0
    assert "straight line" in found.notes[0]


def test_exact_positions_on_a_curve_need_no_measurement_noise() -> None:
    times = np.arange(200.0)
    circle = np.column_stack([np.cos(times / 5), np.sin(times / 5)])
    found = estimate_noise(ObservedTrack(circle, times), None, None)
    assert found.noise.r**0.5 < 1e-2
    assert found.noise.q > 0


@pytest.mark.parametrize(
    ("n", "sigma", "q", "field"),
    [
        (1, 1.0, 1.0, "track"),
        (1, None, None, "track"),
        (2, None, 1.0, "measurement_noise"),
        (2, 1.0, None, "process_noise"),
        (4, None, None, "measurement_noise"),
    ],
)
def test_too_few_positions_are_refused_at_the_field_that_would_help(
    n: int, sigma: float | None, q: float | None, field: str
) -> None:
    track = ObservedTrack(np.arange(2.0 * n).reshape(n, 2), np.arange(float(n)))
    with pytest.raises(RequestError) as refusal:
        estimate_noise(track, sigma, q)
    assert refusal.value.problems[0].loc == (field,)
    assert "give at least" in refusal.value.problems[0].msg
