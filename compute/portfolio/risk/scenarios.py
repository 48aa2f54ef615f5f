"""What a portfolio would lose: in its worst stretches, in named crises and shocks, and if all moved as one, as told."""

import numpy as np
from numpy.typing import NDArray

from compute.portfolio.risk.account import times_of
from compute.portfolio.risk.contributions import Book
from compute.portfolio.risk.crises import passages
from compute.portfolio.risk.held import Held
from compute.portfolio.risk.request import Shock
from compute.portfolio.risk.result import CorrelationStress, CrisisLoss, ShockLoss, StressWindow
from compute.portfolio.risk.stress import spread_shock, volatility_at_correlation, worst_windows
from compute.portfolio.risk.tails import compound_windows, gaussian_tail

Array = NDArray[np.float64]

STRETCHES = (1, 5, 10, 21, 63, 126, 252)  # periods whose worst stretch is told: a day to a year of trading days
CORRELATION_STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)


def worst_stretches(held: Held, value: float) -> tuple[StressWindow, ...]:
    """Return the worst stretch of each length; `value` of the portfolio, in money."""
    made = []
    times = times_of(held.assets.timestamps)
    for length in STRETCHES:
        for window in worst_windows(held.earned, length):
            benchmark = None
            if held.benchmark is not None:
                benchmark = float(compound_windows(held.benchmark[window.first : window.last + 1], length)[0])
            made.append(
                StressWindow(
                    periods=length,
                    start=times[window.first] if times else None,
                    end=times[window.last] if times else None,
                    portfolio_return=window.portfolio_return,
                    amount=window.portfolio_return * value,
                    benchmark_return=benchmark,
                )
            )
    return tuple(made)


def crises_of(held: Held, value: float) -> tuple[CrisisLoss, ...]:
    """Return what the crises that the history covers would have done."""
    times = times_of(held.assets.timestamps)
    made = []
    for passage in passages(held.earned, held.assets.timestamps):
        assert times is not None, "crises are found by their times"
        window = slice(passage.first, passage.last + 1)
        length = passage.last - passage.first + 1
        made.append(
            CrisisLoss(
                name=passage.crisis.name,
                start=times[passage.first],
                end=times[passage.last],
                periods=length,
                portfolio_return=passage.portfolio_return,
                amount=passage.portfolio_return * value,
                max_drawdown=passage.max_drawdown,
                benchmark_return=None
                if held.benchmark is None
                else float(compound_windows(held.benchmark[window], length)[0]),
            )
        )
    return tuple(made)


def shock_of(shock: Shock, held: Book, value: float) -> ShockLoss:
    """Return what a shock would do."""
    names = held.names
    known = {names.index(name): move for name, move in shock.moves.items()}
    moves = np.zeros(len(names))
    moves[list(known)] = list(known.values())
    if shock.spreads:
        moves = spread_shock(known, held.covariance)
    made = float(held.weights @ moves)
    shown = [at for at in range(len(names)) if held.weights[at] != 0 or at in known]
    return ShockLoss(
        name=shock.name,
        portfolio_return=made,
        amount=made * value,
        moves={names[at]: float(moves[at]) for at in shown},
    )


def as_one(held: Book, confidence: float, ahead: float) -> tuple[CorrelationStress, ...]:
    """Return the risk over `ahead` periods if all correlations moved some way to 1."""
    year, mean = held.year, held.mean
    made = []
    for share in CORRELATION_STEPS:
        deviation = volatility_at_correlation(held.weights, held.covariance, share)
        var = gaussian_tail(mean * ahead, deviation * float(np.sqrt(ahead)), confidence).var
        made.append(CorrelationStress(share=share, volatility=deviation * float(np.sqrt(year)), var=var))
    return tuple(made)
