"""What the benchmarks' tests share: every library on every device there is."""

from importlib.util import find_spec

import pytest
import torch

from compute.benchmark.libraries import Library, choose_library

HAS_GPU = torch.cuda.is_available()
DEVICES = ["cpu", *(["cuda:0"] if HAS_GPU else [])]
LIBRARIES = [
    ("numpy", "cpu"),
    ("torch", "cpu"),
    *([("torch", "cuda:0")] if HAS_GPU else []),
    *([("cupy", "cuda:0")] if HAS_GPU and find_spec("cupy") else []),
]


@pytest.fixture(params=DEVICES)
def device(request: pytest.FixtureRequest) -> str:
    """Every device that PyTorch sees here."""
    return str(request.param)


@pytest.fixture(params=LIBRARIES, ids=" on ".join, scope="session")
def library(request: pytest.FixtureRequest) -> Library:
    """Every library on every device that it works on."""
    return choose_library(*request.param)
