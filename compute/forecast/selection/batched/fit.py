"""Automatic ARIMA of many complete series: differences, orders in rounds, and forecasts averaged.

Series are grouped by their differences, season and length. About 30 iterations of least squares for every round, of
which there are 5 to 8, and 150 of the likelihood, some 250 operations and their gradients each: for a GPU about a
minute of waiting for Python were the groups many, so that these are as large as its memory likes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from compute.forecast.auto_arima import AutoArima
from compute.forecast.cycles import longer_cycle
from compute.forecast.sarima.batched.differencing import Levels
from compute.forecast.sarima.batched.fit import parts_of
from compute.forecast.sarima.batched.prediction import look_ahead
from compute.forecast.sarima.batched.room import numbers_at_once
from compute.forecast.sarima.orders import Orders
from compute.forecast.selection.averaging import akaike_weights, describe_average
from compute.forecast.selection.batched.catalogue import Catalogue
from compute.forecast.selection.batched.estimation import Subject
from compute.forecast.selection.batched.ranking import Finalists, Told, choose_orders
from compute.forecast.selection.echo import LEAST_CYCLES
from compute.forecast.selection.fit import MAX_AVERAGED, NEAR
from compute.forecast.selection.preparation import (
    SHORTEST,
    choose_differenced,
    describe_search,
    is_flat,
    limit_orders,
    orders_of_spec,
)
from compute.job import Report

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]

COPIES = 4  # of the series themselves, while their models come and go
MAX_SEASON = 60  # steps: of longer seasons the likelihood's systems fill the memory before there are many


@dataclass(frozen=True)
class AutoFit:
    """The models chosen for one series, averaged.

    Attributes
    ----------
    description, note : what was chosen, and among how many
    mean, deviation : (horizon,) the forecast and the standard deviation of its error, that of the estimates not counted
    sigma : standard deviation of the one-step errors
    """

    description: str
    note: str
    mean: Array
    deviation: Array
    sigma: float


def fit_auto_batch(
    model: AutoArima, series: Sequence[Array], season: int, horizon: int, report: Report, device: torch.device
) -> list[AutoFit | None]:
    """Return the models chosen for complete `series`, (n_i,) each, of one season, and their forecasts.

    None for those that `fit_auto_arima` must look at alone: too short or too flat to compare models, of a long season,
    or long enough to repeat what was missed a longer cycle ago.
    """
    m = season if model.seasonal and season > 1 else 1
    found: list[AutoFit | None] = [None] * len(series)
    groups: dict[Orders, list[int]] = {}
    for i, values in enumerate(series):
        if not _is_alone(model, values, m):
            plain = choose_differenced(model, values, m)
            if not is_flat(plain, values):
                groups.setdefault(plain, []).append(i)
    parts = [
        (plain, [places[j] for j in part])
        for plain, places in groups.items()
        for part in parts_of(
            [series[i].size for i in places], lambda n: max(1, numbers_at_once(device) // (COPIES * n))
        )
    ]
    done = 0
    for plain, places in parts:

        def tell(share: float, done: int = done, size: int = len(places)) -> None:
            report((done + share * size) / len(series), f"Choosing the orders of {len(series):,} series")

        with torch.no_grad():
            chosen = _fit_part(model, plain, m, [series[i] for i in places], horizon, device, tell)
        for i, fit in zip(places, chosen, strict=True):
            found[i] = fit
        done += len(places)
    return found


def _is_alone(model: AutoArima, values: Array, m: int) -> bool:
    cycle = longer_cycle(m) if model.echo else 0
    return values.size < SHORTEST or m > MAX_SEASON or 0 < LEAST_CYCLES * cycle <= values.size


def _fit_part(
    model: AutoArima,
    plain: Orders,
    m: int,
    series: Sequence[Array],
    horizon: int,
    device: torch.device,
    tell: Told,
) -> list[AutoFit | None]:
    levels = Levels.of(replace(plain, has_mean=False), series, device)
    lengths = levels.lengths - plain.lost
    limits = [limit_orders(model, plain, m, n) for n in lengths.tolist()]
    most = np.array([[limit.p, limit.q, limit.P, limit.Q] for limit in limits])
    p, q, P, Q = most.max(axis=0).tolist()
    subject = Subject(
        series=levels.differenced / levels.scales,
        lengths=lengths,
        largest=Orders(p, 0, q, P, 0, Q, m),
        criterion=model.criterion,
        is_differenced=plain.lost > 0,
    )
    catalogue = Catalogue.of(replace(limits[0], p=p, q=q, P=P, Q=Q))
    finalists = _chosen(choose_orders(subject, catalogue, most, tell), MAX_AVERAGED if model.averaged else 1)
    ahead = _look_ahead(subject, levels, plain, finalists, horizon)
    return [
        _average(model, plain, m, finalists, np.flatnonzero(finalists.rows == row), ahead, row)
        for row in range(len(series))
    ]


def _chosen(finalists: Finalists, count: int) -> Finalists:
    """Return at most `count` models of each series, the best first, none far behind the best."""
    order = np.lexsort((finalists.estimates.criterion, finalists.rows))
    rows, criterion = finalists.rows[order], finalists.estimates.criterion[order]
    first = np.searchsorted(rows, rows)
    is_near = (np.arange(rows.size) - first < count) & (criterion <= criterion[first] + NEAR)
    return finalists.at(order[is_near])


def _look_ahead(subject: Subject, levels: Levels, plain: Orders, finalists: Finalists, horizon: int) -> Array:
    """Return sigma, the forecast and its deviation of every model, (J, 1 + 2 horizon)."""
    found = np.full((finalists.rows.size, 1 + 2 * horizon), np.nan)
    for places, batch, where in subject.parts(finalists.rows, finalists.specs):
        rows = torch.as_tensor(finalists.rows[places], device=batch.series.device)
        x = torch.as_tensor(finalists.estimates.coefficients[places][:, where].T, device=batch.series.device)
        if plain.D:
            batch = replace(batch, orders=replace(batch.orders, m=plain.m))
        last = levels.last(batch.orders.ar_degree + plain.lost)[:, rows]
        outlook = look_ahead(batch, x, (plain.d, plain.D), last, levels.scales[rows], horizon)
        found[places] = torch.cat([outlook.sigma[None], outlook.mean, outlook.deviation]).T.cpu().numpy()
    return found


def _average(
    model: AutoArima, plain: Orders, m: int, finalists: Finalists, places: Numbers, ahead: Array, row: int
) -> AutoFit | None:
    """Return the average by Akaike weights: a mixture, which what the models disagree about makes wider."""
    places = places[np.isfinite(ahead[places]).all(axis=1)]
    if places.size == 0:
        return None
    weights = akaike_weights(finalists.estimates.criterion[places].tolist())
    sigma, rest = ahead[places, 0], ahead[places, 1:]
    means, deviations = np.split(rest, 2, axis=1)
    mean = weights @ means
    names = [orders_of_spec(plain, m, tuple(spec)).description for spec in finalists.specs[places].tolist()]
    return AutoFit(
        description=describe_average(names, weights) if len(names) > 1 else names[0],
        note=describe_search(int(finalists.tried[row]), model.criterion),
        mean=mean,
        deviation=np.sqrt(weights @ (deviations**2 + (means - mean) ** 2)),
        sigma=float(np.sqrt(weights @ sigma**2)),
    )
