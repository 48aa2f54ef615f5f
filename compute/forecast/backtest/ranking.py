"""From the entries of a comparison to its order: common folds, losses, the winner and what cannot be told from it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from compute.forecast.accuracy import FoldPlan
from compute.forecast.backtest.comparison import Verdict, compare_losses
from compute.forecast.backtest.entry import Entry
from compute.forecast.metrics import Held

ENOUGH_FOLDS = 0.5  # share of the folds a model must forecast to be ranked: the others are left out for all


@dataclass(frozen=True)
class Ranking:
    """The order of the entries on the folds all ranked ones share.

    Attributes
    ----------
    origins : those folds
    order : indices of ranked entries, the least loss first
    losses : mean loss per fold, (folds,), of each entry in `order`
    verdicts : of each entry in `order` against the first
    metric : `mase` or `mae`
    """

    origins: tuple[int, ...]
    order: tuple[int, ...]
    losses: tuple[tuple[float, ...], ...]
    verdicts: tuple[Verdict, ...]
    metric: str

    @property
    def wins(self) -> tuple[int, ...]:
        """Folds in which each entry in `order` lost least; a tie counts for the one ranked higher."""
        if not self.order:
            return ()
        best = np.argmin(np.array(self.losses), axis=0)
        return tuple(int(np.count_nonzero(best == place)) for place in range(len(self.order)))


def rank(entries: Sequence[Entry], plan: FoldPlan) -> Ranking:
    """Return the ranking of the entries that could forecast at least half of the planned folds."""
    needed = max(1, int(np.ceil(ENOUGH_FOLDS * len(plan.origins))))
    ranked = [i for i, entry in enumerate(entries) if len(entry.origins) >= needed]
    origins = tuple(o for o in plan.origins if ranked and all(o in entries[i].origins for i in ranked))
    if not origins:
        return Ranking((), (), (), (), "mase")
    folds = {i: entries[i].held(origins) for i in ranked}
    is_scaled = all(np.isfinite(fold.scale) for fold in folds[ranked[0]])
    losses = {i: tuple(_loss(fold, is_scaled) for fold in folds[i]) for i in ranked}
    weights = [np.count_nonzero(~np.isnan(fold.actual)) for fold in folds[ranked[0]]]
    order = sorted(ranked, key=lambda i: float(np.average(losses[i], weights=weights)))
    overlap = _overlap(origins, plan.steps)
    return Ranking(
        origins=origins,
        order=tuple(order),
        losses=tuple(losses[i] for i in order),
        verdicts=tuple(compare_losses(losses[order[0]], losses[i], overlap) for i in order),
        metric="mase" if is_scaled else "mae",
    )


def _loss(fold: Held, is_scaled: bool) -> float:
    """Return the mean absolute error of a fold, in units of the seasonal change before it where that is known."""
    errors = np.abs(fold.actual - fold.forecast)
    return float(np.nanmean(errors)) / (fold.scale if is_scaled else 1.0)


def _overlap(origins: Sequence[int], steps: int) -> int:
    """Return how many folds after one still hold out some of its values."""
    if len(origins) < 2:
        return 0
    return max(-(-steps // int(np.min(np.diff(origins)))) - 1, 0)
