"""What the audit says of tables with one thing wrong each, and that it says nothing of a table with nothing wrong."""

from pathlib import Path

import numpy as np
import pytest

from services.datasets.records import Finding
from tests.services.datasets.reading import Parsed, parse

DAYS = [str(day) for day in np.arange("2024-01-01", "2024-03-01", dtype="datetime64[D]")]
VALUES = [f"{100 + at % 7 + np.random.default_rng(at).normal():.2f}" for at in range(len(DAYS))]


def table(days: list[str], values: list[str], **others: list[str]) -> str:
    columns = {"day": days, "value": values} | others
    rows = [",".join(cells) for cells in zip(*columns.values(), strict=True)]
    return "\n".join([",".join(columns), *rows])


def finding(parsed: Parsed, code: str) -> Finding:
    return next(finding for finding in parsed.info.findings if finding.code == code)


def test_a_clean_table_has_no_findings(tmp_path: Path) -> None:
    parsed = parse(tmp_path, table(DAYS, VALUES))
    assert parsed.info.findings == ()
    assert parsed.info.warnings == ()
    assert (parsed.info.time_column, parsed.info.time_format, parsed.info.frequency) == ("day", "ISO 8601", "P1D")


def test_duplicate_times_are_named_with_their_rows(tmp_path: Path) -> None:
    parsed = parse(tmp_path, table([*DAYS[:10], DAYS[9], *DAYS[10:]], [*VALUES, "100"]))
    duplicate = finding(parsed, "duplicate_times")
    assert duplicate.examples == ("row 12: 2024-01-10T00:00:00Z",)
    assert duplicate.message == "1 row repeats the time of an earlier one"
    assert duplicate.repair == {"kind": "aggregate_duplicates", "method": "mean"}
    assert parsed.codes == {"duplicate_times"}


def test_rows_out_of_order_are_named(tmp_path: Path) -> None:
    parsed = parse(tmp_path, table([*DAYS[:4], DAYS[5], DAYS[4], *DAYS[6:]], VALUES))
    assert finding(parsed, "unsorted_times").examples == ("row 7: 2024-01-05T00:00:00Z",)
    assert parsed.codes == {"unsorted_times"}


def test_gaps_are_named_by_their_first_time_and_length(tmp_path: Path) -> None:
    parsed = parse(tmp_path, table([*DAYS[:20], *DAYS[23:]], [*VALUES[:20], *VALUES[23:]]))
    gaps = finding(parsed, "gaps")
    assert gaps.examples == ("2024-01-21T00:00:00Z and 2 more",)
    assert gaps.message == "3 times are missing in steps of 1 day, in 1 place"
    assert parsed.codes == {"gaps"}


def test_rows_without_a_time_are_named(tmp_path: Path) -> None:
    parsed = parse(tmp_path, table(["", *DAYS[1:]], VALUES))
    assert finding(parsed, "missing_times").examples == ("row 2",)


def test_missing_values_are_counted_per_column(tmp_path: Path) -> None:
    parsed = parse(tmp_path, table(DAYS, ["", *VALUES[1:5], "NA", *VALUES[6:]]))
    missing = finding(parsed, "missing_values")
    assert (missing.column, missing.examples) == ("value", ("row 2", "row 7"))
    assert parsed.info.columns[1].missing == 2


def test_an_outlier_is_named_with_its_value(tmp_path: Path) -> None:
    parsed = parse(tmp_path, table(DAYS, [*VALUES[:30], "930", *VALUES[31:]]))
    assert finding(parsed, "outliers").examples == ("row 32: 930",)
    assert parsed.codes == {"outliers"}


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (["5"] * len(DAYS), "constant_column"),
        (["same"] * len(DAYS), "constant_column"),
        ([f"name {at % 5}" for at in range(len(DAYS))], "text_column"),
        ([""] * len(DAYS), "empty_column"),
        ([f"$ {at}.50" for at in range(len(DAYS))], "numbers_in_text"),
        ([f"{at} kWh" for at in range(len(DAYS))], "numbers_in_text"),
        ([*map(str, range(len(DAYS) - 1)), "broken"], "numbers_in_text"),
    ],
)
def test_columns_that_cannot_be_forecast_are_named_with_a_repair(tmp_path: Path, cells: list[str], code: str) -> None:
    parsed = parse(tmp_path, table(DAYS, VALUES, other=cells))
    assert parsed.codes == {code}
    found = finding(parsed, code)
    assert found.column == "other"
    assert found.repair is not None
    assert found.repair["column"] == "other"


def test_a_table_without_times_says_so_and_asks_for_nothing(tmp_path: Path) -> None:
    parsed = parse(tmp_path, "value\n" + "\n".join(VALUES))
    assert parsed.codes == {"no_times"}
    assert finding(parsed, "no_times").repair is None


def test_irregular_times_are_told(tmp_path: Path) -> None:
    days = np.cumsum(np.random.default_rng(0).integers(1, 90_000, size=40)) + np.datetime64("2024-01-01", "s")
    parsed = parse(tmp_path, table([str(day) for day in days], VALUES[:40]))
    assert (parsed.codes, parsed.info.frequency) == ({"irregular_times"}, None)


def test_business_days_have_no_gaps_at_weekends(tmp_path: Path) -> None:
    days = [day for day in DAYS if np.is_busday(np.datetime64(day))]
    assert parse(tmp_path, table(days, VALUES[: len(days)])).codes == set()
