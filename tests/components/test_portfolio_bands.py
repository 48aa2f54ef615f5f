"""Bands drawn: under the frontier, and beside the weights they belong to."""

from components.figures.portfolio import bars_chart, frontier_chart, shown_order
from components.figures.portfolio_bands import RANGES
from tests.compute.portfolio.markets import NAMES, optimal


def test_bands_lie_under_the_frontier_and_beside_the_weights() -> None:
    banded = optimal(n_bootstrap=30)
    assert banded.bands is not None
    area = frontier_chart(banded).data[0]
    assert area.name == "90% of resamples"
    assert max(area.y) == max(banded.bands.upper_at_volatility)
    assert min(area.x) == min(banded.bands.volatilities)
    ranges = next(trace for trace in bars_chart(banded).data if trace.meta == RANGES)
    first = NAMES[shown_order(banded)[0]]
    assert tuple(ranges.x[:2]) == banded.bands.portfolios[0].weights[first]
    assert ranges.y[0] == first


def test_without_bands_nothing_is_drawn_of_them() -> None:
    plain = optimal()
    assert frontier_chart(plain).data[0].name == "Frontier"
    assert all(trace.meta != RANGES for trace in bars_chart(plain).data)
