"""Windows of several series, cut and scaled on the device: what a network reads, and what it should have written.

A window is centred on its last season and divided by its mean absolute seasonal difference, so that errors are in units
of MASE and one network serves series of any size. What is written is the residual from the seasonal naive forecast, or
from the window's drift where there is no season. Where many series share a network, the divisor is the geometric mean
with that of the whole series, and errors count by how restless the window is, for they are judged on the scale of the
series. A lone series that grows is better off with windows on their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from compute.forecast.neural.network import Shape
from compute.forecast.neural.track import Track

LEVEL_LIMIT, LEVEL_UNIT = 20.0, 5.0  # scaled levels are cut at 20 seasonal differences and brought to about 1
CHANGE_LIMIT = 10.0
TARGET_LIMIT = 30.0  # a residual of more than 30 seasonal differences is an accident, not a pattern
SMALLEST_SCALE = 0.1  # of the series' own: a flat window must not blow noise up
LEAST_WEIGHT, MOST_WEIGHT = 0.2, 5.0


@dataclass(frozen=True)
class Batch:
    """Windows, any leading dimensions (...).

    Attributes
    ----------
    features : (..., window, 3) scaled level, scaled seasonal difference, whether observed
    echo : (..., 2 * echoes * head) at the lags of a longer cycle, scaled and 0 where unknown: the residuals of the
        naive forecast then, and how far what came then is off the naive forecast now
    base : (..., head) naive forecast, in the series' (mirrored) unit, float64
    scale : (..., 1) unit of what is written, float64
    target : (..., head) scaled residual of what came from `base`; 0 where nothing is known
    weight : (..., 1) by which errors count
    """

    features: Tensor
    echo: Tensor
    base: Tensor
    scale: Tensor
    target: Tensor
    weight: Tensor


class Pool:
    """Tracks of several series one after another on a device, padded so that windows and targets never run over."""

    def __init__(self, shape: Shape, tracks: Sequence[Track], device: torch.device) -> None:
        self._shape, self.device = shape, device
        pad = (max(shape.window, shape.season), shape.head)
        values = [np.pad(track.values, pad, mode="edge") for track in tracks]
        observed = [np.pad(track.observed, pad) for track in tracks]
        learned = [np.arange(-pad[0], track.values.size + pad[1]) < track.n_learned for track in tracks]
        ends = np.cumsum([part.size for part in values])
        self.begins = self._send(ends - [part.size for part in values] + pad[0])
        self.lengths = self._send(np.array([track.values.size for track in tracks]))
        self.learned_lengths = self._send(np.array([track.n_learned for track in tracks]))
        self._values = self._send(np.concatenate(values))
        changes = [_changes(track, shape.season, pad) for track in tracks]
        self._changes = self._send(np.concatenate([change for change, _ in changes]))
        self._changed = self._send(np.concatenate([known for _, known in changes]))
        self._observed = self._send(np.concatenate(observed))
        self._is_learned = self._send(np.concatenate(learned))
        self._scales = self._send(np.array([track.scale or 1.0 for track in tracks]))
        steps = np.arange(shape.head)
        self._back = self._send(np.arange(-shape.window, 0))
        self._ahead = self._send(steps)
        self._season_back = self._send(steps - shape.season * (steps // shape.season + 1))

    def cut(self, series: Tensor, origins: Tensor, scale: Tensor | None = None) -> Batch:
        """Return the windows of `series` that end before `origins`, integers (...); `scale` replaces their own."""
        here = (self.begins[series] + origins).unsqueeze(-1)
        past = here + self._back  # (..., window)
        levels, changes, observed = self._values[past], self._changes[past], self._observed[past]
        whole = self._scales[series].unsqueeze(-1)
        own = _window_scale(changes, self._changed[past], whole)
        if scale is None:
            scale = (own * whole).sqrt() if self._shape.is_shared else own
        centre = levels[..., -min(self._shape.season, self._shape.window) :].mean(dim=-1, keepdim=True)
        features = torch.stack(
            [
                ((levels - centre) / scale).clamp(-LEVEL_LIMIT, LEVEL_LIMIT) / LEVEL_UNIT,
                (changes / scale).clamp(-CHANGE_LIMIT, CHANGE_LIMIT),
                observed.to(levels.dtype),
            ],
            dim=-1,
        )
        base = self._values[here + self._season_back]
        if self._shape.season == 1:
            base = base + changes.mean(dim=-1, keepdim=True) * (self._ahead + 1)
        target = ((self._values[here + self._ahead] - base) / scale).clamp(-TARGET_LIMIT, TARGET_LIMIT)
        weight = (own / whole).clamp(LEAST_WEIGHT, MOST_WEIGHT) if self._shape.is_shared else torch.ones_like(own)
        return Batch(
            features.float(), self._echo(here, origins, base, scale), base, scale, target.float(), weight.float()
        )

    def scored(self, series: Tensor, origins: Tensor, held: bool) -> Tensor:
        """Return which targets count, (..., head): observed ones, learned from or held back for validation."""
        ahead = (self.begins[series] + origins).unsqueeze(-1) + self._ahead
        learned = self._is_learned[ahead]
        return self._observed[ahead] & (~learned if held else learned)

    def _echo(self, here: Tensor, origins: Tensor, base: Tensor, scale: Tensor) -> Tensor:
        """Return what the naive forecast missed at each lag, and what came then less `base`, (..., 2 * echoes * head).

        Steps beyond a lag read one lag further back, so that nothing is read from behind the origin.
        """
        parts = []
        behind = self._ahead - self._season_back  # steps from what comes to what the naive forecast takes it for
        for lag in self._shape.echoes:
            back = self._ahead - lag * (self._ahead // lag + 1)
            came = self._values[(here + back).clamp(min=0)]
            naive = self._values[(here + back - behind).clamp(min=0)]
            since = origins.unsqueeze(-1) + back  # place of what came then
            for gap, earliest in ((came - naive, behind), (came - base, torch.zeros_like(behind))):
                parts.append(((gap / scale).clamp(-CHANGE_LIMIT, CHANGE_LIMIT) * (since >= earliest)).float())
        return torch.cat(parts, dim=-1) if parts else scale.new_empty((*origins.shape, 0), dtype=torch.float32)

    def _send(self, array: np.ndarray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(self.device)


def _window_scale(changes: Tensor, known: Tensor, smallest: Tensor) -> Tensor:
    """Return the mean absolute seasonal difference of each window, (..., 1)."""
    counts = known.sum(dim=-1, keepdim=True)
    means = (changes.abs() * known).sum(dim=-1, keepdim=True) / counts.clamp(min=1)
    return torch.where(counts > 0, torch.maximum(means, SMALLEST_SCALE * smallest), smallest)


def _changes(track: Track, season: int, pad: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return padded seasonal differences, 0 where there is none, and where both ends were observed."""
    n = track.values.size
    changes, known = np.zeros(n), np.zeros(n, dtype=bool)
    changes[season:] = track.values[season:] - track.values[:-season]
    known[season:] = track.observed[season:] & track.observed[:-season]
    return np.pad(changes, pad), np.pad(known, pad)
