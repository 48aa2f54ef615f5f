"""What earlier runs found: kept per device and driver, newest first, bounded."""

from collections.abc import Callable

import pytest

from compute.benchmark.result import BenchmarkResult, Machine, Measurement
from services.benchmark import history as history_module
from services.benchmark.history import BenchmarkHistory
from tests.services.benchmark.conftest import MACHINE

Keep = Callable[..., Measurement]


def test_what_was_measured_is_told_as_it_was(history: BenchmarkHistory, keep: Keep) -> None:
    measurement = keep()
    (kept,) = history.page()
    assert measurement.rate is not None
    assert (kept.rate, kept.unit, kept.size) == (measurement.rate.value, "things/s", 10)
    assert (kept.name, kept.driver, kept.threads, kept.preset) == ("Some processor", "Linux 6", 2, "quick")
    assert kept.at.timestamp() == 1000.0
    assert (kept.verdict, kept.library) == ("stable", None)


@pytest.mark.parametrize(
    "other",
    [
        MACHINE.model_copy(update={"driver": "Linux 7"}),
        MACHINE.model_copy(update={"name": "Another processor"}),
        MACHINE.model_copy(update={"threads": 1}),
    ],
    ids=["driver", "name", "threads"],
)
def test_runs_on_another_device_or_driver_are_not_compared(
    history: BenchmarkHistory, keep: Keep, other: Machine
) -> None:
    measurement = keep()
    keep(2.0)
    assert [each.rate for each in history.earlier(measurement, MACHINE)] == [50.0, 100.0]
    assert history.earlier(measurement, other) == []
    assert history.ceilings(other) == []


def test_other_measurements_are_not_compared(history: BenchmarkHistory, keep: Keep) -> None:
    keep()
    other = keep(variant="fp64", dtype="fp64")
    assert len(history.earlier(other, MACHINE)) == 1


def test_the_ceiling_is_the_highest_of_all_runs(history: BenchmarkHistory, keep: Keep) -> None:
    for slowness in (2.0, 1.0, 3.0):
        keep(slowness)
    (ceiling,) = history.ceilings(MACHINE)
    assert (ceiling.name, ceiling.unit) == ("fp32", "flop/s")
    assert ceiling.value == pytest.approx(2.0 * 1000 / 10)
    assert "1970-01-01" in ceiling.source


def test_measurements_are_found_by_device_and_kind_newest_first(history: BenchmarkHistory, keep: Keep) -> None:
    keep(1.0)
    keep(2.0, kind="convolution")
    assert [each.kind for each in history.page()] == ["convolution", "matrix_multiply"]
    assert [each.kind for each in history.page(kind="matrix_multiply")] == ["matrix_multiply"]
    assert [each.kind for each in history.page(limit=1)] == ["convolution"]
    assert len(history.page(device="cpu")) == len(history.page(device="Some processor")) == 2
    assert history.page(device="cuda:0") == ()
    assert history.devices() == ("Some processor",)


def test_a_wrong_answer_is_not_kept(history: BenchmarkHistory, keep: Keep) -> None:
    keep(is_right=lambda call: False)
    assert history.page() == ()


def test_the_oldest_go_when_there_are_too_many(
    history: BenchmarkHistory, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_module, "MOST_ROWS", 3)
    for slowness in range(1, 6):
        keep(float(slowness))
    assert [each.median_ms for each in history.page()] == [50, 40, 30]


def test_a_run_of_nothing_is_kept_as_nothing(
    history: BenchmarkHistory, make_result: Callable[..., BenchmarkResult]
) -> None:
    history.keep(make_result().model_copy(update={"measurements": ()}), {"cpu": MACHINE})
    assert history.page() == ()
