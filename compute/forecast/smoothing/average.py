"""One forecast from several fits of the same series: their mixture, each with its weight."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from compute.forecast.intervals import deviation_of, simulate_errors
from compute.forecast.options import Bootstrap
from compute.forecast.prediction import AnyPrediction, Fit, SimulatedPrediction

Array = NDArray[np.float64]

SHOWN = 3  # forms named in the description: the weights of more are small


def average_fits(members: Sequence[Fit], weights: Array) -> Fit:
    """Return the mixture of `members`, the chief one first, with weights that sum to 1, (k,).

    The forecast is the weighted mean. Its errors are those of a member drawn with its weight, so that what the members
    disagree on widens the intervals. Parameters and criteria told are those of the first.
    """
    mixture = _Mixture(tuple(members), weights)
    fitted = np.asarray(weights @ np.array([member.fitted for member in members]))
    chief = members[0]
    ahead = mixture.predict(1)
    sigma = float(ahead.deviation[0]) if np.isfinite(ahead.deviation[0]) else chief.sigma
    residuals = np.asarray(weights @ np.array([member.residuals for member in members]))
    return replace(
        chief,
        summary=chief.summary.model_copy(
            update={
                "description": _describe(members, weights),
                "sigma2": sigma**2,
            }
        ),
        fitted=fitted,
        residuals=residuals,
        errors=np.asarray(weights @ np.array([member.errors for member in members])),
        sigma=sigma,
        predict=mixture.predict,
        extend=mixture.extend,
    )


@dataclass(frozen=True)
class _Mixture:
    members: tuple[Fit, ...]
    weights: Array

    def extend(self, values: Array) -> Fit:
        return average_fits([member.extend(values) for member in self.members if member.extend], self.weights)

    def predict(self, horizon: int) -> SimulatedPrediction:
        predictions = [member.predict(horizon) for member in self.members]
        means = np.array([prediction.mean for prediction in predictions])  # (members, horizon)
        mean = np.asarray(self.weights @ means)
        deviations = np.array(
            [deviation_of(prediction, fit.sigma) for prediction, fit in zip(predictions, self.members, strict=True)]
        )
        variance = self.weights @ (deviations**2 + (means - mean) ** 2)

        def simulate(n_paths: int, rng: np.random.Generator, bootstrap: Bootstrap = "iid") -> Array:
            return self._simulate(predictions, mean, n_paths, rng, bootstrap)

        return SimulatedPrediction(mean, np.sqrt(variance), simulate)

    def _simulate(
        self,
        predictions: Sequence[AnyPrediction],
        mean: Array,
        n_paths: int,
        rng: np.random.Generator,
        bootstrap: Bootstrap,
    ) -> Array:
        """Return futures less the mean, (n_paths, horizon): of each member as many as its weight is worth."""
        ends = np.rint(np.cumsum(self.weights) * n_paths).astype(int)
        counts = np.diff(ends, prepend=0)
        return np.vstack(
            [
                prediction.mean
                - mean
                + simulate_errors(prediction, fit.sigma, fit.errors, int(count), stream, bootstrap)
                for prediction, fit, count, stream in zip(
                    predictions, self.members, counts, rng.spawn(len(self.members)), strict=True
                )
                if count
            ]
        )


def _describe(members: Sequence[Fit], weights: Array) -> str:
    names = [f"{fit.summary.description} {100 * weight:.0f} %" for fit, weight in zip(members, weights, strict=True)]
    rest = len(names) - SHOWN
    return " + ".join(names[:SHOWN]) + (f" + {rest} more" if rest > 0 else "")
