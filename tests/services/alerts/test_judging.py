"""When alerts begin and end: never early, never flapping, whatever values come."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.alerts.judging import ABSENT_S, Change, Judge
from services.alerts.rules import DEFAULTS, FILE, Rule, RuleBook, read_rules
from services.alerts.signals import SIGNALS, Value

HOT = Rule(name="hot", title="Hot", signal="gpu_temperature_c", above=80, clears_at=70, for_s=10, clear_s=5)
LOW = Rule(name="low", title="Low", signal="disk_free_mib", below=100, clears_at=200, for_s=10, clear_s=5)


def judged(rule: Rule, values: Sequence[tuple[float, float | None]]) -> list[tuple[float, str]]:
    """Return when what changed, updates left out, for values at times."""
    judge = Judge()
    changes: list[tuple[float, str]] = []
    for at, value in values:
        told = [] if value is None else [Value(rule.signal, "", value)]
        changes += [(at, one.kind) for one in judge.judge([rule], told, at) if one.kind != "update"]
    return changes


def test_an_alert_begins_after_its_duration_and_ends_when_the_value_is_back() -> None:
    values = [(0, 90.0), (9, 90.0), (10, 85.0), (20, 75.0), (40, 69.0), (44, 69.0), (45, 69.0), (99, 60.0)]
    assert judged(HOT, values) == [(10, "begin"), (45, "end")]


def test_a_moment_inside_the_threshold_starts_the_duration_anew() -> None:
    assert judged(HOT, [(0, 90.0), (9, 79.0), (10, 90.0), (19, 90.0), (20, 90.0)]) == [(20, "begin")]


def test_a_rule_below_its_threshold_is_the_same_upside_down() -> None:
    values = [(0, 50.0), (10, 50.0), (11, 150.0), (30, 150.0), (31, 201.0), (36, 250.0)]
    assert judged(LOW, values) == [(10, "begin"), (36, "end")]


def test_a_value_that_is_absent_changes_nothing_until_it_is_for_long() -> None:
    assert judged(HOT, [(0, 90.0), (10, 90.0), (11, None), (500, None), (501, 90.0)]) == [(10, "begin")]
    assert judged(HOT, [(0, 90.0), (10, 90.0), (10 + ABSENT_S, None)]) == [(10, "begin"), (10 + ABSENT_S, "end")]
    assert judged(HOT, [(0, 90.0), (5, None), (12, 90.0)]) == []


def test_a_rule_that_goes_takes_its_alert_along() -> None:
    judge = Judge()
    for at in (0.0, 10.0):
        judge.judge([HOT], [Value(HOT.signal, "GPU 0", 90.0)], at)
    [change] = judge.judge([], [Value(HOT.signal, "GPU 0", 90.0)], 11.0)
    assert change == Change("end", "hot", "GPU 0", None, "the rule is gone or switched off")


def test_each_of_several_things_has_an_alert_of_its_own() -> None:
    judge = Judge()
    values = [Value(HOT.signal, "GPU 0", 90.0), Value(HOT.signal, "GPU 1", 60.0), Value(HOT.signal, "GPU 2", 95.0)]
    judge.judge([HOT], values, 0.0)
    assert [change.subject for change in judge.judge([HOT], values, 10.0)] == ["GPU 0", "GPU 2"]


def test_an_alert_from_before_a_restart_goes_on_and_ends() -> None:
    judge = Judge()
    judge.resume([("hot", "")], 0.0)
    kinds = [
        judge.judge([HOT], [Value(HOT.signal, "", value)], at)[0].kind
        for at, value in ((1.0, 90.0), (2.0, 60.0), (8.0, 60.0))
    ]
    assert kinds == ["update", "update", "end"]


@given(st.lists(st.tuples(st.floats(0.1, 8), st.floats(50, 100)), min_size=1, max_size=80))
@settings(max_examples=40)
def test_begin_and_end_take_turns_and_each_has_its_reason(steps: list[tuple[float, float]]) -> None:
    at, history = 0.0, []
    for pause, value in steps:
        at += pause
        history.append((at, value))
    changes = judged(HOT, history)
    assert [kind for _, kind in changes] == ["begin", "end"] * (len(changes) // 2) + ["begin"] * (len(changes) % 2)
    for moment, kind in changes:
        length = HOT.for_s if kind == "begin" else HOT.clear_s
        recent = [value for when, value in history if moment - length < when <= moment]
        assert all(HOT.is_beyond(value) if kind == "begin" else HOT.is_back(value) for value in recent)


def test_shipped_rules_can_be_used_and_watch_what_there_is() -> None:
    rules = read_rules(DEFAULTS)
    assert len(rules) >= 10
    assert all(rule.signal in SIGNALS and rule.action.endswith(".") for rule in rules.values())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[rule]]\nname = "a"\ntitle = "A"\nsignal = "none"\nabove = 1', "there is no signal 'none'"),
        ('[[rule]]\nname = "a"\ntitle = "A"\nsignal = "jobs_queued"', "above or below"),
        ('[[rule]]\nname = "a"\ntitle = "A"\nsignal = "jobs_queued"\nabove = 1\nbelow = 2', "above or below"),
        ('[[rule]]\nname = "a"\ntitle = "A"\nsignal = "jobs_queued"\nabove = 5\nclears_at = 9', "must be back"),
        ('[[rule]]\nname = "a"\ntitle = "A"\nsignal = "jobs_queued"\nabove = "many"', "rule a, above"),
        ('[[rule]]\nname = "a"\ntitle = "A"\nsignal = "jobs_queued"\nabove = 5\nfor_s = -1', "for_s"),
        ('[[rule]]\nname = "a"\ntitle = "A"\nsignal = "jobs_queued"\nabove = nan', "above"),
        ("[[rule]", "Expected"),
        ("rules = 3", "'rules' is no part"),
        ("shipped = 1", "true or false"),
        ("rule = 3", "[[rule]]"),
    ],
)
def test_a_file_that_cannot_be_used_says_why_and_leaves_the_rules_before_it(
    tmp_path: Path, text: str, words: str
) -> None:
    book = RuleBook(tmp_path)
    (tmp_path / FILE).write_text(text)
    book.reload()
    assert words in (book.problem or "")
    assert len(book.rules) >= 10


def test_own_rules_replace_shipped_ones_by_name_and_are_read_when_they_change(tmp_path: Path) -> None:
    path = tmp_path / FILE
    book = RuleBook(tmp_path)
    shipped = len(book.rules)
    rule = '[[rule]]\nname = "hot-gpu"\ntitle = "Mine"\nsignal = "gpu_temperature_c"\nabove = 60\nenabled = false\n'
    path.write_text(rule)
    book.reload()
    assert len(book.rules) == shipped
    assert [one.threshold for one in book.rules if one.name == "hot-gpu"] == [60]
    path.write_text(rule + '[[rule]]\nname = "own"\ntitle = "Own"\nsignal = "jobs_queued"\nabove = 9\n')
    book.reload()
    assert len(book.rules) == shipped + 1
    path.write_text("shipped = false\n" + rule)
    book.reload()
    assert [one.name for one in book.rules] == ["hot-gpu"]
    path.unlink()
    book.reload()
    assert len(book.rules) == shipped
    assert book.problem is None
