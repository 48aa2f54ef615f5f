"""A batch that remembers: which of its series are known already, and what to keep of those that are not."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from compute.forecast.batch.plan import BatchPlan, Chunk, Count, SeriesOutcome, Start, Work
from compute.forecast.batch.result import SeriesAccuracy
from compute.forecast.batch.ways import CONTINUED, way_of
from compute.series import Series
from services.model_cache import Entry, ModelCache
from services.version import code_version

HEAD = 16  # values that tell beginnings apart; shorter series are estimated in no time
_START = "coefficients"
_TEXTS = "texts"  # name of the tensor that holds UTF-8 JSON: safetensors gives its own metadata back only from files


@dataclass(frozen=True)
class _Keys:
    """Names of one series: of its forecast, and of its estimates with their branch."""

    forecast: bytes
    branch: bytes | None
    length: int


class Remembering:
    """Work that looks each series up before it is computed, and keeps what was computed."""

    def __init__(self, work: Work, cache: ModelCache) -> None:
        self._work = work
        self._cache = cache

    def __call__(self, plan: BatchPlan, chunks: Iterable[Chunk], count: Count) -> Iterator[list[SeriesOutcome]]:
        """Compute the chunks, as `Work` promises."""
        if not self._cache.is_kept or way_of(plan).chunk is None:  # what all series teach together is nobody's alone
            yield from self._work(plan, chunks, count)
            return
        self._family = _digest(b"forecast", _asked(plan))
        self._branch = _digest(b"estimates", _asked(replace(plan, horizon=0, levels=(), intervals="none", seed=0)))
        self._does_continue = plan.model.kind in CONTINUED and not way_of(plan).is_quick
        known: list[SeriesOutcome] = []
        named: dict[int, tuple[_Keys, Series]] = {}
        told = 0

        def count_all(done: float) -> None:
            count(done + told + len(known))

        for outcomes in self._work(plan, self._unknown(chunks, known, named), count_all):
            self._keep(outcomes, named)
            yield outcomes
            if known:
                told += len(known)
                yield list(known)
                known.clear()
        if known:
            yield known
        self._cache.sweep()

    def _unknown(
        self, chunks: Iterable[Chunk], known: list[SeriesOutcome], named: dict[int, tuple[_Keys, Series]]
    ) -> Iterator[Chunk]:
        """Yield what must be computed of each chunk; what is known goes to `known`."""
        for chunk in chunks:
            keys = [self._keys_of(series) for series in chunk.series]
            bodies = self._cache.find([key.forecast for key in keys])
            rest: list[tuple[int, Series]] = []
            for place, series, key in zip(chunk.places, chunk.series, keys, strict=True):
                outcome = _read(bodies.get(key.forecast), place, series.name)
                if outcome is not None:
                    known.append(outcome)
                    continue
                rest.append((place, series))
                named[place] = key, series
            if rest:
                yield Chunk(
                    tuple(place for place, _ in rest), tuple(series for _, series in rest), self._starts(rest, named)
                )

    def _starts(self, rest: list[tuple[int, Series]], named: dict[int, tuple[_Keys, Series]]) -> dict[int, Start]:
        """Return the estimates of the longest known beginning of each series."""
        if not self._does_continue:
            return {}
        branches = {place: branch for place, _ in rest if (branch := named[place][0].branch) is not None}
        lengths = self._cache.lengths(list(branches.values()))
        candidates = {
            place: [
                _digest(branches[place], *_content(series, n)) for n in lengths.get(branches[place], ()) if n <= size
            ]
            for place, series in rest
            if place in branches and (size := series.values.size)
        }
        bodies = self._cache.find([key for keys in candidates.values() for key in keys])
        starts = {}
        for place, keys in candidates.items():
            coefficients = next((_read_start(bodies[key]) for key in keys if key in bodies), None)
            if coefficients is not None:
                starts[place] = Start(coefficients)
        return starts

    def _keys_of(self, series: Series) -> _Keys:
        n = series.values.size
        forecast = _digest(self._family, *_content(series, n))
        branch = _digest(self._branch, *_content(series, HEAD)) if n >= HEAD and self._does_continue else None
        return _Keys(forecast, branch, n)

    def _keep(self, outcomes: list[SeriesOutcome], named: dict[int, tuple[_Keys, Series]]) -> None:
        entries = []
        for outcome in outcomes:
            keys, series = named.pop(outcome.place)
            if outcome.reason is not None:
                continue
            entries.append(Entry(keys.forecast, _write(outcome)))
            if keys.branch is not None and outcome.coefficients.size:
                key = _digest(keys.branch, *_content(series, keys.length))
                entries.append(Entry(key, save({_START: outcome.coefficients}), keys.branch, keys.length))
        self._cache.keep(entries)


def _asked(plan: BatchPlan) -> bytes:
    """Return everything but the series that a forecast depends on; that intervals are pooled, but not with how many."""
    asked = {name: value for name, value in vars(plan).items() if name not in ("model", "n_series", "device")}
    asked |= {"model": plan.model.model_dump(mode="json"), "pooled": plan.is_pooled, "way": way_of(plan).is_quick}
    return json.dumps([code_version(), asked], sort_keys=True).encode()


def _content(series: Series, n: int) -> Iterator[bytes]:
    """Yield the first n values and their times as bytes; all NaN are one, and so are both zeros."""
    values = series.values[:n]
    yield np.where(np.isnan(values), np.nan, values + 0.0).tobytes()
    if series.timestamps is not None:
        yield np.ascontiguousarray(series.timestamps[:n].astype("datetime64[ns]")).tobytes()


def _digest(*parts: bytes) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.digest()


def _write(outcome: SeriesOutcome) -> bytes:
    texts = {
        "accuracy": None if outcome.accuracy is None else outcome.accuracy.model_dump(),
        "description": outcome.description,
        "season_length": outcome.season_length,
        "frequency": outcome.frequency,
        "notes": outcome.notes,
    }
    tensors: dict[str, NDArray[np.generic]] = {
        name: np.ascontiguousarray(getattr(outcome, name)) for name in ("mean", "offsets", "windows", "coefficients")
    }
    tensors[_TEXTS] = np.frombuffer(json.dumps(texts).encode(), dtype=np.uint8)
    if outcome.future is not None:
        tensors["future"] = outcome.future.astype("datetime64[ns]").astype(np.int64)
    return save(tensors)


def _read_start(body: bytes) -> NDArray[np.float64] | None:
    """Return kept coefficients, None where the bytes are damaged."""
    try:
        return np.asarray(load(body)[_START], dtype=np.float64)
    except (SafetensorError, KeyError):
        return None


def _read(body: bytes | None, place: int, name: str) -> SeriesOutcome | None:
    """Return a kept outcome, None where there is none or its bytes are damaged."""
    if body is None:
        return None
    try:
        tensors = load(body)
        texts = json.loads(tensors.pop(_TEXTS).tobytes())
        future = tensors.pop("future", None)
        accuracy = texts["accuracy"]
        return SeriesOutcome(
            place=place,
            name=name,
            future=None if future is None else future.astype("datetime64[ns]"),
            mean=tensors["mean"],
            offsets=tensors["offsets"],
            windows=tensors["windows"],
            accuracy=None if accuracy is None else SeriesAccuracy.model_validate(accuracy),
            description=texts["description"],
            season_length=texts["season_length"],
            frequency=texts["frequency"],
            notes=tuple(texts["notes"]),
            coefficients=tensors["coefficients"],
            estimates="remembered",
        )
    except (SafetensorError, ValueError, KeyError, TypeError):
        return None
