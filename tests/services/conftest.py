"""A machine whose GPUs are a script, seen through the real binding and a library of ours in the place of NVML's."""

import ctypes
import os
from pathlib import Path

import pytest

from tests.native.build import replaying_library
from tests.native.machines import Machine


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine without GPUs; give it some with `has`. Afterwards this process sees no driver again."""
    library = replaying_library()
    ctypes.CDLL(str(library))  # whoever asks for its name from now on gets it
    path = tmp_path / "nvml.txt"
    monkeypatch.setenv("REPLAY_NVML", str(path))
    monkeypatch.setenv("LD_LIBRARY_PATH", os.pathsep.join([str(library.parent), os.environ.get("LD_LIBRARY_PATH", "")]))
    return Machine(path).has(0)
