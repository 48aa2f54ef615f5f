"""Compile the loops of the models once, before several processes at a time would: `python -m tests.compile_kernels`."""

import os

from tests.conftest import COMPILED


def main() -> None:
    """Fit every model that has compiled loops; they are kept where the tests look for them."""
    from compute.forecast.warming import warm_up

    warm_up()
    print(f"compiled loops are in {os.environ[COMPILED]}")


if __name__ == "__main__":
    main()
