"""The whole answer: what it promises, what changes nothing, what it refuses."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.schema import RequestError
from compute.trajectory.filter import Variances
from compute.trajectory.gate import squared_radius
from compute.trajectory.result import TrajectoryResult
from compute.trajectory.track import Track
from tests.compute.trajectory.tracks import drift, simulate, solve, states_of

GIVEN = {"measurement_noise": 1.0, "process_noise": 0.2}


def drawn(n: int = 120, d: int = 2, seed: int = 0) -> Track:
    track = simulate(n, d, Variances(1.0, 0.2), seed)
    return Track(positions=track.positions, times=track.times)


def rotation(angle: float) -> np.ndarray:
    return np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])


@settings(max_examples=15)
@given(angle=st.floats(0, 2 * math.pi), shift=st.tuples(*[st.floats(-1e4, 1e4)] * 2), seed=st.integers(0, 50))
def test_a_rotated_and_shifted_track_gives_the_rotated_and_shifted_answer(
    angle: float, shift: tuple[float, float], seed: int
) -> None:
    track, turn = drawn(40, seed=seed), rotation(angle)
    moved = solve(Track(positions=track.positions @ turn.T + shift, times=track.times))
    plain = solve(track)
    assert moved.noise.measurement_noise == pytest.approx(plain.noise.measurement_noise, rel=1e-3)
    for path in ("smoothed", "filtered", "predicted"):
        given_noises = {"measurement_noise": plain.noise.measurement_noise, "process_noise": 0.2}
        moved = solve(Track(positions=track.positions @ turn.T + shift, times=track.times), **given_noises)
        plain = solve(track, **given_noises)
        expected = states_of(getattr(plain, path)) @ turn.T
        expected[:, 0] += shift
        np.testing.assert_allclose(states_of(getattr(moved, path)), expected, atol=1e-7)


@settings(max_examples=15)
@given(factor=st.floats(1e-3, 1e3), seed=st.integers(0, 50))
def test_a_clock_that_runs_faster_changes_velocities_and_noise_by_its_factor(factor: float, seed: int) -> None:
    track = drawn(60, seed=seed)
    assert track.times is not None
    plain, fast = solve(track), solve(Track(positions=track.positions, times=track.times * factor))
    assert fast.noise.measurement_noise == pytest.approx(plain.noise.measurement_noise, rel=1e-3)
    assert fast.noise.process_noise == pytest.approx(plain.noise.process_noise / factor**3, rel=1e-2, abs=1e-30)
    assert fast.noise.log_likelihood == pytest.approx(plain.noise.log_likelihood, abs=1e-4)
    scaled, expected = states_of(fast.smoothed), states_of(plain.smoothed)
    np.testing.assert_allclose(scaled[:, 0], expected[:, 0], atol=1e-2)
    np.testing.assert_allclose(scaled[:, 1] * factor, expected[:, 1], atol=1e-2)


@settings(max_examples=15)
@given(factor=st.floats(1e-3, 1e3))
def test_other_units_of_length_change_lengths_and_nothing_else(factor: float) -> None:
    track = drawn(60)
    plain, scaled = solve(track), solve(Track(positions=track.positions * factor, times=track.times))
    assert scaled.noise.measurement_noise == pytest.approx(factor * plain.noise.measurement_noise, rel=1e-3)
    assert scaled.consistency.lag_one == pytest.approx(plain.consistency.lag_one, abs=1e-3)
    np.testing.assert_allclose(states_of(scaled.smoothed), factor * states_of(plain.smoothed), atol=1e-2 * factor)


def test_a_longer_horizon_begins_with_the_shorter_one() -> None:
    short, long = solve(drawn(), horizon=5), solve(drawn(), horizon=50)
    assert long.predicted.positions[:5] == short.predicted.positions
    assert long.regions[0].semi_axes[:5] == short.regions[0].semi_axes


def test_predictions_go_on_at_constant_velocity_with_growing_ellipses() -> None:
    result = solve(drawn(), horizon=20, **GIVEN)
    last = states_of(result.filtered)[-1]
    ahead = np.array(result.predicted_times) - result.times[-1]
    np.testing.assert_allclose(np.diff(ahead), result.step)
    np.testing.assert_allclose(np.array(result.predicted.positions), last[0] + ahead[:, None] * last[1])
    radii = np.array(result.regions[1].semi_axes)[:, 0]
    assert (np.diff(radii) > 0).all()
    deviations = np.array(result.predicted.position_std, dtype=np.float64)
    np.testing.assert_allclose(radii, deviations * math.sqrt(-2 * math.log(0.05)))


def test_the_chi_square_radius_is_known() -> None:
    assert squared_radius(95, 2) == pytest.approx(-2 * math.log(0.05))
    assert squared_radius(95, 3) == pytest.approx(7.814727903)


def test_ellipses_hold_the_true_position_as_often_as_they_say() -> None:
    """Many tracks from the model with known noises; the truth goes on beyond each (normalised error squared too)."""
    noise, generator, hits, squares = Variances(1.0, 0.2), np.random.default_rng(0), [], []
    for seed in range(300):
        track = simulate(30, 2, noise, seed)
        result = solve(Track(positions=track.positions, times=track.times), horizon=5, **GIVEN)
        h = 5 * result.step
        end = track.states[-1, 0] + h * track.states[-1, 1]
        end = end + math.sqrt(noise.q * drift(h)[0, 0]) * generator.normal(size=2)
        miss = float(np.sum((end - np.array(result.predicted.positions[4])) ** 2))
        hits.append(miss < result.regions[1].semi_axes[4][0] ** 2)
        squares.append(miss / (result.predicted.position_std[4] or 1.0) ** 2)
    assert np.mean(hits) == pytest.approx(0.95, abs=0.035)
    assert np.mean(squares) == pytest.approx(2.0, abs=0.35)


def test_innovations_of_the_true_model_are_consistent() -> None:
    consistency = solve(drawn(3000), **GIVEN).consistency
    assert consistency.nis is not None
    assert consistency.nis_low is not None
    assert consistency.nis_high is not None
    assert consistency.nis_low < consistency.nis < consistency.nis_high
    assert consistency.share_beyond_95 == pytest.approx(0.05, abs=0.012)
    assert consistency.whiteness_p is not None
    assert consistency.whiteness_p > 0.01


def test_too_small_a_noise_shows_in_the_innovations() -> None:
    consistency = solve(drawn(500), measurement_noise=0.3, process_noise=0.2).consistency
    assert consistency.nis is not None
    assert consistency.nis_high is not None
    assert consistency.nis > consistency.nis_high


def test_held_out_predictions_beat_both_naive_ones_and_are_covered() -> None:
    result = solve(drawn(2000), horizon=5)
    assert result.accuracy.origins == 400
    assert result.accuracy.rmse is not None
    for name in ("last_position", "last_velocity"):
        other = result.baseline[name].rmse
        assert other is not None
        assert result.accuracy.rmse < other
    assert result.accuracy.coverage["95"] == pytest.approx(0.95, abs=0.03)
    assert result.accuracy.coverage["50"] == pytest.approx(0.5, abs=0.08)
    assert result.accuracy.normalised_error == pytest.approx(1.0, abs=0.2)


def test_naive_accuracy_is_what_a_loop_by_hand_gives() -> None:
    track = drawn(50)
    assert track.times is not None
    result = solve(track, horizon=3)
    y, t, errors, still = track.positions, track.times, [], []
    for origin in range(39, 49):
        velocity = (y[origin] - y[origin - 1]) / (t[origin] - t[origin - 1])
        for target in range(origin + 1, min(origin + 4, 50)):
            errors.append(np.linalg.norm(y[target] - y[origin] - velocity * (t[target] - t[origin])))
            still.append(np.linalg.norm(y[target] - y[origin]))
    assert result.baseline["last_velocity"].mae == pytest.approx(np.mean(errors))
    assert result.baseline["last_position"].rmse == pytest.approx(np.sqrt(np.mean(np.square(still))))


def test_the_held_out_part_is_not_learned_from() -> None:
    track = drawn(100)
    spoiled = Track(positions=track.positions.copy(), times=track.times)
    spoiled.positions[-1] += 1e3
    before, after = solve(track, horizon=1).accuracy, solve(spoiled, horizon=1).accuracy
    assert before.coverage["95"] is not None
    assert after.coverage["95"] is not None
    assert before.coverage["95"] - after.coverage["95"] <= 1 / 20 + 1e-12


def test_missing_positions_are_bridged() -> None:
    track = drawn(60)
    gone = [0, 1, 10, 11, 12, 59]
    holed = Track(positions=track.positions.copy(), times=track.times)
    holed.positions[gone] = np.nan
    holed.positions[12, 0] = 1.0  # half a position is none
    result = solve(holed, **GIVEN)
    assert [row for row, point in enumerate(result.positions) if point is None] == gone
    assert np.isfinite(states_of(result.smoothed)).all()
    deviations = np.array(result.smoothed.position_std, dtype=np.float64)
    assert deviations[11] > deviations[20]
    assert result.filtered.positions[:2] == (None, None)
    assert result.filtered.velocities[2] is None
    assert result.noise.n_observed == 54
    assert "6 of 60 positions are missing" in result.notes[0]
    assert "1 of them" in result.notes[0]


def test_an_outlier_is_flagged_and_no_longer_believed() -> None:
    track = drawn(200)
    spoiled = Track(positions=track.positions.copy(), times=track.times)
    spoiled.positions[[50, 120]] += [40.0, -30.0]
    clean, found = solve(track), solve(spoiled, gate=99.99)
    assert {50, 120} <= set(found.outliers)
    assert len(found.outliers) <= 4
    assert found.noise.measurement_noise == pytest.approx(clean.noise.measurement_noise, rel=0.1)
    assert solve(spoiled).noise.measurement_noise > 2 * clean.noise.measurement_noise
    assert "gate" in " ".join(found.notes)


def test_a_constant_track_stays_where_it_is() -> None:
    result = solve(Track(positions=np.full((20, 2), 3.0)), horizon=4)
    np.testing.assert_allclose(states_of(result.predicted)[:, 0], 3.0, atol=1e-9)
    np.testing.assert_allclose(states_of(result.smoothed)[:, 1], 0.0, atol=1e-9)
    assert result.accuracy.one_step_mae == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("n", [2, 3, 4, 5])
@pytest.mark.parametrize("d", [2, 3])
def test_few_positions_are_enough_when_the_noises_are_given(n: int, d: int) -> None:
    result = solve(drawn(n, d), horizon=2, **GIVEN)
    assert len(result.smoothed.positions) == n
    assert result.accuracy.origins == 0
    assert result.accuracy.reason
    assert TrajectoryResult.model_validate_json(result.model_dump_json()) == result


def test_large_coordinates_lose_no_digits() -> None:
    track = drawn(100)
    far = Track(positions=track.positions + np.array([4.2e6, 5.1e6]), times=track.times)
    near, moved = solve(track, **GIVEN), solve(far, **GIVEN)
    np.testing.assert_allclose(
        np.array(moved.smoothed.positions) - [4.2e6, 5.1e6], np.array(near.smoothed.positions), atol=1e-6
    )


def test_ten_thousand_positions_are_no_matter() -> None:
    track = simulate(10_000, 3, Variances(1.0, 0.2), 1)
    result = solve(Track(positions=track.positions, times=track.times), horizon=100)
    truth = np.sqrt(np.mean(np.sum((np.array(result.smoothed.positions) - track.states[:, 0]) ** 2, axis=1)))
    observed = np.sqrt(np.mean(np.sum((track.positions - track.states[:, 0]) ** 2, axis=1)))
    assert truth < 0.75 * observed


@pytest.mark.parametrize(
    ("track", "options", "field", "words"),
    [
        (Track(np.zeros((3, 2)), times=np.array([0.0, 1.0, 1.0])), {}, "track", "rows 2 and 3 have the same time"),
        (Track(np.zeros((3, 2)), times=np.array([1.0, 0.0, 1.0])), {}, "track", "rows 1 and 3 have the same time"),
        (Track(np.array([[0, 0], [1, np.inf]])), {}, "track", "row 2 contains infinity"),
        (Track(np.array([[0, 0], [1, 1e40]])), {}, "track", "rescale"),
        (Track(np.zeros((3, 2)), times=np.array([0.0, np.nan, 1.0])), {}, "track", "the first in row 2"),
        (Track(np.zeros((3, 2)), times=np.arange(3.0)), {"dt": 2.0}, "dt", "leave dt empty"),
        (Track(np.full((3, 2), np.nan)), {}, "track", "no velocity"),
        (Track(np.zeros((1, 2))), {}, "track", "no velocity"),
        (
            Track(np.zeros((3, 2)), timestamps=np.array(["2261-01-01", "2261-06-01", "2262-01-01"], "datetime64[ns]")),
            {"horizon": 100} | GIVEN,
            "horizon",
            "2262",
        ),
    ],
)
def test_what_cannot_be_tracked_is_refused_at_its_field(
    track: Track, options: dict[str, float], field: str, words: str
) -> None:
    with pytest.raises(RequestError) as refusal:
        solve(track, **options)
    assert refusal.value.problems[0].loc == (field,)
    assert words in refusal.value.problems[0].msg


def test_rows_in_any_order_give_the_track_in_time_order() -> None:
    track = drawn(30)
    assert track.times is not None
    order = np.random.default_rng(0).permutation(30)
    mixed = solve(Track(positions=track.positions[order], times=track.times[order]), **GIVEN)
    assert mixed.smoothed == solve(track, **GIVEN).smoothed
    assert "were sorted" in mixed.notes[0]


def test_timestamps_and_seconds_are_the_same_clock() -> None:
    seconds = np.arange(40) * 0.5
    stamps = np.datetime64("2024-01-01T00:00:00", "ns") + (seconds * 1e9).astype("timedelta64[ns]")
    positions = drawn(40).positions
    calendar = solve(Track(positions=positions, timestamps=stamps), horizon=3)
    plain = solve(Track(positions=positions), dt=0.5, horizon=3)
    assert calendar.smoothed == plain.smoothed
    assert calendar.predicted_timestamps is not None
    assert calendar.predicted_timestamps[0].isoformat() == "2024-01-01T00:00:20+00:00"
