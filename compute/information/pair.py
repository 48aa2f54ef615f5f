"""One source and one target over lags, whatever is known beside: mutual information and transfer entropy alike."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from compute.information.design import Design, History
from compute.information.estimators import Estimator, Link
from compute.information.estimators.gaussian import Gaussian
from compute.information.options import SurrogateName
from compute.information.scan import LagScan, Progress, scan_surrogates
from compute.information.surrogates import make_iaaft, make_orders

Array = NDArray[np.float64]


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
    """Series as the estimator looks at them, and as they were, (m, n) each, with what surrogates need."""

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
    return Encoded(values, encoded, estimator)


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
    encoded: Encoded, question: Question, design: Design, links: Links, test: Test, progress: Progress
) -> LagScan:
    """Return the information at each lag and that of its surrogates."""
    local, means, linear = [], [], []
    surrogates = _Surrogates(encoded, question, design, test)
    for lag in question.lags:
        back = question.history.steps_back(lag)
        local.append(links.chosen.local(design.past(encoded.series[question.source], back)))
        progress(1)
        means.append(scan_surrogates(links.chosen, surrogates.sources(back), progress))
        linear.append(float(links.linear.means(design.past(encoded.raw[question.source], back)[None])[0]))
    return LagScan(question.lags, np.stack(local), np.stack(means), np.array(linear))


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

    def sources(self, back: Sequence[int]) -> Array:
        """Return the past of each surrogate, (s, dx, n)."""
        if self._orders is not None:
            rows = self._design.past(self._source, back)
            return np.ascontiguousarray(rows[:, self._orders].transpose(1, 0, 2))
        made = [self._design.past(series, back) for series in self._series or ()]
        return np.stack(made) if made else np.empty((0, len(back), self._design.rows.size))


def _filled(values: Array) -> Array:
    """Return a series with missing values on the line between their neighbours."""
    is_seen = ~np.isnan(values)
    places = np.arange(values.size)
    return np.interp(places, places[is_seen], values[is_seen])
