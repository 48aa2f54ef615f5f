"""What a model did not expect, in words: the share seen beside the share that chance gives."""

from datetime import UTC, datetime

import pytest

from components.anomaly_tables import MAX_ROWS, anomaly_sentence, anomaly_table, replacement_table
from compute.forecast.result import Anomalies, Anomaly, Replacement
from tests.components.test_forecast_tables import text_of


def anomalies(count: int, checked: int = 400, apart: float = 1.0) -> Anomalies:
    listed = tuple(
        Anomaly(
            index=at,
            timestamp=datetime(2024, 1, 1 + at % 28, 6, tzinfo=UTC),
            value=9.5,
            expected=5.0,
            lower=3.0,
            upper=7.0,
            score=3.0 + apart * at,
        )
        for at in range(count)
    )
    return Anomalies(level=95, checked=checked, count=count, share=count / checked, expected_share=0.05, listed=listed)


@pytest.mark.parametrize(
    ("count", "verdict"), [(20, "what chance alone does"), (60, "more than chance explains"), (2, "That is less")]
)
def test_share_seen_stands_beside_the_share_expected_by_chance(count: int, verdict: str) -> None:
    said = anomaly_sentence(anomalies(count, apart=0.0))
    assert f"{count} of 400 values ({100 * count / 400:.1f} %) lie outside the 95 % interval" in said
    assert "chance alone puts 5.0 % there" in said
    assert verdict in said


@pytest.mark.parametrize(
    ("apart", "words"), [(10.0, "one of them is further off"), (-10.0, "one of them is further off")]
)
def test_few_values_far_beyond_chance_are_not_called_chance(apart: float, words: str) -> None:
    assert words in anomaly_sentence(anomalies(2, checked=60, apart=apart))
    assert words not in anomaly_sentence(anomalies(2, checked=60, apart=0.0))


def test_each_unexpected_value_stands_with_its_time_and_interval() -> None:
    text = text_of(anomaly_table(anomalies(1), "MW"))
    for words in ("2024-01-01 06:00", "9.500", "5.000", "3.000 to 7.000", "95 % interval", "in MW"):
        assert words in text


def test_of_very_many_the_furthest_are_listed_in_time_order() -> None:
    text = text_of(anomaly_table(anomalies(MAX_ROWS + 10), "MW"))
    assert f"the furthest {MAX_ROWS} of {MAX_ROWS + 10}" in text
    assert '"3.00"' not in text, "the nearest ones are left out"
    assert text.index('"13.0"') < text.index('"27.0"')


def test_what_was_replaced_stands_with_what_the_model_saw() -> None:
    assert replacement_table((), "MW") is None
    replaced = (Replacement(index=6, timestamp=None, value=90.0, replacement=11.5, score=8.0),)
    text = text_of(replacement_table(replaced, "MW"))
    for words in ("step 7", "90.00", "11.50", "8.00"):
        assert words in text
