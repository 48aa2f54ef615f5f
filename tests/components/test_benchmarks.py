"""What is told of a benchmark: only what was checked counts, and nothing that is unknown is a number."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from components.benchmark_tables import benchmark_sentence, benchmark_table, left_out, machine_facts
from components.figures.benchmarks import RunLine, history_chart, roofline_chart
from compute.benchmark.result import (
    BenchmarkResult,
    Ceiling,
    Check,
    Comparison,
    Evidence,
    Machine,
    Measurement,
    Rate,
    Roofline,
    RooflinePoint,
    Timing,
    Verdict,
    VerdictName,
)

MACHINE = Machine(device="cpu", name="A processor", cores=2, libraries={"torch": "2.13"})
ROOFLINE = Roofline(
    ceilings=(
        Ceiling(name="bandwidth", unit="B/s", value=20e9, source="copy"),
        Ceiling(name="fp32", unit="flop/s", value=100e9, source="products"),
    ),
    points=(
        RooflinePoint(
            measurement=0,
            title="Product, fp32",
            arithmetic_intensity=40.0,
            flop_per_s=90e9,
            ceiling="fp32",
            attainable_flop_per_s=100e9,
            bound="compute",
        ),
    ),
    ridges={"fp32": 5.0},
)


def measured(
    kind: str = "matrix_multiply", value: float = 90.0, unit: str = "GFLOP/s", verdict: VerdictName = "stable"
) -> Measurement:
    return Measurement(
        kind=kind,
        variant="fp32",
        title=f"{kind} in fp32",
        device="cpu",
        status="measured",
        size=512,
        size_title="edge",
        check=Check(has_passed=True, reference="double precision", error=1e-6, tolerance=1e-4),
        timing=Timing(
            repeats=3,
            calls=1,
            median_ms=2.0,
            iqr_ms=0.1,
            least_ms=1.9,
            largest_ms=2.2,
            median_low_ms=1.9,
            median_high_ms=2.2,
            samples_ms=(1.9, 2.0, 2.2),
            warm_up_calls=3,
            clock="wall",
        ),
        rate=Rate(value=value, unit=unit, least=80.0, largest=95.0, peak="nothing of it was measured"),
        verdict=Verdict(name=verdict, reasons=("others took 40 % of the cores",), evidence=Evidence()),
        comparison=Comparison(change="slower", message="9.0 % slower than the run before", runs=1, change_percent=-9.0),
    )


def without_rate(status: str) -> Measurement:
    return Measurement(
        kind="convolution",
        variant="int8",
        title="Convolution, int8",
        device="cpu",
        status=status,
        reason="the reason",
    )


def result(*measurements: Measurement, roofline: Roofline = ROOFLINE) -> BenchmarkResult:
    return BenchmarkResult(
        machine=MACHINE,
        measurements=measurements,
        roofline=roofline,
        preset="quick",
        target_ms=30.0,
        memory_mib=1024,
        seconds=3.0,
    )


def test_the_sentence_tells_the_best_of_matrices_and_memory_and_how_sure_that_is() -> None:
    rows = (
        measured(value=50.0),
        measured(value=90.0),
        measured("memory_bandwidth", 19.5, "GB/s", "shared"),
        without_rate("failed_the_check"),
    )
    sentence = benchmark_sentence(result(*rows))
    assert sentence == (
        "Products of matrices: 90.0 GFLOP/s (fp32); Memory: 19.5 GB/s (fp32); 1 of 3 disturbed or noisy; "
        "1 wrong answer."
    )
    assert "all stable" in benchmark_sentence(result(measured("forecasting", 12.0, "forecasts/s")))


def test_where_nothing_counts_no_speed_is_told() -> None:
    nothing = result(without_rate("failed_the_check"), without_rate("absent"))
    assert benchmark_table(nothing) is None
    assert benchmark_sentence(nothing).startswith("Nothing could be measured")
    shown = str(left_out(nothing))
    assert "1 wrong answer: no speed is told of them" in shown
    assert shown.count("Convolution, int8: the reason") == 2
    assert left_out(result(measured())) is None


@pytest.mark.parametrize("verdict", ["stable", "noisy", "throttled", "shared"])
def test_each_row_says_how_far_it_can_be_trusted_and_why(verdict: VerdictName) -> None:
    shown = str(benchmark_table(result(measured(verdict=verdict))))
    assert verdict in shown
    for words in ("Others took 40 % of the cores.", "double precision", "slower (-9.0 %)", "9.0 % slower than the run"):
        assert words in shown
    assert "nothing of it was measured" in shown, "why there is no share of the peak"


def test_what_the_machine_does_not_say_is_a_dash() -> None:
    shown = str(machine_facts(MACHINE))
    assert "A processor (cpu)" in shown
    assert shown.count("–") == 3


def test_the_roofline_is_the_lower_of_memory_and_computing_and_no_point_lies_above() -> None:
    limit, points = roofline_chart(ROOFLINE).data
    np.testing.assert_allclose(limit.y, np.minimum(np.asarray(limit.x) * 20, 100))
    assert 5.0 in limit.x, "the ridge is a corner"
    assert list(points.y) == [90.0]
    assert "90 % of what its intensity" in points.text[0]


def test_the_history_is_told_as_percent_of_its_own_median() -> None:
    days = tuple(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(3))
    line = RunLine("Product", "GFLOP/s", days, (80.0, 100.0, 110.0), ("stable", "noisy", "stable"))
    [shown] = history_chart([line]).data
    assert list(shown.y) == pytest.approx([80.0, 100.0, 110.0])
    assert shown.customdata[1][1] == "noisy"
