"""Numbers as people read them."""

import pytest

from components.numbers import axis_format, p_value, percent, significant, step_words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (None, "–"),
        (float("nan"), "–"),
        (1234.5678, "1\u202f235"),
        (123456.7, "123\u202f457"),
        (0.056781, "0.05678"),
        (12.3456, "12.35"),
        (-0.5, "-0.5000"),
        (2.1e-9, "2.1e-09"),
        (3.2e12, "3.2e+12"),
    ],
)
def test_four_significant_digits_and_whole_parts_in_full(value: float | None, text: str) -> None:
    assert significant(value) == text


def test_percent_is_a_fraction_times_a_hundred() -> None:
    assert (percent(0.938), percent(0.938, 1), percent(None)) == ("94 %", "93.8 %", "–")


def test_small_p_values_are_bounded_rather_than_rounded_to_zero() -> None:
    assert (p_value(1e-9), p_value(0.031), p_value(0.5), p_value(None)) == (
        "p < 0.001",
        "p = 0.031",
        "p = 0.50",
        "p –",
    )


def test_a_scale_of_hundreds_needs_one_decimal() -> None:
    assert axis_format([432.0, None]) == ",.1f"
    assert axis_format([]) == axis_format([0.0]) == ".4~g"


@pytest.mark.parametrize(
    ("frequency", "words"),
    [
        ("P1M", "month"),
        ("PT15M", "15 minutes"),
        ("P3M", "3 months"),
        ("PT1H", "hour"),
        ("P1W", "week"),
        ("PT0.5S", "0.5 seconds"),
        (None, "step"),
        ("often", "often"),
    ],
)
def test_steps_are_told_in_words(frequency: str | None, words: str) -> None:
    assert step_words(frequency) == words
