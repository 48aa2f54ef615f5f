"""Fits an LSTM or a GRU to one series: a few small networks, strongly regularised, beginning at the naive forecast."""

import numpy as np
from numpy.typing import NDArray

from compute.device import choose_device
from compute.forecast.neural.fits import Fitting, Known, stay_naive
from compute.forecast.neural.learning import Learned, learn_each
from compute.forecast.neural.network import Shape
from compute.forecast.neural.planning import choose_dropout, held_back, plan_shape
from compute.forecast.neural.recall import recall
from compute.forecast.neural.track import Track, make_track
from compute.forecast.prediction import Fit
from compute.forecast.progress import portion
from compute.forecast.recurrent import Gru, Lstm
from compute.forecast.setting import Setting
from compute.job import Report

Array = NDArray[np.float64]

MIN_WINDOWS = 12  # windows to learn from; with fewer there is nothing to generalise
EXACT = 1e-12  # seasonal differences below this share of the values are rounding
MUCH = 1000  # values from which a lone series teaches a network something
MAX_FITTED = 10_000  # one-step predictions; older ones are left out, each costs a window


def fit_recurrent(model: Lstm | Gru, values: Array, season: int, report: Report, setting: Setting) -> Fit:
    """Return the network trained on `values`, (n,), NaN where missing but not at either end.

    Series that are too short, or repeat themselves exactly, get the (seasonal) naive forecast and a note.
    """
    reason = why_not(values, season)
    if reason is not None:
        return stay_naive(model, values, season, reason)
    learned = train_network(model, values, season, portion(report, 0.0, 0.9), setting)
    return apply_network(model, learned, values, portion(report, 0.9, 1.0), setting)


def train_network(model: Lstm | Gru, values: Array, season: int, report: Report, setting: Setting) -> Learned:
    """Return what networks learn from `values`, of which `why_not` says nothing: the costly part, done once."""
    shape = plan_shape(model, season, setting.horizon, values.size, is_shared=False)
    track, device = _track(values, shape), choose_device(setting.device)

    def learn() -> Learned:
        [learned] = learn_each(model, shape, [track], report, setting.seed, device)
        return learned

    return recall(setting.networks, model, shape, [values], setting.seed, device, learn)


def apply_network(model: Lstm | Gru, learned: Learned, values: Array, report: Report, setting: Setting) -> Fit:
    """Return the fit of what was learned from these very `values`, just now or as it was kept."""
    track, device = _track(values, learned.network.shape), choose_device(setting.device)
    dropout = choose_dropout(model, is_shared=False) if model.mc_dropout else 0.0
    fitting = Fitting(model, learned, setting.seed, device, dropout, warn_of_shortness(track))
    known = Known(np.full(max(0, values.size - MAX_FITTED), np.nan))
    return fitting.fit(track, values, known, report)


def why_not(values: Array, season: int) -> str | None:
    """Return why no network can learn from `values`, None where one can."""
    observed = ~np.isnan(values)
    count = int(observed.sum())
    if values.size < season + MIN_WINDOWS or observed[season:].sum() < MIN_WINDOWS:
        return f"{count} observed values, with {season} of them in a season, are too few"
    track = make_track(values, season, held_back(values.size, 1, season))
    if track.scale <= np.abs(track.values).max() * EXACT:
        return "the series repeats itself exactly, so that nothing is left to learn"
    return None


def _track(values: Array, shape: Shape) -> Track:
    return make_track(values, shape.season, held_back(values.size, shape.head, shape.season))


def warn_of_shortness(track: Track) -> tuple[str, ...]:
    """Return the note that a lone short series needs."""
    n = int(track.observed.sum())
    if n >= MUCH:
        return ()
    return (
        f"Networks learn from many values and {n} are few: compare with ARIMA and theta in the leaderboard before "
        "relying on this one.",
    )
