"""Networks for many series at once: one that learns from all of them, or a few for each trained in a single batch."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from compute.device import choose_device
from compute.forecast.neural.estimation import warn_of_shortness, why_not
from compute.forecast.neural.fits import Fitting, Known, stay_naive
from compute.forecast.neural.learning import learn_each, learn_together
from compute.forecast.neural.planning import choose_dropout, held_back, plan_shape
from compute.forecast.neural.recall import recall
from compute.forecast.neural.track import Track, make_track
from compute.forecast.prediction import Fit
from compute.forecast.progress import portion
from compute.forecast.recurrent import Gru, Lstm
from compute.forecast.setting import Setting
from compute.job import Report, ignore_progress

Array = NDArray[np.float64]

ENOUGH_TO_SHARE = 8  # series; fewer teach a shared network little of each other
RECENT = (
    48  # one-step predictions of each series, for the width of its errors; all of them would cost more than training
)
AT_ONCE = 64  # series that are followed together, so that progress is reported in between


def fit_many(
    model: Lstm | Gru,
    series: Sequence[Array],
    season: int,
    report: Report,
    setting: Setting,
    is_shared: bool | None = None,
) -> list[Fit]:
    """Return a fit for each of `series`, (n_i,) each, NaN where missing but not at either end.

    One network learns from all series where there are enough of them, else each has its own, all of one shape: that
    which suits their median length. Series that no network can learn from get the naive forecast and a note.

    Parameters
    ----------
    is_shared : whether one network learns from all; None decides by their number
    """
    reasons = [why_not(values, season) for values in series]
    usable = [i for i, reason in enumerate(reasons) if reason is None]
    fits = {i: stay_naive(model, series[i], season, reason) for i, reason in enumerate(reasons) if reason is not None}
    if usable:
        together = len(usable) >= ENOUGH_TO_SHARE if is_shared is None else is_shared
        fit = _fit_together if together else _fit_each
        fits |= zip(usable, fit(model, [series[i] for i in usable], season, report, setting), strict=True)
    return [fits[i] for i in range(len(series))]


def _fit_together(
    model: Lstm | Gru, series: Sequence[Array], season: int, report: Report, setting: Setting
) -> list[Fit]:
    device = choose_device(setting.device)
    shape = plan_shape(model, season, setting.horizon, _median_length(series), is_shared=True)
    tracks = [make_track(values, season, held_back(values.size, shape.head, season)) for values in series]
    learned = recall(
        setting.networks,
        model,
        shape,
        series,
        setting.seed,
        device,
        lambda: learn_together(model, shape, tracks, portion(report, 0.0, 0.9), setting.seed, device),
    )
    dropout = choose_dropout(model, is_shared=True) if model.mc_dropout else 0.0
    fitting = Fitting(model, learned, setting.seed, device, dropout)
    fits: list[Fit] = []
    for start in range(0, len(series), AT_ONCE):
        report(0.9 + 0.1 * start / len(series), f"Forecasting {len(series)} series")
        chosen = slice(start, start + AT_ONCE)
        fits += _apply(fitting, tracks[chosen], series[chosen], setting.horizon)
    return fits


def _apply(fitting: Fitting, tracks: Sequence[Track], series: Sequence[Array], horizon: int) -> list[Fit]:
    """Return the fits of one network to several series, all windows of a kind in one batch."""
    begins = [max(0, values.size - RECENT) for values in series]
    recent = fitting.predict_one_step(tracks, begins, ignore_progress)
    paths = fitting.follow(tracks, horizon)
    fits = []
    for i, (track, values) in enumerate(zip(tracks, series, strict=True)):
        fitted = np.concatenate([np.full(begins[i], np.nan), recent[i]])
        fits.append(fitting.fit(track, values, Known(fitted, paths.of(i)), ignore_progress))
    return fits


def _fit_each(model: Lstm | Gru, series: Sequence[Array], season: int, report: Report, setting: Setting) -> list[Fit]:
    device = choose_device(setting.device)
    shape = plan_shape(model, season, setting.horizon, _median_length(series), is_shared=False)
    tracks = [make_track(values, season, held_back(values.size, shape.head, season)) for values in series]
    learned = learn_each(model, shape, tracks, portion(report, 0.0, 0.9), setting.seed, device)
    dropout = choose_dropout(model, is_shared=False) if model.mc_dropout else 0.0
    fits = []
    for i, (track, values, network) in enumerate(zip(tracks, series, learned, strict=True)):
        report(0.9 + 0.1 * i / len(series), f"Forecasting {len(series)} series")
        known = Known(np.full(max(0, values.size - RECENT), np.nan))
        fitting = Fitting(model, network, setting.seed, device, dropout, warn_of_shortness(track))
        fits.append(fitting.fit(track, values, known, ignore_progress))
    return fits


def _median_length(series: Sequence[Array]) -> int:
    return int(np.median([values.size for values in series]))
