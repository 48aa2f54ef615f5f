"""Compile the loops of the models once, before several processes at a time would: `python -m tests.compile_kernels`."""

import tests.conftest  # noqa: F401  # says where what was compiled is kept


def main() -> None:
    """Fit every model that has compiled loops, estimate information, and plan a motion."""
    import compute.forecast.warming
    import compute.information.warming
    import compute.planning.warming
    import compute.proof.rows  # compiles when it is imported, the generators with it

    compute.forecast.warming.warm_up()
    compute.information.warming.warm_up()
    compute.planning.warming.warm_up()


if __name__ == "__main__":
    main()
