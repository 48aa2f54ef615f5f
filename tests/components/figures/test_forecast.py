"""The fan chart and the residual charts."""

import numpy as np
import pytest

from components.figures.forecast import Shown, as_array, fan_chart
from components.figures.residuals import (
    autocorrelation_chart,
    distribution_chart,
    quantile_chart,
    residual_chart,
    residual_quantiles,
)
from compute.forecast.result import Anomalies, Anomaly, ForecastResult, Replacement
from tests.components.figures.forecasts import made_result

DATED = made_result()
REPLACED = (Replacement(index=5, timestamp=None, value=90.0, replacement=100.0, score=-6.0),)
UNEXPECTED = Anomalies(
    level=95,
    checked=119,
    count=2,
    share=2 / 119,
    expected_share=0.05,
    listed=tuple(
        Anomaly(index=at, timestamp=None, value=value, expected=100.0, lower=98.0, upper=102.0, score=-9.0)
        for at, value in ((5, 90.0), (7, 80.0))
    ),
)


def bands(result: ForecastResult) -> list[object]:
    return [trace for trace in fan_chart(Shown("a", result)).data if trace.fill == "tonexty"]


def test_a_long_history_is_drawn_with_at_most_5000_points() -> None:
    figure = fan_chart(Shown("a", made_result(n=60_000)))
    assert len(figure.data[0].x) == len(figure.data[0].y) <= 5000


def test_a_long_history_opens_where_the_forecast_is_seen_and_says_so() -> None:
    result = made_result(n=5000)
    figure = fan_chart(Shown("a", result))
    first, last = figure.layout.xaxis.range
    shown = [time for time in figure.data[0].x if first <= time <= last]
    assert len(shown) == 150
    assert last == figure.data[-1].x[-1]
    assert "a double click shows all 5\u202f000" in figure.layout.xaxis.title.text
    assert fan_chart(Shown("a", DATED)).layout.xaxis.range is None


def test_the_widest_band_lies_below_and_each_band_has_its_own_dash_and_shade() -> None:
    drawn = bands(DATED)
    assert [band.name for band in drawn] == ["95 % interval", "80 % interval"]
    assert len({band.line.dash for band in drawn}) == len({band.fillcolor for band in drawn}) == 2
    assert np.all(as_array(drawn[0].y) > as_array(drawn[1].y))


def test_hover_tells_both_ends_of_a_band() -> None:
    band = bands(DATED)[0]
    assert tuple(band.customdata) == DATED.intervals[1].lower
    assert "%{customdata:" in band.hovertemplate


def test_the_forecast_follows_the_history_in_time() -> None:
    for result in (DATED, made_result(dated=False)):
        figure = fan_chart(Shown("a", result))
        mean = next(trace for trace in figure.data if trace.name == "Forecast")
        assert figure.data[0].x[-1] < mean.x[0]
        assert len(mean.x) == len(result.mean)


def test_axes_carry_units_and_the_title_model_and_series() -> None:
    layout = fan_chart(Shown("a", DATED)).layout
    assert layout.title.text == "level: a"
    assert layout.xaxis.title.text == "Time (UTC, one step is a day)"
    assert layout.yaxis.title.text == "level"
    assert fan_chart(Shown("a", made_result(dated=False))).layout.xaxis.title.text == "Time (steps)"


def test_zoom_survives_a_redraw_of_the_same_job() -> None:
    assert fan_chart(Shown("a", DATED), revision="job").layout.uirevision == "job"


def test_a_compared_forecast_is_told_apart_by_more_than_colour() -> None:
    other = Shown("the other", made_result(seed=0).model_copy(update={"mean": (1.0,) * 12}))
    figure = fan_chart(Shown("this one", DATED), other)
    first, second = (next(t for t in figure.data if t.name == name) for name in ("this one", "the other"))
    assert first.line.color != second.line.color
    assert (first.line.dash or "solid") != second.line.dash
    assert {"95 %, the other"} == {t.name for t in figure.data if t.name and "95 %," in t.name}


def test_a_forecast_without_intervals_is_drawn() -> None:
    figure = fan_chart(Shown("a", DATED.model_copy(update={"intervals": ()})))
    assert {trace.name for trace in figure.data} >= {"Observed", "Forecast"}


def test_a_missing_last_observation_leaves_the_fan_open() -> None:
    figure = fan_chart(Shown("a", DATED.model_copy(update={"history": (*DATED.history[:-1], None)})))
    assert not [trace for trace in figure.data if trace.fill == "toself"]


def test_replaced_and_unexpected_values_are_marked_once_each() -> None:
    marks = fan_chart(Shown("a", DATED, REPLACED, UNEXPECTED)).data[-3:]
    outlier, seen, unexpected = marks
    assert len({mark.marker.symbol for mark in marks}) == 3
    assert (list(outlier.y), list(seen.y)) == ([90.0], [100.0])
    assert list(unexpected.y) == [80.0], "the replaced value has a mark already"
    assert unexpected.x[0] == "2015-01-08T00:00:00"
    assert unexpected.name == "Outside 95 %, one step ahead"


def test_nothing_remarkable_is_no_mark() -> None:
    plain = fan_chart(Shown("a", DATED)).data
    assert len(fan_chart(Shown("a", DATED, (), UNEXPECTED.model_copy(update={"listed": ()}))).data) == len(plain)


def test_gaussian_residuals_lie_on_the_line_of_quantiles() -> None:
    gaussian, sample = residual_quantiles(made_result(n=3000))
    assert len(gaussian) == len(sample) == 500
    np.testing.assert_allclose(as_array(sample)[25:-25], as_array(gaussian)[25:-25], atol=0.1)
    points, line = quantile_chart(gaussian, sample, "Residuals").data
    assert tuple(line.x) == tuple(line.y)
    assert len(points.x) == 500


def test_residuals_that_do_not_vary_have_no_quantiles() -> None:
    assert residual_quantiles(DATED.model_copy(update={"residuals": (None, 1.0, 1.0)})) == ((), ())
    assert len(quantile_chart((), (), "Residuals").data[0].x) == 0


def test_autocorrelations_beyond_the_band_are_hatched() -> None:
    bars = autocorrelation_chart(DATED.diagnostics).data[0]
    assert list(bars.x) == [1, 2]
    assert list(bars.marker.pattern.shape) == ["/", ""]


def test_the_histogram_counts_every_residual() -> None:
    bars = distribution_chart(DATED).data[0]
    assert sum(bars.y) == sum(value is not None for value in DATED.residuals)


@pytest.mark.parametrize("draw", [residual_chart, distribution_chart])
def test_residuals_that_are_all_absent_or_equal_are_drawn(draw: object) -> None:
    for values in ((None,) * 120, (0.0,) * 120):
        assert draw(DATED.model_copy(update={"residuals": values})) is not None  # type: ignore[operator]


def test_no_figure_brings_its_own_template() -> None:
    for figure in (fan_chart(Shown("a", DATED)), residual_chart(DATED), distribution_chart(DATED)):
        assert figure.layout.font.color is None
        assert figure.layout.paper_bgcolor is None
