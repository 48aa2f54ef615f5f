"""Fits of trained networks: one-step predictions inside the series, forecasts, and the same network on more values."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from compute.forecast.neural.forecaster import MEDIAN, Paths, follow
from compute.forecast.neural.learning import Learned
from compute.forecast.neural.planning import windows_at_once
from compute.forecast.neural.track import Track
from compute.forecast.neural.windows import Pool
from compute.forecast.prediction import Fit, SimulatedPrediction
from compute.forecast.recurrent import Gru, Lstm
from compute.forecast.reference import fit_naive, fit_seasonal_naive
from compute.forecast.result import FittedModel
from compute.job import Report, ignore_progress
from compute.schema import RequestError

Array = NDArray[np.float64]

CHUNK = 256  # windows at once, at most, so that progress is reported in between


@dataclass(frozen=True)
class Known:
    """What was computed before: one-step predictions of the first values, and the forecast for some steps."""

    fitted: Array
    paths: Paths | None = None


@dataclass(frozen=True)
class Fitting:
    """Trained networks and what was asked of them, to be applied to a series and its continuations."""

    model: Lstm | Gru
    learned: Learned
    seed: int
    device: torch.device
    dropout: float = 0.0
    """Share left out in forecasting, to see how much the forecast varies."""
    notes: tuple[str, ...] = ()

    def fit(self, track: Track, values: Array, known: Known, report: Report) -> Fit:
        """Return the fit of `values`, (n,), whose track is given; what is known is not computed again."""
        begin = known.fitted.size
        [predicted] = self.predict_one_step([track], [begin], report)
        fitted = np.concatenate([known.fitted, predicted])
        residuals = values - fitted
        errors = residuals[~np.isnan(residuals)]
        sigma = float(np.sqrt(np.mean(errors**2))) if errors.size else np.nan
        return Fit(
            summary=self._summary(sigma),
            fitted=fitted,
            residuals=residuals,
            errors=errors,
            sigma=sigma,
            n_coefficients=0,
            coefficients=np.zeros(0),
            predict=lambda horizon: self._predict(track, known.paths, horizon),
            extend=lambda longer: self._extend(track, fitted, longer),
            notes=self.notes,
        )

    def predict_one_step(self, tracks: Sequence[Track], begins: Sequence[int], report: Report) -> list[Array]:
        """Return, for each track, the predictions of its values from `begin` on; NaN in the first season."""
        network = self.learned.network
        pool = Pool(network.shape, tracks, self.device)
        season = network.shape.season
        origins = [np.arange(max(begin, season), t.values.size) for t, begin in zip(tracks, begins, strict=True)]
        series = np.repeat(np.arange(len(tracks)), [part.size for part in origins])
        wanted = np.concatenate(origins)
        found = np.empty(wanted.size)
        at_once = min(CHUNK, windows_at_once(network.shape, network.seeds))
        for start in range(0, wanted.size, at_once):
            report(start / wanted.size, "Predicting inside the series")
            chosen = slice(start, start + at_once)
            batch = pool.cut(*(torch.from_numpy(part[chosen]).to(self.device) for part in (series, wanted)))
            step = network.write(batch)[:, 0, MEDIAN].double() * batch.scale[:, 0] + batch.base[:, 0]
            found[chosen] = step.cpu().numpy()
        parts = np.split(found, np.cumsum([part.size for part in origins])[:-1])
        return [
            np.concatenate([np.full(track.values.size - begin - part.size, np.nan), track.sign * part])
            for track, begin, part in zip(tracks, begins, parts, strict=True)
        ]

    def follow(self, tracks: Sequence[Track], horizon: int) -> Paths:
        """Return the forecasts of several tracks."""
        return follow(self.learned.network, tracks, horizon, self.device, self.dropout, self.seed)

    def _predict(self, track: Track, paths: Paths | None, horizon: int) -> SimulatedPrediction:
        if paths is None or paths.quantiles.shape[1] < horizon:
            paths = self.follow([track], horizon)
        return replace(paths, quantiles=paths.quantiles[:, :horizon]).prediction(0)

    def _extend(self, track: Track, fitted: Array, longer: Array) -> Fit:
        extended = track.extended(longer, self.learned.network.shape.season)
        return self.fit(extended, longer, Known(fitted), ignore_progress)

    def _summary(self, sigma: float) -> FittedModel:
        network = self.learned.network
        shape, seeds = network.shape, network.seeds
        return FittedModel(
            kind=self.model.kind,
            description=f"{self.model.kind.upper()} {shape.layers}x{shape.hidden} on windows of {shape.window}"
            + (f", median of {seeds}" if seeds > 1 else ""),
            parameters={
                "window": float(shape.window),
                "steps_at_once": float(shape.head),
                "weights": float(sum(weight[0].numel() for weight in network.weights.values())),
                "updates": float(self.learned.updates),
                "validation_loss": self.learned.validation if np.isfinite(self.learned.validation) else None,
                "spread_factor": network.spread,
            },
            sigma2=sigma**2 if np.isfinite(sigma) else None,
        )


def stay_naive(model: Lstm | Gru, values: Array, season: int, reason: str) -> Fit:
    """Return the seasonal naive fit, or the naive one where places of the season are unknown, in place of a network."""
    try:
        fit, name = fit_seasonal_naive(values, season), "seasonal naive"
    except RequestError:
        fit, name = fit_naive(values), "naive"
    description = f"{model.kind.upper()}, not trained: {name} instead"
    summary = fit.summary.model_copy(update={"kind": model.kind, "description": description})
    return replace(fit, summary=summary, notes=(f"No network was trained: {reason}. The forecast is the {name} one.",))
