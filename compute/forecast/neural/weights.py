"""Trained networks as bytes and back: safetensors, never pickle. Where they are kept is not decided here."""

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from compute.forecast.neural.forecaster import Network
from compute.forecast.neural.learning import Learned
from compute.forecast.neural.network import Shape

FORMAT = "lookahead-network-2"
_LENGTH = 8  # bytes of the little-endian length before the JSON header of a safetensors file
_OFFSETS = "offsets"


def to_bytes(learned: Learned) -> bytes:
    """Return what was learned as a safetensors file whose metadata tell shape, calibration and training."""
    network = learned.network
    about = {
        "shape": asdict(network.shape),
        "spread": network.spread,
        "persistence": network.persistence,
        "validation": learned.validation if np.isfinite(learned.validation) else None,
        "updates": learned.updates,
    }
    tensors = {f"weights.{name}": weight.contiguous().cpu() for name, weight in network.weights.items()}
    if network.offsets is not None:
        tensors[_OFFSETS] = torch.from_numpy(np.ascontiguousarray(network.offsets))
    return save(tensors, metadata={"format": FORMAT, "network": json.dumps(about)})


def from_bytes(data: bytes, device: torch.device) -> Learned:
    """Return what was learned, on `device`. Raises ValueError where the bytes are not such a network's."""
    about = _read_metadata(data)
    try:
        tensors = load(data)
    except SafetensorError as error:
        raise ValueError("these bytes are a damaged network; train again") from error
    offsets = tensors.pop(_OFFSETS, None)
    tuples = {name: tuple(about["shape"][name]) for name in ("quantiles", "echoes")}
    shape = about["shape"] | tuples
    network = Network(
        shape=Shape(**shape),
        weights={name.removeprefix("weights."): weight.to(device) for name, weight in tensors.items()},
        offsets=None if offsets is None else offsets.numpy(),
        spread=about["spread"],
        persistence=about["persistence"],
    )
    validation = about["validation"]
    return Learned(network, float("nan") if validation is None else validation, about["updates"])


def _read_metadata(data: bytes) -> Any:
    try:
        length = int.from_bytes(data[:_LENGTH], "little")
        metadata = json.loads(data[_LENGTH : _LENGTH + length])["__metadata__"]
        if metadata["format"] != FORMAT:
            raise ValueError(f"weights of format {metadata['format']!r}, this version reads {FORMAT!r}; train again")
        return json.loads(metadata["network"])
    except (KeyError, TypeError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError("these bytes are no trained network; train again") from error
