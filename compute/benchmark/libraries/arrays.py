"""What NumPy and CuPy do with the same code, since CuPy speaks NumPy's language."""

from typing import Any

from compute.benchmark.libraries.library import Call

EDGE = 3  # of kernels


def multiply(xp: Any, left: Any, right: Any) -> Call:
    """Return the call that multiplies into one array, made once."""
    product = xp.empty((left.shape[0], right.shape[1]), left.dtype)
    return lambda: xp.matmul(left, right, out=product)


def convolve(xp: Any, images: Any, kernels: Any) -> Call:
    """Return the call that convolves by one product of matrices per image (im2col), with zeros around.

    images (b, c, h, w), kernels (o, c, 3, 3): (b, o, h, w)
    """
    count, channels, height, width = images.shape
    outputs = kernels.shape[0]
    padded = xp.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = xp.lib.stride_tricks.sliding_window_view(padded, (EDGE, EDGE), axis=(2, 3))  # (b, c, h, w, 3, 3)
    patches = windows.transpose(0, 1, 4, 5, 2, 3)  # (b, c, 3, 3, h, w)
    flat = kernels.reshape(outputs, -1)
    found = xp.empty((count, outputs, height * width), images.dtype)
    columns = xp.empty((channels * EDGE * EDGE, height * width), images.dtype)

    def call() -> Any:
        for at in range(count):
            columns.reshape(channels, EDGE, EDGE, height, width)[...] = patches[at]
            xp.matmul(flat, columns, out=found[at])
        return found.reshape(count, outputs, height, width)

    return call
