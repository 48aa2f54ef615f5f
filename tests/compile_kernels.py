"""Compile the loops of the models once, before several processes at a time would: `python -m tests.compile_kernels`."""

import tests.conftest  # noqa: F401  # says where what was compiled is kept


def main() -> None:
    """Fit every model that has compiled loops."""
    from compute.forecast.warming import warm_up

    warm_up()


if __name__ == "__main__":
    main()
