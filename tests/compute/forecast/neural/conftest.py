"""What the networks' tests share: the devices there are, and small shapes."""

import pytest
import torch

from compute.forecast.neural.network import QUANTILES, Shape
from compute.forecast.neural.recurrence import Cell

DEVICES = ["cpu", *(["cuda:0"] if torch.cuda.is_available() else [])]


@pytest.fixture(params=DEVICES)
def device(request: pytest.FixtureRequest) -> torch.device:
    """Every device that PyTorch sees here."""
    return torch.device(request.param)


@pytest.fixture(params=["gru", "lstm"])
def cell(request: pytest.FixtureRequest) -> Cell:
    """Both kinds of recurrence."""
    return request.param


@pytest.fixture
def shape(cell: Cell) -> Shape:
    """A small network with a season of four."""
    return Shape(cell, hidden=5, layers=2, window=9, season=4, head=6, skip=4, quantiles=QUANTILES)
