"""One source and one target over lags, whatever is known beside: mutual information and transfer entropy alike."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from compute.information.design import Design, History
from compute.information.encoding import standardise
from compute.information.estimators import Estimator, Link
from compute.information.estimators.gaussian import Gaussian
from compute.information.options import SurrogateName
from compute.information.scan import LagScan, Progress, scan_sources
from compute.information.surrogates import make_iaaft, make_orders

Array = NDArray[np.float64]

MOST_HELD = 4_000_000  # values of surrogates at one time: lags are taken together while there is room


@dataclass(frozen=True)
class Known:
    """A series and how many steps ago its values are known."""

    series: int
    steps_back: tuple[int, ...]


@dataclass(frozen=True)
class Question:
    """A source with its history, a target, the lags, and what is known of the target beside."""

    source: int
    target: int
    lags: tuple[int, ...]
    known: tuple[Known, ...] = ()
    history: History = field(default_factory=History)

    @property
    def all_steps(self) -> tuple[int, ...]:
        """How many steps ago the source is looked at, over all lags."""
        return tuple(sorted({step for lag in self.lags for step in self.history.steps_back(lag)}))

    def needed(self) -> list[tuple[int, tuple[int, ...]]]:
        """Return every series and how many steps ago its values are looked at."""
        return [
            (self.target, (0,)),
            (self.source, self.all_steps),
            *((each.series, each.steps_back) for each in self.known),
        ]


@dataclass(frozen=True)
class Encoded:
    """Series as the estimator looks at them, and standardised, (m, n) each."""

    raw: Array
    series: Array
    estimator: Estimator


@dataclass(frozen=True)
class Test:
    """How many surrogates of which kind, from which seed."""

    count: int
    kind: SurrogateName
    seed: int


def encode_all(estimator: Estimator, values: Array, seed: int) -> Encoded:
    """Return all series encoded; each has noise of its own."""
    encoded = np.stack([estimator.encode(row, seed + at) for at, row in enumerate(values)])
    return Encoded(np.stack([standardise(row) for row in values]), encoded, estimator)


@dataclass(frozen=True)
class Links:
    """A target and what is known of it, as the estimator asks about it and as the Gaussian closed form does."""

    chosen: Link
    linear: Link


def make_links(encoded: Encoded, question: Question, design: Design, theiler: int) -> Links:
    """Return the links of a question; they do not depend on its source or its lags."""
    window = design.window(theiler)
    chosen = encoded.estimator.link(*_fixed(encoded.series, question, design), window)
    return Links(chosen, Gaussian().link(*_fixed(encoded.raw, question, design), window))


def scan_pair(
    encoded: Encoded,
    question: Question,
    design: Design,
    links: Links,
    test: Test,
    progress: Progress,
    threads: int = 1,
) -> LagScan:
    """Return the information at each lag and that of its surrogates; how many `threads` share the work changes none."""
    pasts = [question.history.steps_back(lag) for lag in question.lags]
    own = np.stack([design.past(encoded.series[question.source], back) for back in pasts])
    links.chosen.prepare(own.shape[1], len(pasts) * (test.count + 1))
    local = scan_sources(links.chosen.each, own, progress, threads)
    linear = links.linear.means(np.stack([design.past(encoded.raw[question.source], back) for back in pasts]))
    surrogates = _Surrogates(encoded, question, design, test)
    at_once = max(1, MOST_HELD // max(1, test.count * question.history.length * design.rows.size))
    means = [
        scan_sources(links.chosen.means, surrogates.sources(pasts[first : first + at_once]), progress, threads)
        for first in range(0, len(pasts), at_once)
    ]
    reached = np.concatenate([np.empty(0), *(found for each in means for found in each)])
    return LagScan(question.lags, np.concatenate(local), reached.reshape(len(pasts), test.count), linear)


def _fixed(series: Array, question: Question, design: Design) -> tuple[Array, Array]:
    target = design.past(series[question.target], (0,))[0]
    known = [design.past(series[each.series], each.steps_back) for each in question.known]
    return target, np.concatenate(known) if known else np.empty((0, target.size))


class _Surrogates:
    """The surrogates of one source, the same at every lag."""

    def __init__(self, encoded: Encoded, question: Question, design: Design, test: Test) -> None:
        generator = np.random.default_rng([test.seed, question.source, question.target])
        self._source, self._design = encoded.series[question.source], design
        self._orders, self._series = None, None
        if test.kind == "iaaft":
            complete = _filled(encoded.raw[question.source])
            made = make_iaaft(complete, test.count, generator)
            self._series = [encoded.estimator.encode(row, test.seed + at) for at, row in enumerate(made)]
        else:
            reach = max(abs(lag) for lag in question.lags)
            self._orders = make_orders(test.kind, design.rows.size, test.count, reach, generator)

    def sources(self, pasts: Sequence[tuple[int, ...]]) -> Array:
        """Return every past of each surrogate, (pasts * s, dx, n), pasts one after another."""
        n = self._design.rows.size
        if self._orders is not None:
            rows = np.stack([self._design.past(self._source, back) for back in pasts])
            return rows[:, :, self._orders].transpose(0, 2, 1, 3).reshape(-1, len(pasts[0]), n)
        made = [self._design.past(series, back) for back in pasts for series in self._series or ()]
        return np.stack(made) if made else np.empty((0, len(pasts[0]), n))


def _filled(values: Array) -> Array:
    """Return a series with missing values on the line between their neighbours."""
    is_seen = ~np.isnan(values)
    places = np.arange(values.size)
    return np.interp(places, places[is_seen], values[is_seen])
