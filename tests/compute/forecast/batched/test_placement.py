"""No step of the work mixes devices: told without a GPU by PyTorch's device without numbers, which refuses mixtures."""

from collections.abc import Callable

import pytest
import torch

from compute.forecast.sarima import Orders
from compute.forecast.sarima.batched import likelihood, metric, polynomials, prediction, regression
from compute.forecast.sarima.batched.batch import Batch
from compute.forecast.sarima.batched.css import sum_squares
from compute.forecast.sarima.batched.optimiser import begin

ORDERS = Orders(2, 0, 1, 1, 0, 1, 4)
META = torch.device("meta")
SIZE = 6


def numbers(*shape: int) -> torch.Tensor:
    return torch.zeros(shape, dtype=torch.float64, device=META)


BATCH = Batch(
    ORDERS,
    numbers(40, SIZE),
    torch.zeros(SIZE, dtype=torch.long, device=META),
    torch.ones(SIZE, dtype=torch.bool, device=META),
    torch.ones(ORDERS.n_coefficients, SIZE, dtype=torch.bool, device=META),
)
POINT = numbers(ORDERS.n_coefficients, SIZE)
STEPS: dict[str, Callable[[], object]] = {
    "likelihood": lambda: likelihood.deviance(BATCH, POINT),
    "gradient": lambda: begin(BATCH, POINT, numbers(5, 5, SIZE)),
    "least squares": lambda: sum_squares(BATCH, POINT),
    "metric": lambda: metric.inverse_curvature(BATCH, POINT),
    "long regression": lambda: regression.regress_long(BATCH, BATCH.centred()),
    "forecast": lambda: prediction.look_ahead(BATCH, POINT, (1, 1), numbers(20, SIZE), numbers(SIZE), 7),
    "roots": lambda: polynomials.are_roots_outside(ORDERS, POINT, 1.01, (0, 2)),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_step_stays_on_its_device(step: str) -> None:
    STEPS[step]()
