"""Bundled samples as datasets: parsed when first asked for and kept in memory, so that starting costs nothing."""

import io
from functools import cache

from compute.job import ignore_progress
from services.datasets.records import DatasetInfo
from services.samples import SAMPLES

__all__ = ["SAMPLES", "read_sample", "sample_info"]


def sample_info(slug: str) -> DatasetInfo:
    """Return what is known of a sample; KeyError for a slug that is none."""
    return _load(slug)[0]


def read_sample(slug: str) -> bytes:
    """Return the sample's columns, as `ColumnWriter` writes them."""
    return _load(slug)[1]


@cache
def _load(slug: str) -> tuple[DatasetInfo, bytes]:
    from services.datasets.parse import ParseOptions, parse_file

    sample = SAMPLES[slug]
    sink = io.BytesIO()
    info = parse_file(sample.path, sink, ParseOptions(), ignore_progress)
    known = {
        "id": slug,
        "name": sample.title,
        "is_sample": True,
        "source": sample.source,
        "licence": sample.licence,
        "file_name": sample.path.name,
        "notes": (sample.about, *info.notes),
    }
    return info.model_copy(update=known), sink.getvalue()
