"""The product of two square matrices: what every other computation is held against."""

from collections.abc import Callable

import numpy as np

from compute.benchmark.checks import check_product
from compute.benchmark.libraries import Library
from compute.benchmark.options import NumberType
from compute.benchmark.workload import Missing, SizeRange, Trial, Work, Workload
from compute.benchmark.workloads.numbers import random_numbers

SIZES = SizeRange(least=64, most=32_768, multiple=64, title="edge")  # smaller ones tell of calls, not of products
GIGA = 1e9
ACCUMULATOR_BYTES = 4  # of a product of int8


def matrix_workload(
    library: Library, dtype: NumberType, seed: int, clock: Callable[[], float], sizes: SizeRange = SIZES
) -> Workload | Missing:
    """Return C = A B, (n, n), of `dtype`: 2 n^3 operations; or why it cannot be had."""
    title = f"Matrix product, {dtype}"
    reason = library.lacks(dtype)
    if reason is not None:
        return Missing("matrix_multiply", dtype, title, library.device, reason, dtype, library.name)

    def prepare(size: int) -> Trial:
        rng = np.random.default_rng(seed)
        left, right = (library.place(random_numbers(rng, (size, size), dtype), dtype) for _ in range(2))
        return Trial(
            call=library.multiply(left, right, dtype),
            check=lambda product: check_product(
                library.host(left), library.host(right), library.host(product), dtype, np.random.default_rng(seed)
            ),
            work=_work(library, dtype, size),
        )

    return Workload(
        kind="matrix_multiply",
        variant=dtype,
        title=title,
        device=library.device,
        sizes=sizes,
        memory=lambda size: size * size * (3 * library.item_bytes[dtype] + ACCUMULATOR_BYTES),
        prepare=prepare,
        timer=library.timer(clock),
        dtype=dtype,
        library=library.name,
        peak=dtype,
    )


def _work(library: Library, dtype: NumberType, size: int) -> Work:
    operations = 2.0 * size**3
    item = library.item_bytes[dtype]
    written = ACCUMULATOR_BYTES if dtype == "int8" else item
    unit = "GOP" if dtype == "int8" else "GFLOP"
    return Work(operations / GIGA, unit, operations, size * size * (2.0 * item + written))
