"""Portfolios drawn and told: every asset in tables, the frontier as its path says, neighbours that move alike."""

import numpy as np
import pytest

from components.figures.correlations import SHOWN, alike_order, correlation_chart, map_height, shown_words
from components.figures.portfolio import (
    CHOSEN,
    MAX_BARS,
    bars_chart,
    frontier_chart,
    frontier_curve,
    place_of,
    point_at,
    shown_order,
)
from components.portfolio_tables import binding_list, merit_facts, portfolio_sentence, proof_facts, weights_table
from tests.components.finding import text_of
from tests.compute.portfolio.markets import NAMES, optimal

RESULT = optimal(constraints={"max_weight": 0.4})
OTHER = optimal(objective={"kind": "min_variance"})


def test_every_asset_is_in_the_table_and_the_largest_comes_first() -> None:
    words = text_of(weights_table(RESULT, OTHER))
    first = max(RESULT.weights, key=lambda name: RESULT.weights[name])
    assert all(name in words for name in NAMES)
    assert words.index(first) == min(words.index(name) for name in NAMES)


def test_the_sentence_and_the_facts_say_what_the_result_says() -> None:
    assert f"{100 * RESULT.expected_return:.2f} %" in portfolio_sentence(RESULT)
    assert f"{100 * RESULT.volatility:.2f} %" in text_of(merit_facts(RESULT))
    assert RESULT.method in text_of(proof_facts(RESULT))
    assert RESULT.binding_constraints[0].name in text_of(binding_list(RESULT))


def test_the_drawn_frontier_goes_through_its_turning_points_and_marks() -> None:
    path = RESULT.frontier
    assert path is not None
    volatilities, returns = frontier_curve(path)
    assert returns[0] == path.expected_returns[0]
    assert returns[-1] == path.expected_returns[-1]
    assert np.all(np.diff(returns) >= -1e-12)
    assert path.max_sharpe is not None
    x, y = point_at(path, path.max_sharpe)
    assert (y - 0.02) / x == pytest.approx(RESULT.sharpe_ratio, rel=1e-9)
    assert min(volatilities) == pytest.approx(volatilities[0])


def test_the_place_of_a_return_is_where_the_path_earns_it_and_is_written_without_an_exponent() -> None:
    path = RESULT.frontier
    assert path is not None
    least, most = path.expected_returns[0], path.expected_returns[-1]
    for wanted in np.linspace(least, most, 41):
        assert point_at(path, place_of(path, wanted))[1] == pytest.approx(wanted, abs=1e-6 * (most - least))
    end = len(path.weights) - 1
    assert [place_of(path, least - 1), place_of(path, least * (1 + 1e-15)), place_of(path, most + 1)] == [0, 0, end]


def test_the_chart_names_its_marks_and_has_one_for_the_slider() -> None:
    figure = frontier_chart(RESULT, OTHER, other_label="Job 123")
    names = [trace.name for trace in figure.data]
    assert {"Frontier", "Single assets", "Least variance", "Highest Sharpe", "This portfolio", "Job 123"} <= set(names)
    assert [trace.meta for trace in figure.data].count(CHOSEN) == 1
    assert "Held now" not in names


def test_what_is_held_now_is_marked_beside_the_frontier() -> None:
    moved = optimal(constraints={"previous_weights": dict.fromkeys(NAMES, 1 / len(NAMES)), "max_turnover": 0.5})
    [mark] = [trace for trace in frontier_chart(moved).data if trace.name == "Held now"]
    assert moved.held is not None
    assert (list(mark.x), list(mark.y)) == ([moved.held.volatility], [moved.held.expected_return])


def test_bars_hold_weights_and_shares_of_risk_in_one_order() -> None:
    figure = bars_chart(RESULT)
    order = shown_order(RESULT)
    assert len(order) == min(len(NAMES), MAX_BARS)
    assert list(figure.data[0].x) == [RESULT.weights[NAMES[at]] for at in order]
    assert sum(figure.data[1].x) == pytest.approx(1)


def test_neighbours_on_the_map_move_alike() -> None:
    blocks = np.kron(np.eye(2), np.full((3, 3), 0.8)) + 0.2 * np.eye(6)
    mixed = np.array([0, 3, 1, 4, 2, 5])
    order = mixed[alike_order(blocks[np.ix_(mixed, mixed)])]
    assert sorted(order.tolist()) == list(range(6))
    assert len({int(at) // 3 for at in order[:3]}) == 1


def test_an_asset_without_risk_leaves_a_hole_in_the_map() -> None:
    holed = [[None if 0 in (i, j) else 1.0 for j in range(6)] for i in range(6)]
    assert np.isnan(np.asarray(correlation_chart(NAMES, holed, [1.0] * 6).data[0].z, dtype=float)).sum() == 11


def test_a_map_of_many_assets_shows_those_that_matter_most_and_says_so() -> None:
    names = [f"asset {at}" for at in range(SHOWN + 20)]
    drawn = correlation_chart(names, np.eye(len(names)).tolist(), [*[0.0] * 20, *range(1, SHOWN + 1)]).data[0]
    assert set(drawn.x) == set(names[20:])
    assert list(drawn.x) == list(drawn.y)
    assert np.trace(np.asarray(drawn.z, dtype=float)) == SHOWN
    assert shown_words(len(names), "of the largest weights") == "The 40 of 60 assets of the largest weights are shown."
    assert shown_words(SHOWN, "of the largest weights") is None
    assert map_height(SHOWN) == map_height(len(names))
