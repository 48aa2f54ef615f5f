"""The model that erred least at rolling origins of the series, and what the others lost."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from compute.forecast.backtest.comparison import compare_losses
from compute.forecast.combination.members import Member, fit_members, suit
from compute.forecast.combination.mixture import fit_median
from compute.forecast.combination.rolling import Losses, roll
from compute.forecast.ensemble import DEFAULT_CANDIDATES, Best
from compute.forecast.prediction import Fit
from compute.forecast.progress import portion
from compute.forecast.setting import Setting
from compute.job import Report

Array = NDArray[np.float64]

NEAR_TIE = 1.01  # a loss within 1 % of the least is luck: the simpler model wins
CLEARLY_LESS = 0.7  # of the median's loss: on ends held out of M3 and M4 weekly, limits of 0.6 to 0.9 lost to neither
ENOUGH_TO_HEDGE = 3  # models: the median of two is their mean, which one bad forecast spoils


def fit_best(model: Best, values: Array, season_length: int, report: Report, setting: Setting) -> Fit:
    """Return the fit of the candidate with the least mean loss; near ties go to the one with fewer parameters.

    Hedged, it is that of their median unless that candidate lost clearly less.

    Raises RequestError where no candidate can be fitted to `values`, (n,).
    """
    candidates, notes = suit(model.candidates, DEFAULT_CANDIDATES, season_length)
    roster = fit_members(candidates, values, season_length, setting, portion(report, 0.0, 0.3))
    losses = roll(roster.members, values, season_length, setting, portion(report, 0.3, 1.0))
    is_hedged = model.hedged and len(roster.members) >= ENOUGH_TO_HEDGE
    chosen, reason = _choose(roster.members, losses, is_hedged)
    fit = chosen.fit if chosen is not None else fit_median(roster, values, season_length, setting)
    told = fit.notes if chosen is None else (*fit.notes, *roster.notes)  # the median tells those of the roster
    return replace(
        fit,
        summary=fit.summary.model_copy(update={"kind": "best", "description": f"Best: {fit.summary.description}"}),
        coefficients=np.zeros(0),
        notes=(*notes, *told, reason),
    )


def _choose(members: tuple[Member, ...], losses: Losses, is_hedged: bool) -> tuple[Member | None, str]:
    """Return the chosen member, None for the median of all, and the sentence that tells why."""
    measured = [i for i in range(len(members)) if not np.isnan(losses.table[i]).any() and losses.origins]
    if not measured and is_hedged:
        return None, "The series is too short to compare models on: the median of all is the cautious choice."
    if not measured:
        simplest = min(members, key=_size)
        return simplest, f"The series is too short to compare models on: {simplest.name} is the simplest."
    means = {i: float(losses.table[i].mean()) for i in measured}
    least = min(means.values())
    near = [i for i in measured if means[i] <= NEAR_TIE * least]
    winner = min(near, key=lambda i: _size(members[i]))
    others = sorted((i for i in measured if i != winner), key=lambda i: means[i])
    board = ", ".join(f"{members[i].name} {means[i]:.3g}" for i in (winner, *others))
    unit = "MASE" if losses.is_scaled else "mean absolute error"
    folds = f"{len(losses.origins)} folds of {losses.steps} steps"
    together = float(np.mean(losses.together))
    if is_hedged and not means[winner] < CLEARLY_LESS * together:
        said = f"No model erred clearly less than their median, whose {unit} over {folds} is {together:.3g}: {board}."
        return None, said
    return members[winner], f"Chosen by {unit} over {folds}: {board}." + _how_sure(members, losses, winner, others)


def _how_sure(members: tuple[Member, ...], losses: Losses, winner: int, others: list[int]) -> str:
    if not others or len(losses.origins) < 2:
        return ""
    overlap = max(-(-losses.steps // int(np.diff(losses.origins).min())) - 1, 0)
    verdict = compare_losses(losses.table[winner].tolist(), losses.table[others[0]].tolist(), overlap)
    probability = 100 * (1 - verdict.p_value)
    return f" It is better than {members[others[0]].name} with probability {probability:.0f} %."


def _size(member: Member) -> int:
    return len(member.fit.summary.parameters)
