"""GPUs as NVML tells of them, with a twin of its library."""

import sys
from types import ModuleType

import pytest

from services.gpu import gpu_uuids


class TwinError(Exception):
    """NVML's error."""


def _twin(uuids: list[str], failing: str | None = None) -> ModuleType:
    """Return a library that sees `uuids`, one of whose functions fails."""
    library = ModuleType("pynvml")
    answers = {
        "nvmlInit": lambda: None,
        "nvmlShutdown": lambda: None,
        "nvmlDeviceGetCount": lambda: len(uuids),
        "nvmlDeviceGetHandleByIndex": lambda index: index,
        "nvmlDeviceGetUUID": lambda handle: uuids[handle],
    }

    def fail(*_arguments: object) -> None:
        raise TwinError

    for name, answer in answers.items():
        setattr(library, name, fail if name == failing else answer)
    library.NVMLError = TwinError  # type: ignore[attr-defined]
    return library


def test_every_gpu_is_named_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", _twin(["GPU-a", "GPU-b"]))
    assert gpu_uuids() == ("GPU-a", "GPU-b")


@pytest.mark.parametrize("failing", ["nvmlInit", "nvmlDeviceGetCount", "nvmlDeviceGetUUID", "nvmlShutdown"])
def test_a_driver_that_fails_never_fails_us(monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", _twin(["GPU-a"], failing))
    assert gpu_uuids() == (("GPU-a",) if failing == "nvmlShutdown" else ())


def test_without_the_library_there_is_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert gpu_uuids() == ()
