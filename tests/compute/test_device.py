"""A device is chosen by its name, and one that is not there is refused with the way out."""

import pytest
import torch

from compute.device import choose_device, nearest_device


def test_the_cpu_is_always_there() -> None:
    assert choose_device("cpu") == torch.device("cpu")


@pytest.mark.parametrize("name", ["cuda:99", "meta"])
def test_device_that_is_not_there_is_refused_with_the_way_out(name: str) -> None:
    with pytest.raises(ValueError, match="choose cpu"):
        choose_device(name)


def test_every_cuda_device_is_found_by_its_name() -> None:
    for index in range(torch.cuda.device_count()):
        assert choose_device(f"cuda:{index}").index == index


def test_work_for_a_device_that_is_not_there_is_done_by_the_processors() -> None:
    assert [nearest_device(name) for name in ("cpu", "cuda:99", "meta")] == ["cpu"] * 3
