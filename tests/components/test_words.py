"""Machine values in words."""

import pytest

from components.words import count_words, format_words, frequency_words, time_words


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        ("P1Y", "yearly"),
        ("P3M", "quarterly"),
        ("P1M", "monthly"),
        ("P7D", "weekly"),
        ("P1W", "weekly"),
        ("P1D", "daily"),
        ("PT1H", "hourly"),
        ("PT15M", "every 15 minutes"),
        ("PT1M", "every minute"),
        (None, "irregular"),
        ("often", "every often"),
    ],
)
def test_frequency_is_told_as_an_adverb_or_an_interval(duration: str | None, words: str) -> None:
    assert frequency_words(duration) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("1949-01-01T00:00:00Z", "1949-01-01"),
        ("1949-01-01", "1949-01-01"),
        ("2025-03-04T17:00:00+00:00", "2025-03-04 17:00"),
        ("2025-03-04T17:00:05", "2025-03-04 17:00:05"),
        ("2025-03-04T17:00:05.000000", "2025-03-04 17:00:05"),
        ("2025-03-04T00:00", "2025-03-04"),
        (None, "–"),
    ],
)
def test_time_is_told_without_what_carries_nothing(moment: str | None, words: str) -> None:
    assert time_words(moment) == words


def test_format_is_told_in_letters() -> None:
    assert format_words("%d.%m.%Y %H:%M") == "DD.MM.YYYY hh:mm"
    assert format_words(None) == "ISO 8601"


def test_counts_know_singular_and_thousands() -> None:
    assert count_words(1, "row") == "1 row"
    assert count_words(12_345, "row") == "12\u202f345 rows"
