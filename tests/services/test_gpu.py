"""Which GPUs there are, through the real binding and a scripted library in the place of NVML's."""

import ctypes
import sys
from pathlib import Path

import pytest

from services import gpu
from services.gpu import ask_uuids, gpu_uuids
from tests.native.build import replaying_library
from tests.native.machines import Machine


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine with two GPUs, for this process and those it starts."""
    library = replaying_library()
    ctypes.CDLL(str(library))
    monkeypatch.setenv("REPLAY_NVML", str(tmp_path / "nvml.txt"))
    monkeypatch.setenv("LD_LIBRARY_PATH", str(library.parent))
    return Machine(tmp_path / "nvml.txt").has(2)


def test_every_gpu_is_named_in_order(machine: Machine) -> None:
    assert ask_uuids() == ("GPU-00000000", "GPU-00000001")


@pytest.mark.parametrize("failing", ["nvmlInit.-", "nvmlDeviceGetCount.-", "nvmlDeviceGetUUID.0"])
def test_a_driver_that_fails_never_fails_us(machine: Machine, failing: str) -> None:
    machine.says({failing: "999"})
    assert ask_uuids() == ()


def test_without_the_binding_there_is_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert ask_uuids() == ()


def test_without_the_library_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "LIBRARY", "libnvidia-of-no-machine.so.1")
    assert gpu_uuids(patience_s=0.0) == ()


def test_a_process_of_its_own_is_asked(machine: Machine) -> None:
    assert gpu_uuids() == ("GPU-00000000", "GPU-00000001")


def test_a_driver_that_hangs_holds_up_nobody(machine: Machine) -> None:
    machine.says({"nvmlDeviceGetCount.-": "hang"})
    assert gpu_uuids(patience_s=0.5) == ()
