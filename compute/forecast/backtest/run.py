"""The front door of comparing models: from a request and a series to a leaderboard with its forecasts."""

from dataclasses import replace

from compute.forecast.accuracy import FoldPlan, plan_folds
from compute.forecast.backtest.entry import Clock, enter
from compute.forecast.backtest.leaderboard import write_leaderboard
from compute.forecast.backtest.ranking import rank
from compute.forecast.backtest.request import BacktestRequest
from compute.forecast.backtest.result import BacktestResult
from compute.forecast.cleaning import Cleaning, clean_history, write_replacements
from compute.forecast.naive import SeasonalNaive
from compute.forecast.outlook import Subject
from compute.forecast.preparation import prepare_series
from compute.forecast.progress import portion, rising
from compute.job import Report
from compute.schema import RequestError
from compute.series import Series

MAX_NUMBERS = 4_000_000  # in the folds' forecasts: about 80 MB as JSON


def backtest(
    request: BacktestRequest, series: Series, report: Report, clock: Clock, device: str = "cpu"
) -> BacktestResult:
    """Return the leaderboard of the request's models, and of the seasonal naive, on folds of `series`.

    Every model forecasts from the same origins; one that fails becomes a row with its reason. `clock` measures the fits
    and nothing else.

    Raises RequestError, at the field that would help, where the series cannot be forecast by any model.
    """
    report = rising(report)
    report(0.0, "Preparing the series")
    prepared = prepare_series(request, series)
    plan = plan_folds(prepared.values.size, request.horizon, request.folds, request.step)
    models = request.models if SeasonalNaive() in request.models else (*request.models, SeasonalNaive())
    _check_size(request, plan, len(models))
    cleaning: Cleaning | None = None
    remarks: tuple[str, ...] = ()
    if request.clean_outliers:
        cleaning, remarks = clean_history(prepared, portion(report, 0.0, 0.02))
    values = cleaning.cleaned if cleaning else prepared.values
    subject = Subject(values, prepared.season_length, plan, device, cleaning=cleaning)
    entries = [
        enter(request, model, subject, portion(report, 0.02 + 0.95 * i / n, 0.02 + 0.95 * (i + 1) / n), clock)
        for n in (len(models),)
        for i, model in enumerate(models)
    ]
    told = replace(prepared, notes=(*prepared.notes, *remarks))
    result = write_leaderboard(request, series.name, told, entries, rank(entries, plan), plan)
    if cleaning is not None:
        result = result.model_copy(update={"replaced": write_replacements(cleaning, prepared)})
    report(1.0, "Done")
    return result


def _check_size(request: BacktestRequest, plan: FoldPlan, n_models: int) -> None:
    numbers = n_models * len(plan.origins) * plan.steps * (2 + 2 * len(request.levels))
    if numbers > MAX_NUMBERS:
        raise RequestError.at(
            "folds",
            msg=f"{len(plan.origins)} folds of {plan.steps} steps by {n_models} models are {numbers} numbers, more "
            f"than {MAX_NUMBERS}; take fewer folds, fewer models or a shorter horizon",
        )
