"""How many series are computed together: as many as the memory holds on a GPU, as many as the caches like elsewhere."""

import torch

from compute.device import free_bytes
from compute.forecast.sarima.orders import Orders

ON_CPU = 4_000_000  # numbers in one tensor
ALIVE = 8 * 48  # bytes of all tensors of an evaluation and its gradient for each number in the largest of them
SEARCHES, FILTERED = 6, 3  # followed of each model at most, and columns that each filters
STARTS = 9  # of which least squares take the derivatives by every coefficient, with few tensors beside them


def numbers_at_once(device: torch.device) -> int:
    """Return how many numbers the largest tensor of a search may hold."""
    free = free_bytes(device)
    return ON_CPU if free is None else free // ALIVE


def models_at_once(orders: Orders, n: int, device: torch.device) -> int:
    """Return how many models of these orders may be searched together for series of n steps."""
    columns = SEARCHES * FILTERED + STARTS * (orders.n_coefficients + 1) // 3
    return max(1, numbers_at_once(device) // (columns * (n + 1) + SEARCHES * orders.memory**2))
