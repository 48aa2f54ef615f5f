"""The devices there are: the same tests on each."""

import pytest
import torch

DEVICES = ["cpu", *(["cuda:0"] if torch.cuda.is_available() else [])]


@pytest.fixture(params=DEVICES)
def device(request: pytest.FixtureRequest) -> torch.device:
    """Every device that PyTorch sees here."""
    return torch.device(request.param)
