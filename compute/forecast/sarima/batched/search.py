"""Maximum likelihood of many models from several starts each: the search of `kernels/search.py` for a device.

There a series follows one start and looks at a few others; here all starts of all series go at the same time.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from compute.forecast.sarima.batched.batch import Batch
from compute.forecast.sarima.batched.css import descend
from compute.forecast.sarima.batched.likelihood import deviance
from compute.forecast.sarima.batched.loop import put, take
from compute.forecast.sarima.batched.metric import inverse_curvature
from compute.forecast.sarima.batched.optimiser import FAR, Climb, Watch, begin, climb
from compute.forecast.sarima.batched.polynomials import to_coefficients, to_free
from compute.forecast.sarima.batched.starts import N_REGRESSED, choose_starts

CSS_STEPS, CSS_TOLERANCE = 12, 1e-2  # gained of -2 log-likelihood by the last step
DIFFERENT = 0.05  # in some coefficient, for two starts to be worth a search each
PROBE_STEPS = 15
MAX_STEPS = 30  # beyond the probe: one search in 200 takes more, and 60 do not end it
PROMISING = 20.0  # of -2 log-likelihood, behind the best, that a search may still make up for
SETTLED = 1e-6  # expected of a further step, of -2 log-likelihood: rounding may hide the way beyond
STEEP = 4.0  # coordinates beyond it lie where the surface no longer slopes
BORDER = 1.5  # coordinates beyond it may belong at the border


@dataclass(frozen=True)
class Maximum:
    """The best points found, (K, B), their -2 log-likelihoods, (B,), infinite where there is none, and whether the
    searches settled there.
    """

    coefficients: Tensor
    deviance: Tensor
    has_converged: Tensor


def maximise(batch: Batch, n_starts: int, watch: Watch) -> Maximum:
    """Return the best of `n_starts` searches from the most promising starts of each model."""
    if batch.orders.n_coefficients == 0:
        return _nothing_to_search(batch)
    starts, is_wanted = _promising(batch, n_starts)
    which, places = torch.nonzero(is_wanted, as_tuple=True)
    state = climb(batch.at(places), _enter(batch.at(places), starts[which, :, places].T), PROBE_STEPS, watch)
    best = _least(state.value, places, batch.size)
    keep = torch.nonzero(state.value < best[places] + PROMISING)[:, 0]
    return _finish(batch, places[keep], take(state, keep), watch)


def climb_from(batch: Batch, start: Tensor, watch: Watch) -> Maximum:
    """Return the maxima reached from admissible coefficients, (K, B)."""
    if batch.orders.n_coefficients == 0:
        return _nothing_to_search(batch)
    return _finish(batch, torch.arange(batch.size, device=start.device), _enter(batch, start), watch)


def _nothing_to_search(batch: Batch) -> Maximum:
    nothing = batch.used.to(batch.series.dtype)
    return Maximum(nothing, deviance(batch, nothing), batch.lengths > 0)


def _promising(batch: Batch, n_starts: int) -> tuple[Tensor, Tensor]:
    """Return the starts with the highest likelihood that differ, (n_starts, K, B), and where there is one."""
    starts, has = choose_starts(batch)
    which, places = torch.nonzero(has, as_tuple=True)
    part = batch.at(places)
    refined = torch.zeros_like(starts)
    rough, begun = part.to(torch.float32), starts[which, :, places].T.to(torch.float32)
    tolerance = CSS_TOLERANCE / rough.lengths.to(torch.float32)  # single precision is enough for where to begin
    refined[which, :, places] = descend(rough, begun, CSS_STEPS, tolerance).x.T.to(starts.dtype)
    pool = torch.cat([refined, starts[N_REGRESSED:]])
    has = torch.cat([has, has[N_REGRESSED:]])
    values = _evaluate(batch, pool, has)
    chosen, is_wanted = [], []
    for _ in range(n_starts):
        least, row = values.min(0)
        best = pool.gather(0, row[None, None].expand(1, *pool.shape[1:]))
        chosen.append(best[0])
        is_wanted.append(least.isfinite())
        is_near = (pool - best).abs().amax(1) < DIFFERENT
        values = torch.where(is_near, torch.inf, values)
    return torch.stack(chosen), torch.stack(is_wanted)


def _evaluate(batch: Batch, points: Tensor, has: Tensor) -> Tensor:
    """Return -2 log-likelihood at points, (S, K, B), where there is one; infinity elsewhere."""
    values = points.new_full(has.shape, torch.inf)
    for row in range(points.shape[0]):  # one after another: together they would fill the memory
        places = torch.nonzero(has[row])[:, 0]
        if places.numel() == 0:
            continue
        values[row, places] = deviance(batch.at(places), points[row][:, places])
    return values


def _enter(batch: Batch, coefficients: Tensor) -> Climb:
    """Return searches that begin at admissible coefficients, (K, B)."""
    free = to_free(batch.orders, coefficients, STEEP)
    return begin(batch, free, inverse_curvature(batch, free))


def _finish(batch: Batch, places: Tensor, state: Climb, watch: Watch) -> Maximum:
    """Return the best ends of searches for the series at `places`, of which there may be several for each."""
    part = batch.at(places)
    state = climb(part, _leave_for_border(part, state), MAX_STEPS, watch)
    best = _least(state.value, places, batch.size)
    winners = torch.nonzero(state.value <= best[places])[:, 0]
    row = torch.zeros(batch.size, dtype=torch.long, device=places.device)
    row[places[winners]] = winners
    state = take(state, row)
    state = climb(batch, _leave_for_border(batch, state), MAX_STEPS, watch)
    is_found = best.isfinite()
    return Maximum(
        to_coefficients(batch.orders, state.free, batch.used),
        torch.where(is_found, state.value, torch.inf),
        (state.has_converged | (-0.5 * state.slope <= SETTLED)) & is_found,
    )


def _leave_for_border(batch: Batch, state: Climb) -> Climb:
    """Return the searches, taken to the border of invertibility in each coordinate in which that is better.

    Towards it the likelihood levels off ever more slowly: a search would arrive after many steps.
    """
    o = batch.orders
    free, value = state.free, state.value
    for k in (*range(o.p, o.p + o.q), *range(o.p + o.q + o.P, o.n_coefficients)):
        places = torch.nonzero((free[k].abs() > BORDER) & (free[k].abs() < FAR))[:, 0]
        if places.numel() == 0:
            continue
        moved = free[:, places].clone()
        moved[k] = torch.copysign(torch.full_like(moved[k], FAR), moved[k])
        part = batch.at(places)
        there = deviance(part, to_coefficients(o, moved, part.used))
        is_better = there < value[places]
        free, value = free.clone(), value.clone()
        free[:, places] = torch.where(is_better, moved, free[:, places])
        value[places] = torch.where(is_better, there, value[places])
    places = torch.nonzero(value < state.value)[:, 0]
    if places.numel():
        state = take(state, torch.arange(batch.size, device=places.device))
        put(state, places, begin(batch.at(places), free[:, places], state.inverse[..., places]))
    return state


def _least(values: Tensor, places: Tensor, size: int) -> Tensor:
    """Return the least value of each series, (B,), infinite where it has none."""
    return values.new_full((size,), torch.inf).scatter_reduce(0, places, values, "amin")
