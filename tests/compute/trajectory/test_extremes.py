"""Whatever is asked, the answer is a finite result or a refusal at a field: never NaN, never a traceback."""

import warnings
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.schema import RequestError
from compute.trajectory.result import TrajectoryResult
from compute.trajectory.track import Track
from tests.compute.trajectory.tracks import solve

coordinates = st.one_of(
    st.sampled_from([0.0, -0.0, 1.0, np.nan, 1e30, -1e30, 1e-30]), st.floats(-1e30, 1e30), st.floats(-100, 100)
)
noises = st.none() | st.sampled_from([1e-30, 1e15]) | st.floats(1e-6, 1e6)
times = st.floats(-1e12, 1e12) | st.floats(-1e-6, 1e-6) | st.integers(-20, 20).map(float)


def answer(track: Track, asked: dict[str, Any]) -> TrajectoryResult | RequestError:
    try:
        return solve(track, **asked)
    except RequestError as refusal:
        return refusal


@settings(max_examples=100)
@given(data=st.data(), n=st.integers(1, 12), d=st.sampled_from([2, 3]))
def test_an_answer_is_finite_or_a_refusal(data: st.DataObject, n: int, d: int) -> None:
    positions = np.array(data.draw(st.lists(st.tuples(*[coordinates] * d), min_size=n, max_size=n)))
    seconds = data.draw(st.none() | st.lists(times, min_size=n, max_size=n))
    asked = {
        "measurement_noise": data.draw(noises),
        "process_noise": data.draw(noises),
        "gate": data.draw(st.sampled_from([None, 90, 99.9999])),
        "horizon": data.draw(st.sampled_from([1, 3, 100])),
    }
    track = Track(positions=positions, times=None if seconds is None else np.array(seconds))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = answer(track, asked)
    if isinstance(result, RequestError):
        assert result.problems[0].loc[0] in {"track", "horizon", "measurement_noise", "process_noise"}
        return
    assert TrajectoryResult.model_validate_json(result.model_dump_json()) == result
    assert all(point is not None for point in result.smoothed.positions)
