"""Training that is done once: weights are found again by everything they were learned from."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict

import numpy as np
import torch
from numpy.typing import NDArray

from compute.forecast.keeping import KeptNetworks
from compute.forecast.neural.learning import Learned
from compute.forecast.neural.network import Shape
from compute.forecast.neural.weights import from_bytes, to_bytes
from compute.forecast.recurrent import Gru, Lstm

ONLY_FORECASTING = {"mc_dropout"}  # options that training does not depend on


def recall(
    kept: KeptNetworks | None,
    model: Lstm | Gru,
    shape: Shape,
    series: Sequence[NDArray[np.float64]],
    seed: int,
    device: torch.device,
    learn: Callable[[], Learned],
) -> Learned:
    """Return what `learn` would, from the store where the same was learned before from the same `series`."""
    if kept is None:
        return learn()
    key = _key(model, shape, series, seed, device)
    body = kept.store.find(key)
    if body is not None:
        try:
            found = from_bytes(body, device)
        except ValueError:
            pass  # kept by another version, or damaged: as good as nothing
        else:
            kept.remembered += 1
            return found
    learned = learn()
    kept.store.keep(key, to_bytes(learned))
    kept.trained += 1
    return learned


def _key(
    model: Lstm | Gru, shape: Shape, series: Sequence[NDArray[np.float64]], seed: int, device: torch.device
) -> bytes:
    """Return a digest; of the device its type, for the sums of a GPU are not those of a CPU."""
    asked = [model.model_dump(mode="json", exclude=ONLY_FORECASTING), asdict(shape), seed, device.type]
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode())
    for values in series:
        digest.update(values.size.to_bytes(8, "little"))
        digest.update(np.ascontiguousarray(values).tobytes())
    return digest.digest()
