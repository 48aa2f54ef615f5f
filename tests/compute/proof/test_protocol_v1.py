"""Every value that the protocol publishes, and the compiled loops against the protocol as it is written."""

import struct

import numpy as np
import pytest
from blake3 import blake3
from numpy.typing import NDArray

from compute.proof.attempt import attempt_v1, sample_positions
from compute.proof.engines import choose_engine
from compute.proof.generators import fill_block, fill_draws, fill_words, shuffled, words_of
from compute.proof.inputs import WEIGHTS_SEED, fixed_weights, long_seed, make_matrix, seed_of
from compute.proof.numpy_engine import NumpyEngine
from compute.proof.receipt import Sizes

PREV_HASH = bytes([0xAA]) * 32
ROOTS = {
    (16, 16, 16, 0): "db3961861e94414360a65e7f1e6bbc58b7dc64332370f7f798555c0bba06e940",
    (16, 16, 16, 1): "271b92d67e2d424e0db517cdfdfc85366ffab6f45d9594efc1634130d8d51408",
    (32, 48, 24, 0): "11cd409bc27e930cc9644069db85bf0db777a6f7e5f779b23dd4842682fcfc48",
    (32, 48, 24, 1): "563a746ed2081ab4599b803a69421741b37ffd2c53f58ec5002497adbce6b028",
    (64, 64, 64, 0): "9ad81e6ab2fb923b37f783910b4cafd5c12d3106ae19de1ee731504f1a208c45",
    (512, 512, 512, 1): "54458b47818aa48d861535f40d42d966bf896b112cf25b3e29ebb90192720ee3",
    (1024, 1024, 1024, 1): "e203f737e83337fa73288531612abec1242ab638322193eefb6cd32e01e6bc3d",
}


@pytest.mark.parametrize("engine", ["numpy", "torch-cpu"])
def test_work_roots_are_the_published_ones_on_every_engine(engine: str) -> None:
    made = choose_engine(engine)
    found = {
        (m, n, k, nonce): attempt_v1(made, seed_of(PREV_HASH, nonce), Sizes(m=m, n=n, k=k)).root.hex()
        for m, n, k, nonce in ROOTS
    }
    assert found == ROOTS


def test_seeds_are_the_published_ones() -> None:
    assert seed_of(PREV_HASH, 0).hex() == "4493f0e68c623361cbd8ad63f4976ebd"
    assert seed_of(PREV_HASH, 1).hex() == "f00e8792ec70aeb274eaf0f6eb1772a7"
    assert WEIGHTS_SEED.hex() == "97110e5aad41827f621bf70d67a49a64"
    found = long_seed(seed_of(PREV_HASH, 1)).hex()
    assert found == "b793ea63c64ea64d3c1f67488c86160766f3b9cef58d9f5081855329a967fd26"


def test_generators_give_the_published_words_and_order() -> None:
    seed16 = seed_of(PREV_HASH, 1)
    words, block = np.empty(4, np.uint32), np.empty(16, np.uint32)
    fill_words(words_of(seed16), words)
    assert [f"{word:08x}" for word in words] == ["8f1a7c8c", "d12cbcac", "c3363591", "fdb489bc"]
    assert make_matrix(seed16, 1, 8).tolist() == [[-116, -84, -111, -68, -126, 83, -110, 9]]
    assert fixed_weights(8, 8).first[0].tolist() == [-10, -31, -120, 36, -10, -46, -33, -37]
    fill_block(words_of(long_seed(seed16)), 0, block)
    assert [f"{word:08x}" for word in block[:4]] == ["f1f9852a", "0568e5fc", "cf082c0f", "7ea8adf9"]
    order = shuffled(words_of(long_seed(seed16)), 16)
    assert order.tolist() == [10, 12, 13, 7, 5, 9, 14, 3, 2, 1, 4, 8, 6, 11, 0, 15]


@pytest.mark.parametrize(("m", "n", "k"), [(5, 7, 3), (40, 9, 33), (1, 1, 1), (3, 300, 200)])
def test_an_attempt_equals_the_protocol_as_it_is_written(m: int, n: int, k: int) -> None:
    seed16, sizes = seed_of(PREV_HASH, 7), Sizes(m=m, n=n, k=k)
    assert attempt_v1(NumpyEngine(), seed16, sizes).root == as_written(seed16, sizes)


def test_numbers_below_a_bound_never_reach_it_and_reject_as_the_zone_says() -> None:
    key = words_of(long_seed(bytes(16)))
    bounds = np.array([1, 2, 3, 5, 2**31, 2**31 + 1, 2**32 - 1] * 40, dtype=np.uint32)
    draws = bounds.copy()
    fill_draws(key, draws)
    assert (draws < bounds).all()
    assert draws.tolist() == list(draws_as_written(key, bounds))


def draws_as_written(key: NDArray[np.uint32], bounds: NDArray[np.uint32]) -> list[int]:
    words, counter, found = [], 0, []
    for bound in bounds.tolist():
        zone = ((bound << (32 - bound.bit_length())) & 0xFFFFFFFF) - 1
        while True:
            if not words:
                block = np.empty(16, np.uint32)
                fill_block(key, counter, block)
                words, counter = block.tolist(), counter + 1
            product = words.pop(0) * bound
            if product & 0xFFFFFFFF <= zone:
                break
        found.append(product >> 32)
    return found


def as_written(seed16: bytes, sizes: Sizes) -> bytes:
    """The protocol step by step: with the permutation, in integers."""
    m, n, k = sizes.m, sizes.n, sizes.k
    weights = fixed_weights(k, n)
    words = np.empty(k, np.uint32)
    fill_words(words_of(seed16), words)
    signs = np.where(words & 1, -1, 1)
    order = shuffled(words_of(long_seed(seed16)), k)
    left = np.clip(make_matrix(seed16, m, k).astype(np.int64) * signs, -128, 127)[:, order]
    first = np.clip(weights.first.astype(np.int64) * signs[:, None], -128, 127)[order]

    def quantise(x: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.clip(np.trunc(x / 256), 0, 127).astype(np.int64)

    outputs = quantise(quantise(left @ first) @ weights.second.astype(np.int64)).astype(np.int8)
    samples = outputs.ravel()[sample_positions(seed16, sizes)]
    return blake3(samples.tobytes() + struct.pack("<QQQ", m, n, k)).digest()
