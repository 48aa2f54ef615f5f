"""Fits an LSTM or a GRU to one series: a few small networks, strongly regularised, beginning at the naive forecast."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from compute.device import choose_device
from compute.forecast.neural.augmentation import bootstrap_copies
from compute.forecast.neural.calibration import blank_offsets, calibrate, held_windows
from compute.forecast.neural.forecaster import MEDIAN, Network, follow
from compute.forecast.neural.network import Shape
from compute.forecast.neural.planning import held_back, plan_shape, plan_training
from compute.forecast.neural.track import Track, make_track
from compute.forecast.neural.training import Groups, Trained, train
from compute.forecast.neural.windows import Pool
from compute.forecast.prediction import Fit, SimulatedPrediction
from compute.forecast.progress import portion
from compute.forecast.recurrent import Gru, Lstm
from compute.forecast.reference import fit_naive, fit_seasonal_naive
from compute.forecast.result import FittedModel
from compute.forecast.setting import Setting
from compute.job import Report
from compute.schema import RequestError

Array = NDArray[np.float64]

MIN_WINDOWS = 12  # windows to learn from; with fewer there is nothing to generalise
MUCH = 1000  # values from which a lone series teaches a network something
MAX_FITTED = 10_000  # one-step predictions; older ones are left out, each costs a window
CHUNK = 256  # windows at once, so that progress is reported in between
VALIDATED = 48  # windows that validate a series


def fit_recurrent(model: Lstm | Gru, values: Array, season: int, report: Report, setting: Setting) -> Fit:
    """Return the network trained on `values`, (n,), NaN where missing but not at either end.

    Series that are too short, or repeat themselves exactly, get the (seasonal) naive forecast and a note.
    """
    observed = ~np.isnan(values)
    if values.size < season + MIN_WINDOWS or observed[season:].sum() < MIN_WINDOWS:
        return _stay_naive(model, values, season, f"{int(observed.sum())} values are too few to train a network")
    shape = plan_shape(model, season, setting.horizon, values.size, is_shared=False)
    n_held = held_back(values.size, shape.head, season)
    track = make_track(values, season, n_held)
    if track.scale <= np.abs(track.values).max() * 1e-12:
        return _stay_naive(model, values, season, "the series repeats itself exactly: there is nothing to train on")
    device = choose_device(setting.device)
    network, trained = _train(model, shape, track, portion(report, 0.0, 0.9), setting.seed, device)
    fitting = _Fitting(model, network, trained, setting.seed, device)
    return fitting.fit(track, values, _Known(0, np.zeros(0)), portion(report, 0.9, 1.0))


def _train(
    model: Lstm | Gru, shape: Shape, track: Track, report: Report, seed: int, device: torch.device
) -> tuple[Network, Trained]:
    copies = bootstrap_copies(track, shape.season, np.random.default_rng(seed))
    pool = Pool(shape, [track, *copies], device)
    n_held = track.values.size - track.n_learned
    held = held_windows(pool, np.array([n_held, *[0] * len(copies)]), 1, min(n_held, VALIDATED), device)
    zeros = torch.zeros(model.n_seeds, dtype=torch.long, device=device)
    groups = Groups(zeros, zeros + 1 + len(copies))
    stacked = replace(
        held,
        series=held.series.expand(model.n_seeds, -1),
        origins=held.origins.expand(model.n_seeds, -1),
    )
    plan = plan_training(model, track.n_learned - shape.season, is_shared=False)
    trained = train(shape, pool, groups, stacked, plan, report, seed)
    offsets = blank_offsets(shape.head) if model.loss == "l1" else None
    weights = {name: weight.detach() for name, weight in trained.weights.items()}
    return calibrate(Network(shape, weights, offsets, 1.0, 0.0), pool, held), trained


@dataclass(frozen=True)
class _Known:
    """One-step predictions made before: of the first `n` values."""

    n: int
    fitted: Array


@dataclass(frozen=True)
class _Fitting:
    """A trained network and what it was asked, to be applied to one series and its continuations."""

    model: Lstm | Gru
    network: Network
    trained: Trained
    seed: int
    device: torch.device

    def fit(self, track: Track, values: Array, known: _Known, report: Report) -> Fit:
        fitted = np.concatenate([known.fitted, self._predict_one_step(track, known.n, report)])
        residuals = values - fitted
        errors = residuals[~np.isnan(residuals)]
        sigma = float(np.sqrt(np.mean(errors**2))) if errors.size else np.nan
        return Fit(
            summary=self._summary(sigma, values.size),
            fitted=fitted,
            residuals=residuals,
            errors=errors,
            sigma=sigma,
            n_coefficients=0,
            coefficients=np.zeros(0),
            predict=lambda horizon: self._predict(track, horizon),
            extend=lambda longer: self._extend(track, fitted, longer),
            notes=self._notes(values.size),
        )

    def _extend(self, track: Track, fitted: Array, longer: Array) -> Fit:
        extended = track.extended(longer, self.network.shape.season)
        return self.fit(extended, longer, _Known(fitted.size, fitted), lambda fraction, message: None)

    def _predict(self, track: Track, horizon: int) -> SimulatedPrediction:
        dropout = self.model.dropout if self.model.mc_dropout else 0.0
        return follow(self.network, [track], horizon, self.device, dropout, self.seed).prediction(0)

    def _predict_one_step(self, track: Track, begin: int, report: Report) -> Array:
        """Return the one-step predictions of the values from `begin` on; NaN in the first season."""
        n, season = track.values.size, self.network.shape.season
        first = max(begin, season, n - MAX_FITTED)
        pool = Pool(self.network.shape, [track], self.device)
        parts = [np.full(first - begin, np.nan)]
        for start in range(first, n, CHUNK):
            report((start - first) / (n - first), "Predicting inside the series")
            origins = torch.arange(start, min(start + CHUNK, n), device=self.device)
            batch = pool.cut(torch.zeros_like(origins), origins)
            step = self.network.write(batch)[:, 0, MEDIAN].double() * batch.scale[:, 0] + batch.base[:, 0]
            parts.append(track.sign * step.cpu().numpy())
        return np.concatenate(parts)

    def _summary(self, sigma: float, n: int) -> FittedModel:
        shape, validation = self.network.shape, self.trained.validation.mean().item()
        n_weights = sum(weight[0].numel() for weight in self.network.weights.values())
        return FittedModel(
            kind=self.model.kind,
            description=f"{self.model.kind.upper()} {shape.layers}x{shape.hidden} on windows of {shape.window}, "
            f"median of {self.model.n_seeds}",
            parameters={
                "window": float(shape.window),
                "steps_at_once": float(shape.head),
                "weights": float(n_weights),
                "updates": float(self.trained.steps),
                "validation_loss": validation if np.isfinite(validation) else None,
                "spread_factor": self.network.spread,
            },
            sigma2=sigma**2 if np.isfinite(sigma) else None,
        )

    def _notes(self, n: int) -> tuple[str, ...]:
        if n >= MUCH:
            return ()
        return (
            f"Networks learn from many values and {n} are few: compare with ARIMA and theta in the leaderboard "
            "before relying on this one.",
        )


def _stay_naive(model: Lstm | Gru, values: Array, season: int, reason: str) -> Fit:
    try:
        fit, name = fit_seasonal_naive(values, season), "seasonal naive"
    except RequestError:
        fit, name = fit_naive(values), "naive"
    description = f"{model.kind.upper()}, not trained: {name} instead"
    summary = fit.summary.model_copy(update={"kind": model.kind, "description": description})
    return replace(fit, summary=summary, notes=(f"No network was trained: {reason}. The forecast is the {name} one.",))
