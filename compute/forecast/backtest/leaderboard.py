"""Writes a comparison as a result: a row per model, the folds' forecasts, and what the first place is worth."""

from collections.abc import Sequence

import numpy as np

from compute.forecast.accuracy import FoldPlan
from compute.forecast.answer import describe_width, instants, name_method, optional, write_bands, write_calibration
from compute.forecast.backtest.comparison import Verdict
from compute.forecast.backtest.entry import Entry, name_of
from compute.forecast.backtest.ranking import Ranking
from compute.forecast.backtest.request import BacktestRequest
from compute.forecast.backtest.result import BacktestResult, Comparison, FoldForecast, LeaderboardRow, Winner
from compute.forecast.metrics import measure
from compute.forecast.naive import SeasonalNaive
from compute.forecast.outlook import Outlook
from compute.forecast.preparation import PreparedSeries

LONGEST_NAME = 40  # letters that a name may have within a sentence


def write_leaderboard(
    request: BacktestRequest,
    name: str,
    prepared: PreparedSeries,
    entries: Sequence[Entry],
    ranking: Ranking,
    plan: FoldPlan,
) -> BacktestResult:
    """Return the result: ranked rows first, then those that could not be measured, then those that failed."""
    ranked = [_row(request, prepared, entries[i], ranking, place, plan) for place, i in enumerate(ranking.order)]
    others = [i for i in range(len(entries)) if i not in ranking.order]
    others.sort(key=lambda i: entries[i].outlook is None)
    rows = (*ranked, *(_row(request, prepared, entries[i], ranking, None, plan) for i in others))
    return BacktestResult(
        name=name,
        season_length=prepared.season_length,
        frequency=prepared.frequency.iso if prepared.frequency else None,
        history_timestamps=instants(prepared.timestamps),
        history=optional(prepared.values),
        timestamps=instants(prepared.future),
        horizon=request.horizon,
        steps=plan.steps,
        origins=ranking.origins,
        ranked_by=ranking.metric,
        rows=rows,
        winner=_winner(rows, ranking),
        notes=(*prepared.notes, *_remarks(request, ranking, plan)),
    )


def _row(
    request: BacktestRequest,
    prepared: PreparedSeries,
    entry: Entry,
    ranking: Ranking,
    place: int | None,
    plan: FoldPlan,
) -> LeaderboardRow:
    outlook = entry.outlook
    held = entry.held(ranking.origins) if place is not None else []
    accuracy = measure(held).model_dump(exclude={"reason"}) if held else {"folds": 0}
    is_measured = place is not None
    return LeaderboardRow(
        **accuracy,
        reason=None if is_measured else entry.reason or _too_few(entry, plan),
        rank=place + 1 if place is not None else None,
        model=entry.model,
        kind=entry.model.kind,
        description=outlook.fit.summary.description if outlook else name_of(entry.model),
        is_baseline=isinstance(entry.model, SeasonalNaive),
        fit_ms=None if entry.fit_s is None else 1e3 * entry.fit_s,
        wins=ranking.wins[place] if place is not None else 0,
        comparison=_comparison(ranking.verdicts[place]) if place else None,
        mean=optional(outlook.prediction.mean) if outlook else (),
        intervals=write_bands(outlook.bands) if outlook else (),
        intervals_method=name_method(request.intervals, outlook) if outlook else "none",
        calibration=write_calibration(outlook) if outlook else None,
        fold_forecasts=_folds(prepared, outlook) if outlook else (),
        notes=(*outlook.fit.notes, *outlook.reasons, *describe_width(outlook)) if outlook else (),
    )


def _folds(prepared: PreparedSeries, outlook: Outlook) -> tuple[FoldForecast, ...]:
    times = prepared.timestamps
    return tuple(
        FoldForecast(
            origin=fold.origin,
            timestamps=None if times is None else instants(times[fold.origin : fold.origin + fold.actual.size]),
            mean=optional(held.forecast),
            intervals=write_bands(held.bands),
            actual=optional(held.actual),
        )
        for fold, held in zip(outlook.rehearsal.folds, outlook.rehearsal.held, strict=True)
    )


def _comparison(verdict: Verdict) -> Comparison:
    is_known = bool(np.isfinite(verdict.p_value))
    return Comparison(
        probability_worse=1 - verdict.p_value if is_known else None,
        p_value=verdict.p_value if is_known else None,
        is_distinguishable=verdict.is_worse,
    )


def _winner(rows: Sequence[LeaderboardRow], ranking: Ranking) -> Winner | None:
    if not ranking.order:
        return None
    runner_up = 1 if len(ranking.order) > 1 else None
    close = tuple(place for place, verdict in enumerate(ranking.verdicts) if place and not verdict.is_worse)
    probability = None
    if runner_up is not None and np.isfinite(ranking.verdicts[1].p_value):
        probability = 1 - ranking.verdicts[1].p_value
    return Winner(
        row=0,
        runner_up=runner_up,
        probability_better=probability,
        indistinguishable=close,
        sentence=_sentence(rows, ranking, close, probability),
    )


def _sentence(rows: Sequence[LeaderboardRow], ranking: Ranking, close: Sequence[int], probability: float | None) -> str:
    first = rows[0]
    value = first.mase if ranking.metric == "mase" else first.mae
    folds = len(ranking.origins)
    said = f"{_called(first)} errs least: {ranking.metric.upper()} {value:.3g} over {folds} fold{'s' * (folds > 1)}."
    if len(ranking.order) == 1:
        return f"{said} No other model could be measured."
    if probability is None:
        return f"{said} A single fold does not tell luck from skill."
    said += f" It is better than the runner-up, {_called(rows[1])}, with probability {100 * probability:.0f} %"
    if not close:
        return f"{said}, and clearly better than every other model."
    names = ", ".join(_called(rows[place]) for place in close)
    return f"{said}. Not clearly worse: {names}."


def _called(row: LeaderboardRow) -> str:
    """Return what the model was fitted as, or only its kind where that is a list of several."""
    return row.description if len(row.description) <= LONGEST_NAME else name_of(row.model)


def _too_few(entry: Entry, plan: FoldPlan) -> str:
    if not plan.origins:
        return "the series is too short to hold anything out and still fit a model to at least half"
    return f"only {len(entry.origins)} of {len(plan.origins)} folds were long enough for this model"


def _remarks(request: BacktestRequest, ranking: Ranking, plan: FoldPlan) -> list[str]:
    remarks = []
    if plan.origins and len(plan.origins) < request.folds:
        remarks.append(
            f"{len(plan.origins)} of {request.folds} folds fit into the series: each learns from at least half of it."
        )
    if ranking.origins and len(ranking.origins) < len(plan.origins):
        remarks.append(f"Models are ranked on the {len(ranking.origins)} folds that all ranked ones could forecast.")
    if plan.steps < request.horizon:
        remarks.append(f"Folds hold out {plan.steps} steps, not {request.horizon}: a quarter of the series at most.")
    if ranking.metric == "mae":
        remarks.append("The series has no seasonal change to scale errors by: models are ranked by MAE.")
    return remarks
