"""A trajectory in numbers and words."""

import json
from typing import Any

import pytest

from components.trajectory_tables import (
    absent_accuracy,
    accuracy_table,
    consistency_sentence,
    motion_facts,
    noise_table,
    skill_sentence,
)
from compute.trajectory.result import Accuracy, Consistency
from tests.components.tracks import made_track

RESULT = made_track()


def text_of(component: Any) -> str:
    return json.dumps(component, default=lambda each: each.to_plotly_json(), ensure_ascii=False)


def test_accuracy_stands_beside_both_naive_predictions_with_its_definitions() -> None:
    text = text_of(accuracy_table(RESULT))
    for words in ("Kalman filter", "Last velocity (baseline)", "Last position (baseline)", "In 95 %", "1 to 6 steps"):
        assert words in text
    for words in ("one step ahead", "Root mean square", "covariances are honest", "Rolling origin"):
        assert words in text


def test_a_given_noise_is_told_from_an_estimated_one() -> None:
    text = text_of(noise_table(RESULT))
    assert "given" in text
    assert "estimated" not in text
    estimated = RESULT.model_copy(update={"noise": RESULT.noise.model_copy(update={"estimated": ("process_noise",)})})
    assert "estimated" in text_of(noise_table(estimated))


def test_facts_tell_what_is_known() -> None:
    text = text_of(motion_facts(RESULT))
    for words in ("Speed at the end", "Sure to", "Positions used", "Log-likelihood", "Mean NIS"):
        assert words in text


@pytest.mark.parametrize(
    ("nis", "white", "normal", "words"),
    [
        (2.0, 0.5, 0.5, ("as large as", "not correlated", "Nothing speaks against")),
        (9.0, 0.001, 0.001, ("larger", "still correlated", "not normally")),
        (0.1, None, None, ("smaller",)),
        (None, None, None, ("too few innovations",)),
    ],
)
def test_innovations_are_judged_in_words(
    nis: float | None, white: float | None, normal: float | None, words: tuple[str, ...]
) -> None:
    band = {"nis_low": 1.8, "nis_high": 2.2} if nis is not None else {}
    sentence = consistency_sentence(Consistency(nis=nis, whiteness_p=white, normality_p=normal, **band))
    for each in words:
        assert each in sentence


def test_skill_is_told_against_the_last_velocity_and_its_absence_with_the_reason() -> None:
    assert "than going on at the last velocity" in skill_sentence(RESULT)
    assert "95 % ellipses held" in skill_sentence(RESULT)
    short = RESULT.model_copy(update={"accuracy": Accuracy(origins=0, reason="it is short"), "baseline": {}})
    assert "could not be measured: it is short" in skill_sentence(short)
    assert absent_accuracy(RESULT.accuracy) is None
    assert "it is short" in text_of(absent_accuracy(short.accuracy))
