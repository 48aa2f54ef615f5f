"""Compile loops once, before several processes at a time would: `python -m tests.compile_kernels [planning|others]`.

Planning takes about as long as all others together, so that two processes share the work well.
"""

import sys
from collections.abc import Callable

import tests.conftest  # noqa: F401  # says where what was compiled is kept
from services.collector import search_rarely


def compile_planning() -> None:
    """Find routes, plan a motion and drive it."""
    import compute.planning.warming

    compute.planning.warming.warm_up()


def compile_others() -> None:
    """Fit every model that has compiled loops, and estimate information."""
    import compute.forecast.warming
    import compute.information.warming
    import compute.proof.rows  # compiles when it is imported, the generators with it

    compute.forecast.warming.warm_up()
    compute.information.warming.warm_up()


SHARES: dict[str, Callable[[], None]] = {"planning": compile_planning, "others": compile_others}


def main(*shares: str) -> None:
    """Compile these shares, or all."""
    search_rarely()
    for share in shares or SHARES:
        SHARES[share]()


if __name__ == "__main__":
    main(*sys.argv[1:])
