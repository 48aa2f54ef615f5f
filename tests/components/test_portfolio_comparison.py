"""Saved portfolios side by side: every asset and figure, and only what is known in the chart."""

import pytest

from components.figures.portfolio_comparison import risk_return_chart
from components.portfolio_comparison import (
    MAX_ROWS,
    Compared,
    effective_assets,
    figures_table,
    unknown_sentence,
    weights_table,
)
from tests.components.finding import text_of

FOUND = Compared("Found", {"oak": 0.7, "elm": 0.3}, 1000.0, 0.0, 0.08, 0.15, 0.4)
OWN = Compared("Own", {"elm": 0.5, "pine": 0.4}, 2000.0, 200.0)


def test_tables_hold_every_asset_cash_and_figure() -> None:
    weights = text_of(weights_table([FOUND, OWN]))
    assert all(name in weights for name in ("oak", "elm", "pine", "Cash", "Found", "Own"))
    assert weights.index("oak") < weights.index("elm") < weights.index("pine")
    assert "10.00 %" in weights
    figures = text_of(figures_table([FOUND, OWN]))
    assert "8.00 %" in figures
    assert "2\u202f000" in figures


def test_of_very_many_assets_the_largest_stand_in_the_table() -> None:
    many = Compared("Many", {f"asset {at:03}": 0.001 * at for at in range(MAX_ROWS + 5)}, 1.0, 0.0)
    words = text_of(weights_table([many]))
    assert "5 assets have less" in words
    assert "asset 004" not in words
    assert "asset 005" in words


def test_the_chart_holds_what_is_known_and_the_sentence_what_is_not() -> None:
    figure = risk_return_chart([OWN, FOUND])
    assert figure is not None
    assert [mark.name for mark in figure.data] == ["Found"]
    assert risk_return_chart([OWN]) is None
    assert "Own" in (unknown_sentence([FOUND, OWN]) or "")
    assert unknown_sentence([FOUND]) is None


@pytest.mark.parametrize(
    ("weights", "count"), [({"a": 0.25, "b": 0.25, "c": 0.25, "d": 0.25}, 4.0), ({"a": 1.0}, 1.0), ({"a": 0.0}, None)]
)
def test_equal_parts_count_as_they_are(weights: dict[str, float], count: float | None) -> None:
    assert effective_assets(weights) == count
