"""How the loops over neighbours are compiled: without Python objects, kept on disk only where a folder is named."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

KEPT = bool(numba.config.CACHE_DIR)  # type: ignore[attr-defined]  # numba would otherwise write beside the sources

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compile a function at its first call; it holds no lock of Python while it runs."""
    return cast(F, numba.njit(cache=KEPT, error_model="numpy", nogil=True)(function))
