"""A forecast in numbers and words."""

import json
from typing import Any

import pytest

from components.forecast_tables import (
    accuracy_table,
    baseline_rows,
    diagnostics_sentence,
    fit_facts,
    notes_list,
    parameter_table,
    skill_sentence,
)
from compute.forecast.result import Accuracy, Diagnostics, NetworkCache
from tests.components.figures.forecasts import made_result

RESULT = made_result()


def text_of(component: Any) -> str:
    return json.dumps(component, default=lambda each: each.to_plotly_json(), ensure_ascii=False)


def test_accuracy_stands_beside_the_baseline_with_coverage_beside_its_nominal_level() -> None:
    text = text_of(accuracy_table([("ARIMA", RESULT.accuracy), *baseline_rows(RESULT)], "MW"))
    for words in ("ARIMA", "Seasonal naive (baseline)", "In 80 %", "In 95 %", "94 %", "in MW", "0.900"):
        assert words in text


def test_every_measure_tells_its_definition() -> None:
    text = text_of(accuracy_table([("ARIMA", RESULT.accuracy)], "MW"))
    for words in ("Mean absolute error", "Root mean square", "200 |error|", "Below 1 is better", "Rolling origin"):
        assert words in text


@pytest.mark.parametrize(
    ("mae", "words"),
    [(0.7, "50 % less than"), (1.4, "the same as"), (1.401, "the same as"), (2.1, "50 % more than")],
)
def test_skill_is_told_against_the_baseline(mae: float, words: str) -> None:
    result = RESULT.model_copy(update={"accuracy": RESULT.accuracy.model_copy(update={"mae": mae})})
    assert words in skill_sentence(result)
    assert "The 95 % interval held 94 % of the held-out values." in skill_sentence(result)


def test_accuracy_that_was_not_measured_says_why() -> None:
    absent = Accuracy(folds=0, reason="12 values leave no fold")
    assert "12 values leave no fold" in skill_sentence(RESULT.model_copy(update={"accuracy": absent}))
    assert "–" in text_of(accuracy_table([("ARIMA", absent)], "MW"))


def test_without_a_baseline_only_the_error_is_told() -> None:
    assert "Mean absolute error 1.20" in skill_sentence(RESULT.model_copy(update={"baseline": {}}))


def test_correlated_residuals_are_told_as_such() -> None:
    assert "look like noise (Ljung-Box up to lag 10, p = 0.40)" in diagnostics_sentence(RESULT.diagnostics)
    left = Diagnostics(ljung_box_p=1e-7, ljung_box_lags=24, jarque_bera_p=0.001)
    assert "still correlated (Ljung-Box up to lag 24, p < 0.001)" in diagnostics_sentence(left)
    assert "not normally distributed" in diagnostics_sentence(left)
    assert "too few residuals" in diagnostics_sentence(Diagnostics())


def test_parameters_stand_with_their_standard_errors() -> None:
    text = text_of(parameter_table(RESULT.model))
    assert "sigma2" in text
    assert "0.1000" in text


def test_measures_of_the_fit_that_are_absent_are_left_out() -> None:
    facts = RESULT.model.model_copy(update={"aicc": 300.0, "converged": False})
    text = text_of(fit_facts(facts))
    assert "AICc" in text
    assert "BIC" not in text
    assert '"no"' in text


def test_trainings_known_from_earlier_are_told_apart_from_new_ones() -> None:
    assert "Networks" not in text_of(fit_facts(RESULT.model))
    assert "1 trained, 5 known" in text_of(fit_facts(RESULT.model, NetworkCache(remembered=5, trained=1)))


def test_notes_are_shown_when_there_are_any() -> None:
    assert notes_list(()) is None
    assert "2 values were missing" in text_of(notes_list(("2 values were missing",)))
