"""All distances at once, for GPUs: Kraskov's first estimator for many sources of one target, in double precision.

The same differences are compared as on the processor, so that neighbours, counts and values are the same.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma

from compute.device import choose_device, free_bytes

if TYPE_CHECKING:
    import torch

Array = NDArray[np.float64]
Index = NDArray[np.int64]

SHARE = 0.25  # of the free memory of a GPU for one portion: sorting needs as much again
PORTION_BYTES = 256 * 2**20  # on a processor
COPIES = 4  # tables of (sources, rows, n) that exist at one time
LEAST_WORK = 25_000_000  # distances from where a GPU should be quicker: reckoned from its start, not measured


@dataclass(frozen=True)
class Problem:
    """What stays the same from source to source.

    Attributes
    ----------
    y : (1, n) the target
    z : (dz, n) what is known
    times, theiler : steps of the rows, and how close in time rows are no neighbours
    k : neighbours
    """

    y: Array
    z: Array
    times: Index
    theiler: int
    k: int


def local_values(problem: Problem, sources: Array, device_name: str) -> Array:
    """Return the information of each row for each source, (s, n), of sources (s, dx, n), in nats."""
    import torch

    device = choose_device(device_name)
    n = problem.y.shape[1]
    rows, together = _portions(n, len(sources), free_bytes(device))
    y, z, x = (torch.as_tensor(np.ascontiguousarray(part), device=device) for part in (problem.y, problem.z, sources))
    times = torch.as_tensor(problem.times, device=device)
    table = torch.as_tensor(digamma(np.arange(1, n + 2, dtype=np.float64)), device=device)
    found = torch.empty(len(sources), n, dtype=torch.float64, device=device)
    for first in range(0, n, rows):
        here = slice(first, first + rows)
        excluded = (times[here, None] - times[None]).abs() <= problem.theiler  # (rows, n)
        near_z = _apart(z[None], here)[0].masked_fill(excluded, torch.inf) if len(z) else None
        near_y = _apart(y[None], here)[0].masked_fill(excluded, torch.inf)
        known = near_y if near_z is None else torch.maximum(near_y, near_z)
        others = (~excluded).sum(dim=1)
        for start in range(0, len(sources), together):
            part = slice(start, start + together)
            apart = _apart(x[part], here).masked_fill(excluded, torch.inf)  # (sources, rows, n)
            apart = apart if near_z is None else torch.maximum(apart, near_z)
            found[part, here] = _values(apart, known, near_z, others, table, problem.k)
    return np.asarray((found + float(digamma(problem.k))).cpu().numpy())


def _values(
    apart: "torch.Tensor",
    known: "torch.Tensor",
    near_z: "torch.Tensor | None",
    others: "torch.Tensor",
    table: "torch.Tensor",
    k: int,
) -> "torch.Tensor":
    """Return the local values less digamma(k), (sources, rows)."""
    import torch

    radius = torch.maximum(apart, known).topk(k, dim=2, largest=False).values[..., -1:]
    with_source = (apart < radius).sum(dim=2)
    with_target = (known < radius).sum(dim=2)
    near = others.expand_as(with_target) if near_z is None else (near_z < radius).sum(dim=2)
    return table[near] - table[with_source] - table[with_target]


def _apart(points: "torch.Tensor", here: slice) -> "torch.Tensor":
    """Return the maximum norm between the columns `here` and all, (s, rows, n), of points (s, d, n)."""
    distance = (points[:, 0, here, None] - points[:, 0, None, :]).abs()
    for row in range(1, points.shape[1]):
        distance = distance.maximum((points[:, row, here, None] - points[:, row, None, :]).abs())
    return distance


def _portions(n: int, sources: int, free: int | None) -> tuple[int, int]:
    """Return how many rows, and how many sources, fit into memory together."""
    entries = int((PORTION_BYTES if free is None else SHARE * free) / (8 * COPIES))
    rows = max(1, min(n, entries // n))
    return rows, max(1, min(sources, entries // (rows * n)))
