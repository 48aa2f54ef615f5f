"""Portfolios within a turnover drawn: a point each, coloured by what is traded."""

from components.figures.portfolio import frontier_chart
from components.figures.portfolio_pareto import PARETO
from tests.compute.portfolio.markets import optimal


def test_every_portfolio_of_the_set_is_a_point_coloured_by_its_turnover() -> None:
    result = optimal(n_turnovers=3, constraints={"previous_weights": {"ash": 1.0}})
    assert result.pareto is not None
    points = next(trace for trace in frontier_chart(result).data if trace.meta == PARETO)
    assert list(points.x) == [point.volatility for point in result.pareto.points]
    assert list(points.marker.color) == [point.turnover for point in result.pareto.points]
    assert all(trace.meta != PARETO for trace in frontier_chart(optimal()).data)
