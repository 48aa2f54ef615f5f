"""From series as they were given to rows of equal times; what tells nothing is refused here, with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.information.result import SeriesFacts
from compute.schema import Location, RequestError
from compute.series import Series
from compute.stationarity import KPSS_CRITICAL, kpss_statistic

Array = NDArray[np.float64]

FEWEST = 30  # values below which nearest neighbours are not near
FEWEST_FOR_KPSS = 10
SHORT = 200  # values below which estimates scatter widely
ROUNDING = 1e-11  # of a series' size: variation below it is none


@dataclass(frozen=True)
class PreparedSeries:
    """Series at the same times.

    Attributes
    ----------
    values : (m, n), NaN where missing; each is divided by its largest size, which information does not notice
    sizes : (m,) what each was divided by
    facts : about each
    warnings, notes : what may mislead, and what was decided
    """

    values: Array
    sizes: Array
    facts: tuple[SeriesFacts, ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """How the series are called."""
        return tuple(fact.name for fact in self.facts)


@dataclass(frozen=True)
class Placed:
    """A series and the field of the request it stands in."""

    series: Series
    loc: Location


def prepare(placed: Sequence[Placed], *, differencing: bool) -> PreparedSeries:
    """Return the series joined by time; RequestError names the one that cannot be used, and the way out."""
    values, notes = _join(placed)
    sizes = np.array([_size(row) for row in values])
    values = values / np.where(sizes > 0, sizes, 1.0)[:, None]
    if differencing:
        values = np.diff(values, axis=1)
    for row, each in zip(values, placed, strict=True):
        _check(row, each)
    names = _distinct([each.series.name for each in placed])
    facts = tuple(_facts(row, name) for row, name in zip(values, names, strict=True))
    return PreparedSeries(values, sizes, facts, tuple(_warnings(facts, differencing=differencing)), tuple(notes))


def _join(placed: Sequence[Placed]) -> tuple[Array, list[str]]:
    stamps = [each.series.timestamps for each in placed]
    first = stamps[0]
    lengths = [each.series.values.size for each in placed]
    if first is None or any(other is None for other in stamps):
        _check_lengths(placed)
        return np.stack([each.series.values for each in placed]), []
    known = [np.asarray(times) for times in stamps]
    if all(np.array_equal(times, first) for times in known) and np.all(np.diff(first) > np.timedelta64(0)):
        return np.stack([each.series.values for each in placed]), []
    common = known[0]
    for times, each in zip(known, placed, strict=True):
        if np.unique(times).size < times.size:
            raise RequestError.at(*each.loc, msg=f"{each.series.name} has two values at one time; keep one of them")
        common = np.intersect1d(common, times)
    if common.size < FEWEST:
        raise RequestError.at(
            *placed[-1].loc,
            msg=f"the series share {common.size} times, and {FEWEST} are needed; give series of the same times",
        )
    rows = [
        each.series.values[np.argsort(times)][np.searchsorted(np.sort(times), common)]
        for times, each in zip(known, placed, strict=True)
    ]
    return np.stack(rows), [f"The series were joined by their {common.size} common times of {max(lengths)}."]


def _check_lengths(placed: Sequence[Placed]) -> None:
    expected = placed[0].series.values.size
    for each in placed[1:]:
        if each.series.values.size != expected:
            raise RequestError.at(
                *each.loc,
                msg=f"{each.series.name} has {each.series.values.size} values and {placed[0].series.name} {expected}; "
                "give equally many, or times to join them by",
            )


def _size(row: Array) -> float:
    with np.errstate(invalid="ignore"):
        return float(np.nanmax(np.abs(row))) if not np.all(np.isnan(row)) else 0.0


def _check(row: Array, placed: Placed) -> None:
    seen = row[~np.isnan(row)]
    name = placed.series.name
    if seen.size < FEWEST:
        raise RequestError.at(
            *placed.loc, msg=f"{name} has {seen.size} values, and {FEWEST} are needed to say anything; give more"
        )
    if np.ptp(seen) <= ROUNDING:
        raise RequestError.at(
            *placed.loc, msg=f"{name} does not vary, so that it tells nothing and nothing tells it; choose another"
        )


def _facts(row: Array, name: str) -> SeriesFacts:
    seen = row[~np.isnan(row)]
    kpss = kpss_statistic(seen) if seen.size >= FEWEST_FOR_KPSS else None
    return SeriesFacts(
        name=name,
        count=int(seen.size),
        missing=int(row.size - seen.size),
        is_stationary=None if kpss is None else kpss <= KPSS_CRITICAL,
        kpss=kpss,
    )


def _warnings(facts: Sequence[SeriesFacts], *, differencing: bool) -> list[str]:
    wandering = [fact.name for fact in facts if fact.is_stationary is False]
    warnings = []
    if wandering:
        way = "the changes still do" if differencing else "look at changes instead of values"
        wander = f"The level of {_listed(wandering)} wanders"
        if len(wandering) > 1:
            wander = f"The levels of {_listed(wandering)} wander"
        mislead = "two such series seem linked without being so" if len(facts) > 1 else "most of what it tells is that"
        warnings.append(f"{wander} (KPSS test at 5 %): {mislead}; {way}.")
    shortest = min(fact.count for fact in facts)
    if shortest < SHORT:
        warnings.append(
            f"{shortest} values are few: estimates scatter widely below {SHORT}, so look at the surrogates."
        )
    return warnings


def _listed(names: Sequence[str], most: int = 5) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def _distinct(names: Sequence[str]) -> list[str]:
    """Return the names with a number behind each that occurs more than once."""
    return [
        f"{name} {list(names[: at + 1]).count(name)}" if list(names).count(name) > 1 else name
        for at, name in enumerate(names)
    ]
