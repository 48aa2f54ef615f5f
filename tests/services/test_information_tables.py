"""Information between series as CSV: a row per lag, or per pair."""

from services.information_tables import mutual_information_rows, transfer_entropy_rows
from tests.components.information import mutual, network, transfer


def test_a_pair_is_a_row_per_lag_with_every_estimate() -> None:
    result = transfer()
    header, *rows = transfer_entropy_rows(result)
    assert header[:5] == ["source", "target", "lag", "unit", "value"]
    assert [row[2] for row in rows] == [each.lag for each in result.by_lag]
    assert [row[4] for row in rows] == [each.value for each in result.by_lag]
    assert all(len(row) == len(header) for row in rows)


def test_two_series_are_a_row_per_lag() -> None:
    result = mutual()
    header, *rows = mutual_information_rows(result)
    assert header[:2] == ["x", "y"]
    assert len(rows) == len(result.by_lag)


def test_every_pair_is_a_row_at_its_best_lag() -> None:
    result = network()
    assert result.matrix is not None
    header, *rows = transfer_entropy_rows(result)
    assert len(rows) == 6
    assert ["gas", "steam", 3] in [row[:3] for row in rows]
    assert dict(zip(header, rows[0], strict=True))["p_value"] == result.matrix.p_values[0][1]
