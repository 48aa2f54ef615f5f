"""What tests of portfolios share: every place that arrays may lie in."""

from pathlib import Path

import pytest

from compute.portfolio.arrays import Place, choose_place

HAS_GPU = Path("/proc/driver/nvidia/version").exists()


@pytest.fixture(params=["cpu", *(["cuda:0"] if HAS_GPU else [])])
def place(request: pytest.FixtureRequest) -> Place:
    """NumPy, and CuPy where there is a GPU."""
    chosen = choose_place(request.param, numbers=float("inf"))
    assert chosen.device == request.param
    return chosen
