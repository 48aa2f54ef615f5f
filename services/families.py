"""Families of metrics and their text for Prometheus (exposition format 0.0.4). What is measured belongs to others.

Whoever measures something yields families; `api.metrics` gathers them. Names follow Prometheus: base units, `_total`.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from services.latency.histogram import Histogram

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PREFIX = "lookahead_"
Labels = Mapping[str, str]
NS_PER_S = 1e9


@dataclass(frozen=True)
class Sample:
    """One number of a family; `suffix` is that of a histogram's parts."""

    value: float
    labels: Labels = field(default_factory=dict)
    suffix: str = ""


@dataclass(frozen=True)
class Family:
    """Numbers of one name, which is written without the application's prefix."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    samples: Sequence[Sample] = ()


def one(
    name: str, kind: Literal["counter", "gauge"], meaning: str, value: float | None, labels: Labels | None = None
) -> Family:
    """Return a family of a single number, or of none when it is not known."""
    return Family(name, kind, meaning, () if value is None else (Sample(value, labels or {}),))


def histogram_samples(histogram: Histogram, limits_s: Sequence[float], labels: Labels) -> Iterator[Sample]:
    """Yield the samples of a histogram of nanoseconds with buckets up to each of `limits_s` seconds."""
    counts = histogram.count_up_to([limit * NS_PER_S for limit in limits_s])
    for limit, count in zip(limits_s, counts, strict=True):
        yield Sample(count, {**labels, "le": _number(limit)}, "_bucket")
    yield Sample(histogram.count, {**labels, "le": "+Inf"}, "_bucket")
    yield Sample(histogram.total / NS_PER_S, labels, "_sum")
    yield Sample(histogram.count, labels, "_count")


def render(families: Iterable[Family]) -> str:
    """Return the text of the families; those without a number are left out, and so are numbers that are none."""
    lines: list[str] = []
    for family in families:
        name = PREFIX + family.name
        told = [_line(name, sample) for sample in family.samples if not math.isnan(sample.value)]
        if told:
            lines += [f"# HELP {name} {_escape(family.help)}", f"# TYPE {name} {family.kind}", *told]
    return "\n".join([*lines, ""])


def _line(name: str, sample: Sample) -> str:
    labels = ",".join(f'{key}="{_escape(value, is_label=True)}"' for key, value in sample.labels.items())
    return f"{name}{sample.suffix}{f'{{{labels}}}' if labels else ''} {_number(sample.value)}"


def _number(value: float) -> str:
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if float(value).is_integer() and abs(value) < 2**53 else repr(float(value))


def _escape(text: str, *, is_label: bool = False) -> str:
    escaped = text.replace("\\", r"\\").replace("\n", r"\n")
    return escaped.replace('"', r"\"") if is_label else escaped
