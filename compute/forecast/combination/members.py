"""Fits several models to one series; a model that cannot be fitted is left out, with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.forecast.ensemble import LONG_SEASON, POOR_AT_LONG_SEASONS, UNSEASONAL, WEEKS_OF_A_YEAR
from compute.forecast.fitting import fit_model
from compute.forecast.prediction import Fit
from compute.forecast.progress import portion
from compute.forecast.setting import Setting
from compute.forecast.single import Single
from compute.job import Report
from compute.schema import RequestError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Member:
    """A model and its fit to the series."""

    model: Single
    fit: Fit
    name: str
    """How it is told apart from the others: `ETS`, or `ARIMA(0,1,1)` where there are several of a kind."""


@dataclass(frozen=True)
class Roster:
    """Members that could be fitted, and sentences on those that could not."""

    members: tuple[Member, ...]
    notes: tuple[str, ...]


def suit(
    models: tuple[Single, ...], default: tuple[Single, ...], season_length: int
) -> tuple[tuple[Single, ...], tuple[str, ...]]:
    """Return the models but those that are poor at a season of this length, or one more, and a sentence on them.

    Models that are not the default ones were chosen by somebody: they stay.
    """
    if season_length < LONG_SEASON or models != default:
        return models, ()
    if season_length == WEEKS_OF_A_YEAR:
        return (*models, UNSEASONAL), (f"{title_of(UNSEASONAL)} joins once more without the season of a year.",)
    kept = tuple(model for model in models if model.kind not in POOR_AT_LONG_SEASONS)
    names = ", ".join(title_of(model) for model in models if model not in kept)
    return kept, (f"Left out for a season of {season_length} steps, which they follow poorly: {names}.",)


def fit_members(
    models: Sequence[Single], values: Array, season_length: int, setting: Setting, report: Report
) -> Roster:
    """Return the models fitted to `values`, (n,).

    Raises RequestError, that of the last model, where none can be fitted.
    """
    members: list[Member] = []
    notes: list[str] = []
    for i, model in enumerate(models):
        part = portion(report, i / len(models), (i + 1) / len(models))
        try:
            fit = fit_model(model, values, season_length, part, setting=setting)
            is_only = sum(other.kind == model.kind for other in models) == 1
            members.append(Member(model, fit, title_of(model) if is_only else fit.summary.description))
        except RequestError as error:
            if i + 1 == len(models) and not members:
                raise
            notes.append(f"{title_of(model)} was left out: {error}.")
    return Roster(tuple(members), tuple(notes))


def title_of(model: Single) -> str:
    """Return the model's name before it is fitted."""
    return str(model.model_config.get("title") or model.kind.replace("_", " ").capitalize())
