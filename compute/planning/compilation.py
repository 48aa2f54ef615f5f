"""How the loops of planning are compiled: without Python objects, kept on disk only where a folder is named for it."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

KEPT = bool(numba.config.CACHE_DIR)  # type: ignore[attr-defined]  # numba would otherwise write beside the sources

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compile a function at its first call; divisions by zero give infinity, as in arrays."""
    return cast(F, numba.njit(cache=KEPT, error_model="numpy")(function))


def threaded_kernel(function: F) -> F:
    """Compile as `kernel` does; while it runs, other threads may."""
    return cast(F, numba.njit(cache=KEPT, error_model="numpy", nogil=True)(function))
