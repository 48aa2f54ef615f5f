"""One attempt: from a seed to the work root, and for v2 to the opening of its commitment."""

from dataclasses import dataclass

import numpy as np
from blake3 import blake3
from numpy.typing import NDArray

from compute.proof.challenge import commit, sampled_rows
from compute.proof.engines import Engine
from compute.proof.freivalds import is_product
from compute.proof.generators import Bytes, shuffled, words_of
from compute.proof.inputs import (
    fixed_weights,
    long_seed,
    make_matrix,
    make_rows,
    mix_columns,
    mix_rows,
    negated_columns,
    sizes_bytes,
)
from compute.proof.merkle import MerkleTree
from compute.proof.receipt import Sizes

SAMPLES = 256


@dataclass(frozen=True)
class Work:
    """What an attempt came to."""

    root: bytes
    """32 bytes."""
    opening: tuple[bytes, ...] | None = None
    """Of the sampled rows; None in v1, which has no commitment."""


class WrongProductError(ArithmeticError):
    """A device computed something else than the product."""


def attempt_v1(engine: Engine, seed16: bytes, sizes: Sizes) -> Work:
    """Return the work of v1: a hash over samples of Y2 at positions known from the seed."""
    outputs = engine.outputs(*mix(make_matrix(seed16, sizes.m, sizes.k), seed16, sizes))
    samples = outputs.ravel()[sample_positions(seed16, sizes)]
    return Work(blake3(samples.tobytes() + sizes_bytes(sizes)).digest())


def attempt_v2(engine: Engine, seed16: bytes, sizes: Sizes) -> Work:
    """Return the work of v2: a commitment to all of Y2, and its opening at the rows that it draws."""
    left = make_rows(seed16, np.arange(sizes.m, dtype=np.int64), sizes.k)
    tree = MerkleTree(engine.outputs(*mix(left, seed16, sizes)))
    root = commit(tree.root, sizes)
    return Work(root, tree.open(sampled_rows(root, seed16, sizes).tolist()))


def mix(left: Bytes, seed16: bytes, sizes: Sizes) -> tuple[Bytes, Bytes, Bytes]:
    """Return A, (m, k), and W1, (k, n), with their signs, and W2, (n, n)."""
    weights = fixed_weights(sizes.k, sizes.n)
    negated = negated_columns(seed16, sizes.k)
    return mix_columns(left, negated), mix_rows(weights.first, negated), weights.second


def sample_positions(seed16: bytes, sizes: Sizes) -> NDArray[np.uint32]:
    """Return the flat positions of v1's samples: the first 256 of a shuffle of all m * n, all of them if fewer."""
    return shuffled(words_of(long_seed(seed16)), sizes.m * sizes.n)[:SAMPLES]


def check_engine(engine: Engine, seed16: bytes, sizes: Sizes, rng: np.random.Generator) -> None:
    """Raise WrongProductError unless both products of an attempt pass Freivalds' check on this engine."""
    left, first, second = mix(make_matrix(seed16, sizes.m, sizes.k), seed16, sizes)
    inner = engine.product(left, first)
    middle = np.clip(inner >> 8, 0, 127).astype(np.int8)
    for name, a, b, product in (("first", left, first, inner), ("second", middle, second, None)):
        found = engine.product(a, b) if product is None else product
        if not is_product(a, b, found, rng):
            raise WrongProductError(f"the {name} product of {engine.name} is wrong; do not trust this device")
