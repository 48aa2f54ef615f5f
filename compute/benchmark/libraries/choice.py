"""The library that a request names, on the device that this process has."""

from typing import Literal

from compute.benchmark.libraries.library import Library
from compute.benchmark.options import LibraryName
from compute.schema import RequestError


def choose_library(name: LibraryName | Literal["auto"], device: str) -> Library:
    """Return the library on `device` (cpu, cuda:0); RequestError where it cannot work there, or is not installed."""
    if name == "numpy":
        if device != "cpu":
            raise RequestError.at("library", msg="'numpy' works on processors only; choose torch or cupy for a GPU")
        from compute.benchmark.libraries.numpy_library import NumpyLibrary

        return NumpyLibrary()
    if name == "cupy":
        return _cupy(device)
    from compute.benchmark.libraries.torch_library import TorchLibrary

    return TorchLibrary(device)


def _cupy(device: str) -> Library:
    if device == "cpu":
        raise RequestError.at("library", msg="'cupy' works on GPUs only, and this job runs on processors; choose torch")
    try:
        from compute.benchmark.libraries.cupy_library import CupyLibrary
    except ImportError as error:
        raise RequestError.at("library", msg="'cupy' is not installed here; install it, or choose torch") from error
    return CupyLibrary(device)
