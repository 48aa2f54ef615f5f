"""A period that is there stands out, and white noise shows none."""

import numpy as np
import pytest
from scipy.signal import periodogram as reference

from compute.forecast.exploration.spectrum import MAX_POINTS, find_peaks, periodogram, thin


@pytest.mark.parametrize("n", [100, 101])
def test_shares_are_the_powers_of_the_reference(n: int) -> None:
    values = np.random.default_rng(0).normal(size=n)
    frequencies, power = reference(values, detrend="constant")
    periods, shares = periodogram(values)
    np.testing.assert_allclose(1 / periods, frequencies[1:])
    np.testing.assert_allclose(shares, power[1:] / power[1:].sum())


def test_planted_period_is_the_first_peak() -> None:
    rng = np.random.default_rng(1)
    values = np.sin(2 * np.pi * np.arange(240) / 12) + rng.normal(size=240)
    (peak, *_) = find_peaks(*periodogram(values))
    assert peak.period == pytest.approx(12)
    assert peak.p_value < 1e-6


def test_white_noise_hardly_ever_has_a_peak() -> None:
    rng = np.random.default_rng(2)
    found = sum(bool(find_peaks(*periodogram(rng.normal(size=120)))) for _ in range(500))
    assert found <= 4


def test_flat_series_has_no_spectrum() -> None:
    periods, shares = periodogram(np.full(20, 3.0))
    assert periods.size == shares.size == 0
    assert find_peaks(periods, shares) == ()


def test_thinning_keeps_the_whole_and_the_highest() -> None:
    values = np.sin(2 * np.pi * np.arange(20_000) / 50) + np.random.default_rng(3).normal(size=20_000)
    periods, shares = thin(*periodogram(values))
    assert shares.size == MAX_POINTS
    assert shares.sum() == pytest.approx(1)
    assert periods[np.argmax(shares)] == pytest.approx(50, rel=0.01)
