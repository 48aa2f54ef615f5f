"""Reads a Parquet file to its end and throws everything away: a program run in a process of its own.

Some damage does not make Arrow's reader raise but brings its process down. That must not be the worker's. The program
knows nothing of the project, so that it starts quickly, and says nothing: whoever reads the file next finds what is
wrong with it in words.
"""

import sys

import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 32_768


def main(path: str) -> None:
    """Read the file at `path`, text as dictionaries, so that a small file cannot become a large one."""
    try:
        with pq.ParquetFile(path) as file:
            schema = file.schema_arrow
        texts = [
            field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
        ]
        with pq.ParquetFile(path, read_dictionary=texts) as file:
            for batch in file.iter_batches(batch_size=ROWS, use_threads=False):
                batch.validate(full=True)
    except (pa.ArrowException, OSError, ValueError, MemoryError):
        return


if __name__ == "__main__":
    main(sys.argv[1])
