"""A batch in words and tables."""

from components.batch_tables import batch_sentence, failures_list, honesty_table, series_table
from tests.components.batches import POOLED, batch, failed, series
from tests.components.finding import text_of, with_type


def test_the_answer_counts_what_was_forecast_and_what_failed() -> None:
    sentence = batch_sentence(batch(series("a"), series("b"), failed("c")).summary)
    assert sentence.startswith("2 of 3 series forecast, 1 failed, in 3.2 s. ")
    assert "failed" not in batch_sentence(batch(series("a")).summary)


def test_the_answer_sets_measured_coverage_beside_the_models_own() -> None:
    sentence = batch_sentence(batch(series("a"), pooled=POOLED).summary)
    assert "The 95 % interval held 94.8 % of held-out values; the models' own would have held 87.3 %." in sentence
    assert "not measured" in batch_sentence(batch(series("a")).summary)


def test_coverage_is_tabled_by_level_with_how_much_wider_intervals_are() -> None:
    text = text_of(honesty_table(batch(series("a"), pooled=POOLED).summary))
    assert "160 held-out stretches of 40 series" in text
    assert text.index("80 %") < text.index("95 %")
    assert "1.46 ×" in text
    assert honesty_table(batch(series("a")).summary) is None
    unlearned = POOLED.model_copy(update={"series": 0, "windows": 0})
    assert honesty_table(batch(series("a"), pooled=unlearned).summary) is None


def test_equal_reasons_are_counted_and_the_frequent_come_first() -> None:
    text = text_of(failures_list(batch(failed("x", "odd"), failed("a"), failed("b"), failed("c", None))))
    assert text.startswith("2 series, such as a: it has 1 value; give at least 2")
    assert "x: odd" in text
    assert "c: no reason is known" in text
    assert failures_list(batch(series("a"))) is None


def test_many_different_reasons_are_named_in_part_and_counted() -> None:
    text = text_of(failures_list(batch(*(failed(f"s{n}", f"reason {n}") for n in range(20)))))
    assert "and 12 other reasons" in text


def test_each_forecast_series_has_a_button_and_a_failed_one_its_reason() -> None:
    drawn = series_table(batch(series("a"), failed("b")), [{"at": 0}, {"at": 1}])
    shown = [each for each in with_type(drawn, "Button") if getattr(each, "id", None)]
    assert [each.id for each in shown] == [{"at": 0}]
    text = text_of(drawn)
    assert "1.000 to 5.000" in text
    assert "failed: it has 1 value; give at least 2" in text


def test_a_batch_without_intervals_has_no_column_for_them() -> None:
    bare = series("a").model_copy(update={"intervals": ()})
    assert "%" not in text_of(series_table(batch(bare), [{"at": 0}]))
