"""JSON records: arrays and lines, whole and broken."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compute.schema import RequestError
from services.datasets.sources import json_records
from tests.services.datasets.reading import parse

values = st.none() | st.integers(-(2**53), 2**53) | st.floats(-1e12, 1e12)
records = st.lists(st.fixed_dictionaries({"a": values, "b": values, "end": st.just("x")}), min_size=1, max_size=12)


@pytest.mark.parametrize("form", ["array", "pretty", "lines"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(records)
def test_numbers_come_back_from_every_form(tmp_path: Path, form: str, rows: list[dict[str, float | None]]) -> None:
    text = {
        "array": json.dumps(rows),
        "pretty": json.dumps(rows, indent=2),
        "lines": "\n".join(json.dumps(row) for row in rows),
    }[form]
    parsed = parse(tmp_path, text)
    for name in ("a", "b"):
        if any(row[name] is not None for row in rows):
            assert parsed.columns[name] == [row[name] for row in rows]


def test_records_need_not_have_the_same_keys(tmp_path: Path) -> None:
    assert parse(tmp_path, '[{"a": 1}, {"b": 2, "a": 3}, {}]').columns == {"a": [1, 3], "b": [None, 2]}


def test_truths_texts_and_times_are_understood(tmp_path: Path) -> None:
    parsed = parse(tmp_path, '[{"t": "2024-01-01", "on": true, "s": "ü\\n\\ud83d\\ude00"}]'.encode("utf-16"))
    assert parsed.columns == {"t": ["2024-01-01T00:00:00Z"], "on": [1], "s": ["ü\n😀"]}


def test_a_record_across_the_edge_of_a_piece_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"number": at, "text": f"row {at} ü"} for at in range(300)]
    monkeypatch.setattr(json_records, "PIECE_BYTES", 7)
    assert parse(tmp_path, json.dumps(rows, ensure_ascii=False)).columns["number"] == list(range(300))


REFUSED = {
    "cut off after a record": ('[{"a": 1}', "not closed after record 1"),
    "cut off after a comma": ('[{"a": 1},', "record 2 is missing"),
    "cut off inside": ('[{"a": 1}, {"a": ', "record 2 is not valid JSON"),
    "no comma": ('[{"a": 1} {"a": 2}]', "record 1 is not followed by a comma"),
    "no object": ('[{"a": 1}, 2]', "record 2 begins with '2'"),
    "rows of lists": ("[[1, 2], [3, 4]]", "record 1 begins with '['"),
    "columns": ('{"a": [1, 2]}', "record 1, 'a' holds a list"),
    "nested": ('[{"a": {"b": 1}}]', "record 1, 'a' holds an object"),
    "no records": ("[]", "no records"),
    "empty records": ("[{}, {}]", "records of the file are empty"),
    "more after the end": ('[{"a": 1}] {"a": 2}', "more after the end"),
    "too deep": ('[{"a": ' + "[" * 100_000, "nested too deeply"),
    "a number of 5000 digits": (f'[{{"a": {"9" * 5000}}}]', "more than 4300 digits"),
    "long text": ('[{"a": "' + "x" * 40_000 + '"}]', "record 1, 'a': the text is longer"),
    "endless record": ('[{"a": "' + "x" * 10_000_000, "longer than 8 MiB"),
    "10^4 keys": (json.dumps([{f"c{at}": 1 for at in range(10_000)}]), "10000 columns"),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_what_are_no_records_is_refused_with_its_number(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(RequestError) as refused:
        parse(tmp_path, text)
    assert message in str(refused.value)
