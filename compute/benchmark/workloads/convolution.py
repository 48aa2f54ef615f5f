"""A layer of a network for images: 3 x 3 kernels over 56 x 56 pixels, 64 channels in and out (He et al. 2015)."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from compute.benchmark.checks import as_check, tolerance_of
from compute.benchmark.libraries import Library
from compute.benchmark.options import NumberType
from compute.benchmark.result import Check
from compute.benchmark.workload import Missing, SizeRange, Trial, Work, Workload
from compute.benchmark.workloads.numbers import random_numbers

EDGE = 3
PIXELS = 56
CHANNELS = 64
SIZES = SizeRange(least=1, most=4096, title="images")
WORKING_COPIES = 9  # of an image that libraries may lay out as columns of a matrix
GIGA = 1e9


def convolution_workload(
    library: Library, dtype: NumberType, seed: int, clock: Callable[[], float], sizes: SizeRange = SIZES
) -> Workload | Missing:
    """Return the layer over a batch of images, in `dtype`; or why it cannot be had."""
    title = f"Convolution, {dtype}"
    reason = _lacks(library, dtype)
    if reason is not None:
        return Missing("convolution", dtype, title, library.device, reason, dtype, library.name)

    def prepare(size: int) -> Trial:
        rng = np.random.default_rng(seed)
        images = library.place(random_numbers(rng, (size, CHANNELS, PIXELS, PIXELS), dtype), dtype)
        kernels = library.place(random_numbers(rng, (CHANNELS, CHANNELS, EDGE, EDGE), dtype), dtype)
        picked = sorted({0, size - 1, int(rng.integers(size))})
        return Trial(
            call=library.convolve(images, kernels, dtype),
            check=lambda found: check_layer(
                library.host(images[picked]), library.host(kernels), library.host(found[picked]), dtype
            ),
            work=_work(size, library.item_bytes[dtype]),
        )

    return Workload(
        kind="convolution",
        variant=dtype,
        title=title,
        device=library.device,
        sizes=sizes,
        memory=lambda size: size * CHANNELS * PIXELS**2 * (2 + WORKING_COPIES) * library.item_bytes[dtype],
        prepare=prepare,
        timer=library.timer(clock),
        dtype=dtype,
        library=library.name,
        peak=dtype,
    )


def check_layer(
    images: NDArray[np.generic], kernels: NDArray[np.generic], found: NDArray[np.generic], dtype: NumberType
) -> Check:
    """Return whether `found`, (b, o, h, w), is the layer over `images`, (b, c, h, w), by nine shifted products."""
    exact, scale = _shifted_sum(images, kernels), _shifted_sum(np.abs(images), np.abs(kernels))
    shares = np.abs(found.astype(np.float64) - exact) / scale
    error = float(shares.max()) if np.isfinite(shares).all() else float("inf")
    tolerance = tolerance_of(dtype, kernels[0].size)
    return as_check(error, tolerance, f"{len(images)} whole images in double precision, by shifted products")


def _shifted_sum(images: NDArray[np.generic], kernels: NDArray[np.generic]) -> NDArray[np.float64]:
    """Return sum over c, i, j of kernels[o, c, i, j] images[b, c, h + i - 1, w + j - 1], zeros outside."""
    height, width = images.shape[2:]
    padded = np.pad(images.astype(np.float64), ((0, 0), (0, 0), (1, 1), (1, 1)))
    total = np.zeros((len(images), len(kernels), height, width))
    for i in range(EDGE):
        for j in range(EDGE):
            part = padded[:, :, i : i + height, j : j + width]
            weights = kernels[:, :, i, j].astype(np.float64)
            total += np.moveaxis(np.tensordot(weights, part, axes=(1, 1)), 0, 1)  # (o, b, h, w) -> (b, o, h, w)
    return total


def _lacks(library: Library, dtype: NumberType) -> str | None:
    """Return why not, by the library's own word: one small image is tried."""
    reason = library.lacks(dtype)
    if reason is not None:
        return reason
    try:
        image = library.place(np.ones((1, 1, EDGE, EDGE), np.int8), dtype)
        library.convolve(image, image, dtype)()
    except (RuntimeError, NotImplementedError, TypeError) as error:
        return str(error).splitlines()[0]
    return None


def _work(size: int, item: int) -> Work:
    pixels = size * CHANNELS * PIXELS**2
    operations = 2.0 * pixels * CHANNELS * EDGE**2
    return Work(operations / GIGA, "GFLOP", operations, (2.0 * pixels + CHANNELS**2 * EDGE**2) * item)
