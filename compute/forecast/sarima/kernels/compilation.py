"""How the loops are compiled: without Python objects, on one thread, and kept on disk only where a folder is named."""

from collections.abc import Callable
from typing import Any

import numba
from numba import types

Vector = types.Array(types.float64, 1, "C")
Matrix = types.Array(types.float64, 2, "C")
Cube = types.Array(types.float64, 3, "C")
Counts = types.Array(types.int64, 1, "C")
Table = types.Array(types.int64, 2, "C")

# Compiled code is kept only where NUMBA_CACHE_DIR names a folder: numba would otherwise write beside the sources.
_OPTIONS: dict[str, Any] = {
    "cache": bool(numba.config.CACHE_DIR),  # type: ignore[attr-defined]
    "error_model": "numpy",
    "fastmath": {"reassoc", "contract"},  # sums in any order, so that they run on vectors; NaN keeps its meaning
}


def stage(signature: Any) -> Callable[[Callable[..., Any]], Any]:
    """Compile a function at once into one that others call through a pointer."""

    def compile_stage(function: Callable[..., Any]) -> Any:
        return numba.cfunc(signature, **_OPTIONS)(function)

    return compile_stage


def entry(function: Callable[..., Any]) -> Any:
    """Compile, at its first call, a function that Python calls."""
    return numba.njit(**_OPTIONS)(function)


def pointer(signature: Any) -> Any:
    """Return the type of a stage with this signature, to be an argument of another."""
    return types.FunctionType(signature)
