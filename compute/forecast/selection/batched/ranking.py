"""The search for the orders of many series: the rounds of `ranking.py` above, of all series together.

In each round all new neighbours of every series' best two models are estimated, in one batch for each size of model;
the rounds end when no series wants another. Then the finalists' likelihoods are maximised, first from where least
squares left them, then from several starts.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.forecast.selection.batched.catalogue import Catalogue
from compute.forecast.selection.batched.estimation import Estimates, Subject
from compute.forecast.selection.ranking import FEW_FINALISTS, FINALISTS, LONG, MAX_ROUNDS

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]

Told = Callable[[float], None]
"""Told the share of the search that is done; it is where a cancelled job stops."""


@dataclass(frozen=True)
class Finalists:
    """The best models of B series, J in all.

    Attributes
    ----------
    rows : (J,) the series of each
    specs : (J, 5) rows (p, q, P, Q, has_mean)
    estimates : of each
    tried : (B,) models tried of each series
    """

    rows: Numbers
    specs: Numbers
    estimates: Estimates
    tried: Numbers

    def at(self, places: Numbers) -> "Finalists":
        """Return some of them."""
        estimates = Estimates(self.estimates.coefficients[places], self.estimates.criterion[places])
        return Finalists(self.rows[places], self.specs[places], estimates, self.tried)


def choose_orders(subject: Subject, catalogue: Catalogue, most: Numbers, tell: Told) -> Finalists:
    """Return the finalists of each series, not refused, in no order.

    Parameters
    ----------
    most : (B, 5) largest (p, q, P, Q, has_mean) of each series
    """
    rounds = _run_rounds(subject, catalogue, most, tell)
    lengths = subject.lengths.cpu().numpy()
    is_short = lengths <= LONG
    wanted = np.where(is_short | (subject.largest.m > 1), FINALISTS, FEW_FINALISTS)
    found = rounds.at(_best(rounds, wanted))

    def watch(first: float, width: float) -> Callable[[int], None]:
        return lambda number: tell(first + width * number / (number + 20))

    here = subject.evaluate(found.rows, found.specs, found.estimates.coefficients)
    higher = subject.climb(found.rows, found.specs, here.coefficients, watch(0.4, 0.2))
    found = Finalists(found.rows, found.specs, _better(here, higher), found.tried)
    leaders = _best(found, np.where(is_short, FINALISTS, 1))
    wide = subject.search(found.rows[leaders], found.specs[leaders], watch(0.6, 0.3))
    led = found.at(leaders)
    better = _better(led.estimates, wide)
    found.estimates.coefficients[leaders] = better.coefficients
    found.estimates.criterion[leaders] = better.criterion
    return found.at(np.flatnonzero(np.isfinite(found.estimates.criterion)))


def _run_rounds(subject: Subject, catalogue: Catalogue, most: Numbers, tell: Told) -> Finalists:
    """Return every model tried."""
    lengths = subject.lengths.cpu().numpy()
    admitted = catalogue.admitted(most)
    known = np.full(admitted.shape, np.nan)
    wanted = catalogue.seeds(most, lengths)
    parts: list[tuple[Numbers, Numbers, Estimates]] = []
    for number in range(MAX_ROUNDS):
        rows, numbers = np.nonzero(wanted)
        if rows.size == 0:
            break

        def watch(_: int, number: int = number) -> None:
            tell(0.4 * number / MAX_ROUNDS)

        found = subject.rank(rows, catalogue.counts[numbers], watch)
        known[rows, numbers] = found.criterion
        parts.append((rows, numbers, found))
        values = np.where(np.isnan(known), np.inf, known)
        best = np.argpartition(values, min(1, values.shape[1] - 1), axis=1)[:, :2]
        is_there = np.isfinite(np.take_along_axis(values, best, axis=1))
        wanted = catalogue.around(best, is_there) & admitted & np.isnan(known)
    return Finalists(
        rows=np.concatenate([rows for rows, _, _ in parts]),
        specs=catalogue.counts[np.concatenate([numbers for _, numbers, _ in parts])],
        estimates=Estimates(
            np.concatenate([found.coefficients for _, _, found in parts]),
            np.concatenate([found.criterion for _, _, found in parts]),
        ),
        tried=np.count_nonzero(~np.isnan(known), axis=1),
    )


def _best(found: Finalists, count: NDArray[np.int64]) -> Numbers:
    """Return the places of the best models of each series, `count`, (B,), at most; refused ones left out."""
    criterion = found.estimates.criterion
    order = np.lexsort((criterion, found.rows))
    rows = found.rows[order]
    rank = np.arange(rows.size) - np.searchsorted(rows, rows)
    return order[(rank < count[rows]) & np.isfinite(criterion[order])]


def _better(one: Estimates, other: Estimates) -> Estimates:
    is_better = other.criterion < one.criterion
    return Estimates(
        np.where(is_better[:, None], other.coefficients, one.coefficients),
        np.where(is_better, other.criterion, one.criterion),
    )
