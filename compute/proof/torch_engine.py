"""The int8 pipeline in PyTorch: on CUDA with the tensor cores, on the processors with their int8 instructions.

Its accumulators are int32, so that nothing is rounded anywhere; roots equal those of NumPy bit for bit.
"""

import numpy as np
import torch
from numpy.typing import NDArray

from compute.device import choose_device
from compute.proof.generators import Bytes

MULTIPLE = 8  # int8 tensor cores take k and n in eights
LEAST_ROWS = 32  # and more than 16 rows


class TorchEngine:
    """Runs the pipeline on one torch device."""

    def __init__(self, device: str) -> None:
        self._device = choose_device(device)
        self.name = f"torch-{device}"

    def outputs(self, left: Bytes, first: Bytes, second: Bytes) -> Bytes:
        """Return Y2, (m, n), of A, (m, k), W1, (k, n), and W2, (n, n)."""
        middle = _quantise(torch._int_mm(self._padded(left, is_left=True), self._padded(first)))
        found = _quantise(torch._int_mm(middle, self._padded(second)))
        shown: Bytes = found[: len(left), : second.shape[1]].cpu().numpy()
        return np.ascontiguousarray(shown)

    def prepare(self, weights: Bytes) -> torch.Tensor:
        """Return weights on the device."""
        return self._padded(weights)

    def accumulate(self, left: Bytes, weights: torch.Tensor) -> NDArray[np.float32]:
        """Return the product of few rows with prepared weights; above 2^24, where all is clamped, it is rounded."""
        found = torch._int_mm(self._padded(left, is_left=True), weights)
        return found[: len(left)].cpu().numpy().astype(np.float32)

    def product(self, left: Bytes, right: Bytes) -> NDArray[np.int64]:
        """Return the exact product, (m, n), of int8 matrices, (m, k) and (k, n)."""
        found = torch._int_mm(self._padded(left, is_left=True), self._padded(right))
        exact: NDArray[np.int64] = found[: len(left), : right.shape[1]].cpu().numpy().astype(np.int64)
        return exact

    def _padded(self, matrix: Bytes, *, is_left: bool = False) -> torch.Tensor:
        """Return the matrix on the device, with zeros up to sizes that the device takes."""
        rows, columns = matrix.shape
        wanted_rows = max(rows, LEAST_ROWS) if is_left else _eights(rows)
        padded = torch.zeros((wanted_rows, _eights(columns)), dtype=torch.int8, device=self._device)
        padded[:rows, :columns] = torch.from_numpy(np.array(matrix, copy=not matrix.flags.writeable)).to(self._device)
        return padded


def _quantise(accumulators: torch.Tensor) -> torch.Tensor:
    """Return clamp(trunc(x / 256), 0, 127): below zero all is 0, above it a shift truncates."""
    return (accumulators.clamp_(min=0) >> 8).clamp_(max=127).to(torch.int8)


def _eights(count: int) -> int:
    return -(-count // MULTIPLE) * MULTIPLE
