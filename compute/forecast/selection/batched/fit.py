"""Automatic ARIMA of many complete series: differences, orders in rounds, and forecasts averaged.

All series of a season are searched together, however often they are differenced, as long as the longest is not more
than twice the shortest: what takes a GPU's time is the number of operations, about half a million for each such part,
seconds however many series it holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from compute.forecast.auto_arima import AutoArima
from compute.forecast.cycles import longer_cycle
from compute.forecast.sarima.batched.batch import stack
from compute.forecast.sarima.batched.differencing import Levels
from compute.forecast.sarima.batched.fit import parts_of
from compute.forecast.sarima.batched.prediction import look_ahead
from compute.forecast.sarima.batched.room import numbers_at_once
from compute.forecast.sarima.orders import Orders
from compute.forecast.selection.averaging import akaike_weights, describe_average
from compute.forecast.selection.batched.catalogue import Catalogue
from compute.forecast.selection.batched.estimation import Subject
from compute.forecast.selection.batched.ranking import Finalists, Told, choose_orders
from compute.forecast.selection.candidates import Limits
from compute.forecast.selection.echo import LEAST_CYCLES
from compute.forecast.selection.fit import MAX_AVERAGED, NEAR
from compute.forecast.selection.preparation import (
    SHORTEST,
    choose_differenced,
    describe_search,
    difference,
    is_flat,
    limit_orders,
    orders_of_spec,
)
from compute.job import Report

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]

WIDEST = 2.0  # times the shortest series of those that are searched together
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
    plains: dict[int, Orders] = {}
    for i, values in enumerate(series):
        if not _is_alone(model, values, m):
            plain = choose_differenced(model, values, m)
            if not is_flat(plain, values):
                plains[i] = plain
    places, done = np.array(list(plains), dtype=np.int64), 0
    for part in parts_of(
        [series[i].size for i in places], lambda n: max(1, numbers_at_once(device) // (COPIES * n)), WIDEST
    ):

        def tell(share: float, done: int = done, size: int = part.size) -> None:
            report((done + share * size) / places.size, f"Choosing the orders of {places.size:,} series")

        chosen = places[part].tolist()
        with torch.no_grad():
            fits = _fit_part(model, [plains[i] for i in chosen], m, [series[i] for i in chosen], horizon, device, tell)
        for i, fit in zip(chosen, fits, strict=True):
            found[i] = fit
        done += part.size
    return found


def _is_alone(model: AutoArima, values: Array, m: int) -> bool:
    cycle = longer_cycle(m) if model.echo else 0
    return values.size < SHORTEST or m > MAX_SEASON or 0 < LEAST_CYCLES * cycle <= values.size


def _fit_part(
    model: AutoArima,
    plains: Sequence[Orders],
    m: int,
    series: Sequence[Array],
    horizon: int,
    device: torch.device,
    tell: Told,
) -> list[AutoFit | None]:
    subject, catalogue, most = _prepare(model, plains, m, series, device)
    finalists = _chosen(choose_orders(subject, catalogue, most, tell), MAX_AVERAGED if model.averaged else 1)
    ahead = _look_ahead(subject, plains, series, finalists, horizon)
    first, end = (np.searchsorted(finalists.rows, np.arange(len(series)), side) for side in ("left", "right"))
    return [
        _average(model, plain, m, finalists, np.arange(first[row], end[row]), ahead, row)
        for row, plain in enumerate(plains)
    ]


def _prepare(
    model: AutoArima, plains: Sequence[Orders], m: int, series: Sequence[Array], device: torch.device
) -> tuple[Subject, Catalogue, Numbers]:
    """Return the differenced series, all orders that any of them may have, and the largest of each, (B, 5)."""
    differenced = [difference(plain, values) for plain, values in zip(plains, series, strict=True)]
    columns, lengths = stack([values / np.sqrt(np.mean(values**2)) for values in differenced], device)
    limits = [limit_orders(model, plain, m, one.size) for plain, one in zip(plains, differenced, strict=True)]
    most = np.array([[one.p, one.q, one.P, one.Q, int(one.may_have_mean)] for one in limits])
    p, q, P, Q, has_mean = most.max(axis=0).tolist()
    subject = Subject(
        series=columns,
        lengths=lengths,
        largest=Orders(p, 0, q, P, 0, Q, m),
        criterion=model.criterion,
        is_differenced=torch.tensor([plain.lost > 0 for plain in plains], device=device),
    )
    return subject, Catalogue.of(Limits(p, q, P, Q, model.max_order, bool(has_mean))), most


def _chosen(finalists: Finalists, count: int) -> Finalists:
    """Return at most `count` models of each series, the best first, none far behind the best."""
    order = np.lexsort((finalists.estimates.criterion, finalists.rows))
    rows, criterion = finalists.rows[order], finalists.estimates.criterion[order]
    first = np.searchsorted(rows, rows)
    is_near = (np.arange(rows.size) - first < count) & (criterion <= criterion[first] + NEAR)
    return finalists.at(order[is_near])


def _look_ahead(
    subject: Subject, plains: Sequence[Orders], series: Sequence[Array], finalists: Finalists, horizon: int
) -> Array:
    """Return sigma, the forecast and its deviation of every model, (J, 1 + 2 horizon)."""
    found = np.full((finalists.rows.size, 1 + 2 * horizon), np.nan)
    device = subject.series.device
    alike: dict[Orders, list[int]] = {}
    for row, plain in enumerate(plains):
        alike.setdefault(plain, []).append(row)
    for plain, rows in alike.items():
        levels = Levels.of(replace(plain, has_mean=False), [series[row] for row in rows], device)
        own = np.flatnonzero(np.isin(finalists.rows, rows))
        for places, batch, where in subject.parts(finalists.rows[own], finalists.specs[own]):
            chosen = own[places]
            columns = torch.as_tensor(np.searchsorted(rows, finalists.rows[chosen]), device=device)
            x = torch.as_tensor(finalists.estimates.coefficients[chosen][:, where].T, device=device)
            if plain.D:
                batch = replace(batch, orders=replace(batch.orders, m=plain.m))
            last = levels.last(batch.orders.ar_degree + plain.lost)[:, columns]
            outlook = look_ahead(batch, x, (plain.d, plain.D), last, levels.scales[columns], horizon)
            found[chosen] = torch.cat([outlook.sigma[None], outlook.mean, outlook.deviation]).T.cpu().numpy()
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
