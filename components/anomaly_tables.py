"""What stands out in the history of a forecast, in words and tables: values nobody expected, values replaced."""

import math
from datetime import datetime

from dash import html

from components.numbers import percent, significant
from components.tables import Cell, Column, shown_number, table
from compute.forecast.result import Anomalies, Anomaly, Replacement

MAX_ROWS = 15  # that anybody reads; all of them are in the exports
CLEARLY = 2.0  # standard deviations of the count that chance alone would give
RARE = 0.01  # of series in which chance alone sends a value so far off
_SCORE = "Distance from what was expected, in standard deviations of a one-step error; negative below."


def anomaly_sentence(anomalies: Anomalies) -> str:
    """Return how many values lie outside their intervals, and how many chance alone would put there."""
    level = f"{anomalies.level:g} %"
    return (
        f"{shown_number(anomalies.count)} of {shown_number(anomalies.checked)} values "
        f"({percent(anomalies.share, 1)}) lie outside the {level} interval of what the model foretold one step "
        f"before; chance alone puts {percent(anomalies.expected_share, 1)} there. {_verdict(anomalies)}"
    )


def anomaly_table(anomalies: Anomalies, unit: str) -> html.Div | None:
    """Return the values outside their intervals in time order, the furthest where they are many; None for none."""
    if not anomalies.listed:
        return None
    furthest = sorted(anomalies.listed, key=lambda each: -abs(each.score))[:MAX_ROWS]
    shown = sorted(furthest, key=lambda each: each.index)
    columns = [
        Column("When"),
        Column("Value", is_number=True),
        Column("Expected", is_number=True, help="What the model foretold one step before."),
        Column(f"{anomalies.level:g} % interval", is_number=True),
        Column("Standard deviations off", is_number=True, help=_SCORE),
    ]
    some = "" if len(shown) == anomalies.count else f", the furthest {len(shown)} of {shown_number(anomalies.count)}"
    return table(f"Unexpected values{some}; in {unit}", columns, [_anomaly_row(each) for each in shown])


def replacement_table(replaced: tuple[Replacement, ...], unit: str) -> html.Div | None:
    """Return which values were replaced by what before the model saw them; None where none was."""
    if not replaced:
        return None
    columns = [
        Column("When"),
        Column("Observed", is_number=True),
        Column("Replaced by", is_number=True, help="What was to be expected there by the values around it."),
        Column("Score", is_number=True, help="How far off it was, in standard errors."),
    ]
    rows: list[list[Cell]] = [
        [
            when_words(each.timestamp, each.index),
            significant(each.value),
            significant(each.replacement),
            significant(each.score, 3),
        ]
        for each in replaced
    ]
    return table(f"Outliers that the model did not see; in {unit}", columns, rows)


def when_words(timestamp: datetime | None, index: int) -> str:
    """Return the time of a value, without the hour where it is midnight, or the number of its step."""
    if timestamp is None:
        return f"step {index + 1}"
    is_midnight = (timestamp.hour, timestamp.minute, timestamp.second) == (0, 0, 0)
    return f"{timestamp:%Y-%m-%d}" if is_midnight else f"{timestamp:%Y-%m-%d %H:%M}"


def _verdict(anomalies: Anomalies) -> str:
    chance = anomalies.expected_share
    spread = (chance * (1 - chance) / anomalies.checked) ** 0.5
    distance = (anomalies.share - chance) / spread if spread > 0 else 0.0
    beyond = sum(_is_beyond_chance(each.score, anomalies.checked) for each in anomalies.listed)
    if distance > CLEARLY:
        return "That is more than chance explains: something happened that the model does not know of."
    if beyond:
        are = "one of them is" if beyond == 1 else f"{beyond} of them are"
        return f"So many are nothing unusual, but {are} further off than chance goes: look what happened there."
    if distance < -CLEARLY:
        return "That is less: a few large errors make the intervals wide for all the others."
    return "That is what chance alone does: none of them needs an explanation by itself."


def _is_beyond_chance(score: float, checked: int) -> bool:
    """Return whether the furthest of so many Gaussian errors is hardly ever as far (Bonferroni)."""
    return checked * math.erfc(abs(score) / math.sqrt(2)) < RARE


def _anomaly_row(each: Anomaly) -> list[Cell]:
    return [
        when_words(each.timestamp, each.index),
        significant(each.value),
        significant(each.expected),
        f"{significant(each.lower)} to {significant(each.upper)}",
        significant(each.score, 3),
    ]
