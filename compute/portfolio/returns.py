"""From tables of prices or returns to the simple returns that everything else is computed from.

What cannot be used is refused here, by asset, row and rule; what a reader must know goes into notes.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.assets import MAX_ASSETS, History, Missing, Values
from compute.portfolio.periods import periods_per_year
from compute.schema import Location, RequestError

Array = NDArray[np.float64]

MIN_PERIODS = 2  # returns; a variance needs two
JUMP = 1.0  # a return above it is more often a split than a gain
MAX_RETURN = 1e6  # of one period; beyond it squares and products leave the numbers
NAMED = 5  # assets that a sentence names before it counts the rest


@dataclass(frozen=True)
class AssetReturns:
    """Simple returns, ready to compute with.

    Attributes
    ----------
    names : (n,)
    returns : float64 (T, n) as fractions; NaN only where `missing` is "pairwise"
    timestamps : datetime64[ns] (T,) of the end of each period, or None
    periods_per_year : what they are annualised with
    notes : what was found and decided on the way
    """

    names: tuple[str, ...]
    returns: Array
    timestamps: NDArray[np.datetime64] | None
    periods_per_year: float
    notes: tuple[str, ...] = ()

    @property
    def complete(self) -> Array:
        """The rows in which every asset has a return, (T', n)."""
        return self.returns[~np.isnan(self.returns).any(axis=1)]


def prepare_returns(
    values: Values, history: History, loc: Location = ("assets",), *, min_assets: int = 2
) -> AssetReturns:
    """Return the simple returns of `values`, with gaps treated as `history.missing` says.

    Raises RequestError at `loc` or the field below it: fewer than `min_assets` assets, prices of 0 and below, returns
    below -1 or beyond all numbers, assets with fewer than three prices, no two common rows, times that repeat.
    """
    _check_shape(values, loc, min_assets)
    kind = _kind_of(values)
    ordered, notes = _in_order(values, loc)
    _check_values(ordered, kind, loc)
    if kind == "prices":
        table, times, said = _from_prices(ordered, history.missing, loc)
    else:
        table, times, said = _from_returns(ordered, history.missing, loc)
    notes += said
    if values.kind == "auto":
        notes.append(f"The values were taken for {kind}.")
    _refuse_overflow(values.names, table, loc)
    count, reason = periods_per_year(ordered.timestamps)
    if history.periods_per_year is None:
        notes.append(f"Annualised with {reason}.")
    else:
        count = history.periods_per_year
    notes += _peculiarities(values.names, table)
    return AssetReturns(values.names, table, times, count, tuple(notes))


def named(names: list[str]) -> str:
    """Return a few names in words, the rest counted."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _check_shape(values: Values, loc: Location, min_assets: int) -> None:
    n = len(values.names)
    if n < min_assets:
        only = f"{values.names[0]} is the only asset" if n else "there is no asset"
        raise RequestError.at(*loc, msg=f"{only}; name at least {min_assets} to choose between")
    if n > MAX_ASSETS:
        raise RequestError.at(*loc, msg=f"{n} assets exceed the {MAX_ASSETS} of one portfolio; name fewer columns")


def _kind_of(values: Values) -> str:
    if values.kind != "auto":
        return values.kind
    seen = values.values[~np.isnan(values.values)]
    return "returns" if seen.size and (seen < 0).any() and (np.abs(seen) < 1).all() else "prices"


def _in_order(values: Values, loc: Location) -> tuple[Values, list[str]]:
    times = values.timestamps
    if times is None:
        return values, []
    order = np.argsort(times, kind="stable")
    ordered = replace(values, values=values.values[order], timestamps=times[order])
    again = np.flatnonzero(ordered.timestamps[1:] == ordered.timestamps[:-1])  # type: ignore[index]
    if again.size:
        when = str(times[order][again[0]])[:19]
        msg = f"the time {when} occurs more than once; give each row a time of its own"
        raise RequestError.at(*loc, "timestamps", msg=msg)
    return ordered, ["The rows were sorted by time."] if np.any(np.diff(order) < 0) else []


def _check_values(values: Values, kind: str, loc: Location) -> None:
    table = values.values
    bad = table <= 0 if kind == "prices" else table < -1
    if bad.any():
        row, at = (int(index) for index in np.argwhere(bad)[0])
        where = _where(values, row)
        if kind == "prices":
            rule = "prices must be above 0; correct it, leave it empty, or give returns instead"
        else:
            rule = "a return below -1 loses more than everything; give fractions (0.01 is 1 %), or prices"
        raise RequestError.at(
            *loc, *_place(kind, values, at), msg=f"{values.names[at]} is {table[row, at]:g} {where}: {rule}"
        )
    counts = (~np.isnan(table)).sum(axis=0)
    needed = MIN_PERIODS + (kind == "prices")
    short = [f"{name} has {count}" for name, count in zip(values.names, counts, strict=True) if count < needed]
    if short:
        msg = f"too few {kind}: {named(short)}; each asset needs at least {needed}, leave it out or give more"
        first = int(np.argmax(counts < needed))
        raise RequestError.at(*loc, *_place(kind, values, first), msg=msg)


def _place(kind: str, values: Values, at: int) -> Location:
    """Return the field that holds an asset: of a dataset its list of columns."""
    return ("columns",) if values.kind == "auto" else (kind, values.names[at])


def _where(values: Values, row: int) -> str:
    return f"in row {row + 1}" if values.timestamps is None else f"on {str(values.timestamps[row])[:10]}"


def _from_prices(
    values: Values, missing: Missing, loc: Location
) -> tuple[Array, NDArray[np.datetime64] | None, list[str]]:
    prices, times = values.values, values.timestamps
    notes: list[str] = []
    if missing == "pairwise":
        made = prices[1:] / prices[:-1] - 1  # a change over a gap is no change of one period, and is left out
        return made, None if times is None else times[1:], _gap_note(values)
    if missing == "fill":
        prices, times, notes = _filled(values, _carried(prices), "Gaps were filled with the price before.")
    else:
        prices, times, notes = _common(values)
    if len(prices) < MIN_PERIODS + 1:
        raise _too_few(len(prices), "prices", values, missing, loc)
    return prices[1:] / prices[:-1] - 1, None if times is None else times[1:], notes


def _from_returns(
    values: Values, missing: Missing, loc: Location
) -> tuple[Array, NDArray[np.datetime64] | None, list[str]]:
    if missing == "pairwise":
        return values.values, values.timestamps, _gap_note(values)
    if missing == "fill":
        known = np.where(np.isnan(values.values), 0.0, values.values)
        table, times, notes = _filled(values, known, "Gaps were filled with a return of 0.")
    else:
        table, times, notes = _common(values)
    if len(table) < MIN_PERIODS:
        raise _too_few(len(table), "returns", values, missing, loc)
    return table, times, notes


def _common(values: Values) -> tuple[Array, NDArray[np.datetime64] | None, list[str]]:
    kept = ~np.isnan(values.values).any(axis=1)
    lost = int((~kept).sum())
    notes = [f"{lost} of {kept.size} rows lack a value and were left out ({_shortest(values)})."] if lost else []
    return values.values[kept], None if values.timestamps is None else values.timestamps[kept], notes


def _filled(values: Values, filled: Array, sentence: str) -> tuple[Array, NDArray[np.datetime64] | None, list[str]]:
    """Return the rows in which every asset is alive: from the latest first value to the earliest last one."""
    seen = ~np.isnan(values.values)
    first = int(seen.argmax(axis=0).max())
    last = int((len(seen) - seen[::-1].argmax(axis=0)).min())
    kept = slice(first, max(first, last))
    holes = int((~seen[kept]).sum())
    cut = len(seen) - max(0, last - first)
    notes = [f"{sentence} ({holes} values)"] if holes else []
    if cut:
        notes.append(
            f"{cut} rows before the first or after the last value of some asset were left out ({_shortest(values)})."
        )
    return filled[kept], None if values.timestamps is None else values.timestamps[kept], notes


def _carried(table: Array) -> Array:
    """Return the table with each gap filled by the value before it."""
    at = np.where(np.isnan(table), 0, np.arange(len(table))[:, None])
    return np.take_along_axis(table, np.maximum.accumulate(at, axis=0), axis=0)


def _gap_note(values: Values) -> list[str]:
    holes = int(np.isnan(values.values).sum())
    return [f"{holes} values are missing; each pair of assets counts over the rows both have."] if holes else []


def _shortest(values: Values) -> str:
    counts = (~np.isnan(values.values)).sum(axis=0)
    at = int(counts.argmin())
    return f"the shortest history is {values.names[at]}'s, {counts[at]} values"


def _too_few(count: int, what: str, values: Values, missing: Missing, loc: Location) -> RequestError:
    way = "choose fill or pairwise for missing values, or leave it out" if missing == "common" else "leave it out"
    msg = f"only {count} rows of {what} are common to all assets, too few; {_shortest(values)}: {way}"
    return RequestError.at(*loc, msg=msg)


def _refuse_overflow(names: tuple[str, ...], table: Array, loc: Location) -> None:
    largest = np.nanmax(np.abs(table), axis=0)
    if not float(largest.max()) < MAX_RETURN:
        name, most = names[int(largest.argmax())], float(largest.max())
        msg = f"{name} returns up to {most:.3g} in one period, which no asset does; check its values"
        raise RequestError.at(*loc, msg=msg)


def _peculiarities(names: tuple[str, ...], table: Array) -> list[str]:
    """Return what a reader must know of single assets: constant, equal to another, jumping; and of T against n."""
    notes = []
    spread = np.nanmax(table, axis=0) - np.nanmin(table, axis=0)
    constant = [name for name, width in zip(names, spread, strict=True) if width == 0]
    if constant:
        notes.append(f"Constant, and so without risk in this history: {named(constant)}.")
    twins = _twins(names, table)
    if twins:
        notes.append(f"The same returns: {named(twins)}; any split between them has the same risk.")
    jumps = [name for name, top in zip(names, np.nanmax(table, axis=0), strict=True) if top > JUMP]
    if jumps:
        notes.append(
            f"More than doubled within one period, which may be a split that was not adjusted for: {named(jumps)}."
        )
    if len(table) <= len(names):
        notes.append(
            f"{len(table)} periods for {len(names)} assets: a sample covariance of them is singular; Ledoit-Wolf, "
            "OAS or a factor covariance is not."
        )
    return notes


def _twins(names: tuple[str, ...], table: Array) -> list[str]:
    seen: dict[bytes, str] = {}
    twins = []
    for name, column in zip(names, table.T, strict=True):
        key = np.ascontiguousarray(column).tobytes()
        if key in seen:
            twins.append(f"{seen[key]} and {name}")
        seen.setdefault(key, name)
    return twins
