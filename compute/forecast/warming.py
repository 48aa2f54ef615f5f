"""What a worker does before its first forecast, so that nobody waits for libraries to load and loops to be compiled."""

import numpy as np

from compute.forecast.arima import Arima
from compute.forecast.auto_arima import AutoArima
from compute.forecast.batch.arimas import fit_arimas
from compute.forecast.batch.subjects import Subjects
from compute.forecast.ets import Ets
from compute.forecast.fitting import fit_model
from compute.forecast.recurrent import Gru
from compute.forecast.request import Model
from compute.forecast.run import forecast
from compute.forecast.setting import ANYWHERE
from compute.forecast.theta import Theta
from compute.job import ignore_progress

__all__ = ["forecast", "warm_up"]

SEASON, SEASONS = 4, 8
# PyTorch is the slowest of all to load, and loads 800 modules more, for 1.4 s, with its first optimiser
TINY = Gru(hidden_size=2, window=5, epochs=1, n_seeds=1)
COMPILED: tuple[Model, ...] = (Arima(), Arima(P=1, D=1, Q=1), AutoArima(), Ets(), Theta())


def warm_up() -> None:
    """Fit every model that is compiled to a short series, alone and in a batch, and train a tiny network."""
    steps = np.arange(SEASON * SEASONS, dtype=np.float64)
    values = 10 + 0.1 * steps + np.sin(2 * np.pi * steps / SEASON) + np.random.default_rng(0).normal(size=steps.size)
    for model in COMPILED:
        fit_model(model, values, SEASON, ignore_progress).predict(SEASON)
    fit_arimas(Arima(), Subjects([values] * 2, [1] * 2, [None] * 2), ignore_progress, ANYWHERE)
    fit_model(TINY, values, SEASON, ignore_progress)
