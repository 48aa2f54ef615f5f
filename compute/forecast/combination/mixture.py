"""The combined forecast of several models, and the fit that hands it to intervals, accuracy and diagnostics."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from compute.forecast.combination.median import median_of
from compute.forecast.combination.members import Member, Roster, fit_members, suit
from compute.forecast.combination.rolling import roll
from compute.forecast.ensemble import DEFAULT_MEMBERS, Ensemble
from compute.forecast.fitting import fit_model
from compute.forecast.intervals import deviation_of, simulate_errors
from compute.forecast.options import Bootstrap
from compute.forecast.prediction import AnyPrediction, Fit, SimulatedPrediction
from compute.forecast.progress import portion
from compute.forecast.result import FittedModel
from compute.forecast.setting import Setting
from compute.job import Report, ignore_progress

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Mixture:
    """Members and how they are combined.

    Attributes
    ----------
    weights : (members,) sum to 1; those of paths also where forecasts are combined by the median
    """

    members: tuple[Member, ...]
    weights: Array
    is_median: bool

    def combine(self, table: Array) -> Array:
        """Return the combination of (members, steps) as (steps,): NaN where no member knows a value."""
        return median_of(table) if self.is_median else self.average(table)

    def average(self, table: Array) -> Array:
        """Return the weighted mean of (members, steps) over the members that know a value, (steps,)."""
        known = ~np.isnan(table)
        weights = self.weights[:, None] * known
        total = weights.sum(axis=0)
        sums = (weights * np.where(known, table, 0.0)).sum(axis=0)
        mixed: Array = np.divide(sums, total, out=np.full(total.size, np.nan), where=total > 0)
        return mixed

    @property
    def sigma(self) -> float:
        """Standard deviation of the one-step errors, as if they went together."""
        return float(self.combine(np.array([[member.fit.sigma] for member in self.members]))[0])

    def predict(self, horizon: int) -> SimulatedPrediction:
        """Return the combined forecast.

        Members see the same future, so their errors are taken to go together: the deviation is that of theirs combined
        (correlation 1, the cautious end). A simulated path has the shape of one member's, as many as its weight says,
        and that deviation.
        """
        predictions = [member.fit.predict(horizon) for member in self.members]
        pairs = list(zip(self.members, predictions, strict=True))
        deviations = np.array([deviation_of(prediction, member.fit.sigma) for member, prediction in pairs])
        deviation = self.combine(deviations)

        def simulate(n_paths: int, rng: np.random.Generator, bootstrap: Bootstrap = "iid") -> Array:
            counts = np.diff(np.round(n_paths * np.concatenate([[0.0], np.cumsum(self.weights)])).astype(int))
            parts = [
                _paths(member, prediction, count, generator, bootstrap) * _ratio(deviation, own)
                for (member, prediction), own, count, generator in zip(
                    pairs, deviations, counts.tolist(), rng.spawn(len(pairs)), strict=True
                )
                if count
            ]
            return np.concatenate(parts)

        mean = self.combine(np.array([prediction.mean for prediction in predictions]))
        return SimulatedPrediction(mean, deviation, simulate)


def fit_ensemble(model: Ensemble, values: Array, season_length: int, report: Report, setting: Setting) -> Fit:
    """Return the combination of the members that can be fitted to `values`, (n,).

    Raises RequestError where no member can be.
    """
    is_weighed = model.weights == "accuracy"
    suited, notes = suit(model.members, DEFAULT_MEMBERS, season_length)
    roster = fit_members(suited, values, season_length, setting, portion(report, 0.0, 0.3 if is_weighed else 1))
    members = roster.members
    weights = np.full(len(members), 1 / len(members))
    if is_weighed and len(members) > 1:
        losses = roll(members, values, season_length, setting, portion(report, 0.3, 1.0))
        weights = weigh(losses.table)
    mixture = Mixture(members, weights, model.weights == "median" and len(members) > 2)
    return _fit(mixture, values, (*notes, *roster.notes), season_length, setting)


def fit_median(roster: Roster, values: Array, season_length: int, setting: Setting) -> Fit:
    """Return the median of members that are fitted to `values`, (n,), already."""
    members = roster.members
    mixture = Mixture(members, np.full(len(members), 1 / len(members)), len(members) > 2)
    return _fit(mixture, values, roster.notes, season_length, setting)


def weigh(losses: Array) -> Array:
    """Return weights inverse to the mean squared loss of each model over (models, folds), (models,), summing to 1.

    The inverse-variance rule of Bates & Granger (1969) without correlations, whose estimates cost more than they give.
    A model without a loss gets the mean weight; with no losses at all, weights are equal.
    """
    known = ~np.isnan(losses)
    counts = known.sum(axis=1)
    squares = np.where(known, losses, 0.0) ** 2
    means = np.divide(squares.sum(axis=1), counts, out=np.full(counts.size, np.nan), where=counts > 0)
    if np.isnan(means).all():
        return np.full(means.size, 1 / means.size)
    floor = 1e-6 * float(np.nanmax(means))
    inverse = 1 / np.maximum(means, floor) if floor > 0 else np.where(np.isnan(means), np.nan, 1.0)
    inverse[np.isnan(inverse)] = np.nanmean(inverse)
    return np.asarray(inverse / inverse.sum())


def _fit(mixture: Mixture, values: Array, notes: tuple[str, ...], season_length: int, setting: Setting) -> Fit:
    members = mixture.members
    fitted = mixture.combine(_known_to_all([member.fit.fitted for member in members]))
    residuals = values - fitted
    return Fit(
        summary=_summarise(mixture),
        fitted=fitted,
        residuals=residuals,
        errors=residuals[~np.isnan(residuals)],
        sigma=mixture.sigma,
        n_coefficients=0,
        coefficients=np.zeros(0),
        predict=mixture.predict,
        extend=partial(_extend, mixture, notes, season_length, setting),
        notes=(*notes, *_notes_of(members)),
    )


def _extend(mixture: Mixture, notes: tuple[str, ...], season_length: int, setting: Setting, values: Array) -> Fit:
    """Return the same combination on a longer series; members that cannot be extended are fitted again."""
    members = tuple(
        Member(
            member.model,
            member.fit.extend(values)
            if member.fit.extend is not None
            else fit_model(member.model, values, season_length, ignore_progress, member.fit.coefficients, setting),
            member.name,
        )
        for member in mixture.members
    )
    return _fit(Mixture(members, mixture.weights, mixture.is_median), values, notes, season_length, setting)


def _known_to_all(fitted: Sequence[Array]) -> Array:
    """Return one-step predictions, (members, n), NaN for all where one of those that predict one step ahead has none.

    The first values of a series are known to some members only, and badly: they would pass for errors of the ensemble.
    """
    table = np.array([row for row in fitted if not np.isnan(row).all()] or fitted)
    return np.where(np.isnan(table).any(axis=0), np.nan, np.array(fitted))


def _summarise(mixture: Mixture) -> FittedModel:
    how = "Median" if mixture.is_median else "Mean"
    names = [member.name for member in mixture.members]
    return FittedModel(
        kind="ensemble",
        description=f"{how} of {_list(names)}" if len(names) > 1 else names[0],
        parameters={
            f"weight of {member.name}": float(weight)
            for member, weight in zip(mixture.members, mixture.weights, strict=True)
        },
        sigma2=mixture.sigma**2 if np.isfinite(mixture.sigma) else None,
    )


def _notes_of(members: Sequence[Member]) -> tuple[str, ...]:
    return tuple(f"{member.name}: {note}" for member in members for note in member.fit.notes)


def _paths(
    member: Member, prediction: AnyPrediction, n_paths: int, rng: np.random.Generator, bootstrap: Bootstrap
) -> Array:
    """Return the futures of one member less its mean; none vary where it has no error to draw from."""
    if not np.isfinite(member.fit.sigma) or member.fit.errors.size == 0:
        return np.zeros((n_paths, prediction.mean.size))
    return simulate_errors(prediction, member.fit.sigma, member.fit.errors, n_paths, rng, bootstrap)


def _ratio(deviation: Array, own: Array) -> Array:
    """Return what brings a member's paths to the deviation of the ensemble, 1 where its own is unknown or none."""
    ratio: Array = np.divide(deviation, own, out=np.ones(own.size), where=np.isfinite(own) & (own > 0))
    return ratio


def _list(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"
