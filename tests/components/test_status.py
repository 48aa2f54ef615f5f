"""The states of a screen and the words for spans of time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from dash.development.base_component import Component
from hypothesis import given
from hypothesis import strategies as st

from components.status import age, duration, empty_state, failed_state, time_left, working_state
from compute.schema import FieldProblem

START = datetime(2026, 1, 1, tzinfo=UTC)


def text_of(component: Any) -> str:
    """Return all text in a component, in order."""
    if component is None:
        return ""
    if isinstance(component, str | int | float):
        return str(component)
    if isinstance(component, list | tuple):
        return " ".join(filter(None, map(text_of, component)))
    parts = [getattr(component, name, None) for name in ("title", "children")]
    return " ".join(filter(None, map(text_of, parts)))


def progress_of(component: Component) -> list[float]:
    """Return the values of all progress bars in a component."""
    return [each.value for each in component._traverse() if type(each).__name__ == "ProgressSection"]


def test_working_state_shows_fraction_message_and_time_left() -> None:
    shown = working_state("Fitting", 0.25, "order 3 of 12", started_at=START, now=START + timedelta(seconds=10))
    assert "order 3 of 12" in text_of(shown)
    assert "25 %, about 30 s left" in text_of(shown)
    assert progress_of(shown) == [25]


def test_queued_job_says_that_it_waits_and_promises_no_time() -> None:
    shown = text_of(working_state("Fitting", 0.0, ""))
    assert "Waiting for a free worker" in shown
    assert "left" not in shown


def test_failed_state_names_each_field() -> None:
    problems = (FieldProblem(loc=("model", "p"), msg="11 exceeds 10"),)
    shown = text_of(failed_state("The request is wrong", "see below", problems))
    assert "The request is wrong" in shown
    assert "model.p" in shown
    assert "11 exceeds 10" in shown


def test_failed_state_does_not_say_the_same_sentence_twice() -> None:
    problem = FieldProblem(loc=("series",), msg="too short")
    assert text_of(failed_state("Refused", "too short", (problem,))).count("too short") == 1


def test_an_empty_state_says_what_it_was_given() -> None:
    assert text_of(empty_state("Nothing", "Begin with a sample")) == "Nothing Begin with a sample"


@given(fraction=st.floats(0.02, 0.99), elapsed_s=st.floats(1, 1e5))
def test_time_left_is_the_time_so_far_scaled_by_what_remains(fraction: float, elapsed_s: float) -> None:
    said = time_left(fraction, START, START + timedelta(seconds=elapsed_s))
    left_s = timedelta(seconds=elapsed_s).total_seconds() * (1 - fraction) / fraction
    assert said == f"about {duration(left_s)} left"


@pytest.mark.parametrize(("fraction", "elapsed_s"), [(0.0, 100.0), (0.01, 100.0), (0.5, 0.5), (1.0, 100.0)])
def test_time_left_is_not_guessed(fraction: float, elapsed_s: float) -> None:
    assert time_left(fraction, START, START + timedelta(seconds=elapsed_s)) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-1, "0.0 s"), (0.44, "0.4 s"), (12, "12 s"), (89, "89 s"), (180, "3 min"), (7500, "2 h 5 min"), (7200, "2 h"),
     (400_000, "5 days")],
)  # fmt: skip
def test_duration_is_told_in_units_of_its_size(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "just now"), (30, "30 s ago"), (100 * 60, "2 h ago"), (27 * 3600, "27 h ago"),
                           (5 * 86400, "5 days ago")],
)  # fmt: skip
def test_age_is_told_in_one_unit(seconds: float, words: str) -> None:
    assert age(START, START + timedelta(seconds=seconds)) == words
