"""Which rows are foretold, and which may be learnt from: none that overlaps what is foretold."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.comparison.request import EstimatorsRequest
from compute.schema import RequestError

LEAST_TRAINING = 10  # periods; fewer say nothing of risk
LEAST_TEST = 2
Span = tuple[int, int]


@dataclass(frozen=True)
class Split:
    """One fold.

    Attributes
    ----------
    test : first row foretold, and the row after the last
    train : spans of rows learnt from
    """

    test: Span
    train: tuple[Span, ...]

    @property
    def rows(self) -> NDArray[np.int64]:
        """Rows learnt from, increasing."""
        return np.concatenate([np.arange(*span) for span in self.train])


def split_history(request: EstimatorsRequest, periods: int) -> list[Split]:
    """Return the folds of a history; RequestError where it is too short for them.

    `past`: the first stretch, a window or as long as two folds, is only learnt from, the rest is cut into folds.
    `both_sides`: purged k-fold cross-validation with an embargo (Lopez de Prado 2018, 7.4).
    """
    first = _first_test(request, periods) if request.training == "past" else 0
    edges = np.linspace(first, periods, request.folds + 1).round().astype(int)
    splits = []
    for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        before = (
            0 if request.window is None else max(0, start - request.purge - request.window),
            start - request.purge,
        )
        after = (end + request.purge + request.embargo, periods)
        spans = [before] if request.training == "past" else [(0, start - request.purge), after]
        splits.append(Split((start, end), tuple((low, high) for low, high in spans if high > low)))
    least = min(sum(high - low for low, high in split.train) for split in splits)
    shortest = min(end - start for start, end in (split.test for split in splits))
    if least < LEAST_TRAINING or shortest < LEAST_TEST:
        msg = (
            f"{request.folds} folds of {periods} periods leave {least} to learn from and {shortest} to foretell; ask "
            f"for fewer folds, less purge or embargo, or give a longer history"
        )
        raise RequestError.at("folds", msg=msg)
    return splits


def _first_test(request: EstimatorsRequest, periods: int) -> int:
    if request.window is None:
        return request.purge + 2 * periods // (request.folds + 2)
    if request.window + request.purge + LEAST_TEST * request.folds > periods:
        msg = (
            f"a window of {request.window} and a purge of {request.purge} leave too few of {periods} periods for "
            f"{request.folds} folds; shorten them"
        )
        raise RequestError.at("window", msg=msg)
    return request.window + request.purge
