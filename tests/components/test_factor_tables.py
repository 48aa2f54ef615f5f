"""Factors and crises: what the result says, in words a reader knows."""

from datetime import UTC, datetime

from components.factor_tables import crises_table, factor_sentence, factors_table
from components.figures.factors import factors_chart, factors_height
from compute.portfolio.risk.result import CrisisLoss
from tests.components.finding import text_of
from tests.components.test_risk import FULL, measured

BY_COLUMN = measured(**FULL, factors={"kind": "columns", "names": ["elm"]})
BY_COMPONENT = measured(**FULL, factors={"kind": "components", "count": 2})


def test_shares_of_factors_and_of_what_none_explains_fill_the_bars() -> None:
    volatility, cvar = factors_chart(BY_COMPONENT.factor_contributions).data
    assert len(volatility.x) == 3
    assert abs(sum(volatility.x) - 1) < 1e-9
    assert abs(sum(cvar.x) - 1) < 1e-6
    assert factors_height(BY_COMPONENT.factor_contributions) > factors_height(BY_COLUMN.factor_contributions)


def test_a_factor_tells_its_exposure_and_how_sure_it_is() -> None:
    text = text_of(factors_table(BY_COLUMN))
    assert "elm" in text
    assert "not explained" in text
    assert "Standard error" in text
    assert "1 factor explains" in factor_sentence(BY_COLUMN)


def test_a_component_is_named_by_the_assets_it_is_made_of() -> None:
    text = text_of(factors_table(BY_COMPONENT))
    assert any(name in text for name in ("ash", "fir", "oak"))
    assert "2 factors explain" in factor_sentence(BY_COMPONENT)


def test_crises_are_told_only_where_the_history_covers_them() -> None:
    assert crises_table(BY_COLUMN) is None
    crash = CrisisLoss(
        name="A crash",
        start=datetime(1987, 10, 14, tzinfo=UTC),
        end=datetime(1987, 10, 19, tzinfo=UTC),
        periods=4,
        portfolio_return=-0.31,
        amount=-310_000,
        max_drawdown=0.32,
        benchmark_return=-0.29,
    )
    shown = crises_table(BY_COLUMN.model_copy(update={"crises": (crash,)}))
    assert shown is not None
    text = text_of(shown)
    assert "1987-10-19" in text
    assert "32.00" in text
    assert "elm" in text
