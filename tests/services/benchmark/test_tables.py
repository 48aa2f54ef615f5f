"""A benchmark as a table: a row for each measurement, the missing ones with their reason."""

import csv
import io
from collections.abc import Callable

import pyarrow.parquet as parquet

from compute.benchmark.result import BenchmarkResult, Measurement
from services.export import write_csv, write_table


def test_each_measurement_is_a_row_and_what_is_missing_is_empty(make_result: Callable[..., BenchmarkResult]) -> None:
    made = make_result()
    missing = Measurement(
        kind="convolution", variant="int8", title="Layer", device="cpu", status="absent", reason="nobody can"
    )
    result = made.model_copy(update={"measurements": (*made.measurements, missing)})
    rows = list(csv.DictReader(io.StringIO("".join(write_csv("benchmark", result)))))
    assert [row["kind"] for row in rows] == ["matrix_multiply", "convolution"]
    assert (float(rows[0]["rate"]), rows[0]["unit"], rows[0]["verdict"]) == (100.0, "things/s", "stable")
    assert (rows[1]["rate"], rows[1]["status"], rows[1]["reason"]) == ("", "absent", "nobody can")
    table = parquet.read_table(io.BytesIO(b"".join(write_table("benchmark", result, "parquet"))))
    assert table.num_rows == 2
    assert table.column("rate").to_pylist() == [100.0, None]
