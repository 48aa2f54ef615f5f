"""The second protocol: what is committed to is opened; what was not done, or altered, is refused with the reason."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from compute.proof.attempt import attempt_v1, attempt_v2, check_engine, mix
from compute.proof.challenge import SAMPLED_ROWS, sampled_rows
from compute.proof.engines import choose_engine
from compute.proof.freivalds import is_product
from compute.proof.inputs import bound_seed, make_rows, negated_columns, seed_of
from compute.proof.merkle import MerkleTree, leaf_hash, root_of
from compute.proof.numpy_engine import NumpyEngine
from compute.proof.receipt import Opening, ProvenReceipt, Receipt, Sizes
from compute.proof.rows import outputs_of_rows, prepare_weights
from compute.proof.verification import verify_work

PREV_HASH = bytes([0xAA]) * 32
SIZES = Sizes(m=100, n=24, k=40)


def proven(sizes: Sizes = SIZES, engine: str = "numpy") -> ProvenReceipt:
    """A receipt of work that was done; unsigned, which is not looked at here."""
    work = attempt_v2(choose_engine(engine), bound_seed("did:x", 3, PREV_HASH, 9), sizes)
    fields: dict[str, Any] = {
        "device_did": "did:x", "epoch_id": 3, "prev_hash_hex": PREV_HASH.hex(), "nonce": 9, "sizes": sizes,
        "work_root_hex": work.root.hex(), "time_ms": 5, "driver_hint": engine, "issued_at_ms": 0,
        "proof": Opening(hashes=tuple(each.hex() for each in work.opening or ())),
    }  # fmt: skip
    return ProvenReceipt(**fields)


HONEST = proven()


@pytest.mark.parametrize(("m", "n", "k"), [(1, 1, 1), (32, 8, 8), (33, 5, 3), (100, 24, 40), (257, 300, 1100)])
@pytest.mark.parametrize("engine", ["numpy", "torch-cpu"])
def test_work_that_was_done_is_believed(m: int, n: int, k: int, engine: str) -> None:
    receipt = proven(Sizes(m=m, n=n, k=k), engine)
    for checking in ("numpy", "torch-cpu"):
        verdict = verify_work(receipt, choose_engine(checking))
        assert verdict.is_done, verdict.reason
        assert str(min(m, SAMPLED_ROWS)) in verdict.reason


@pytest.mark.parametrize("engine", ["numpy", "torch-cpu"])
@pytest.mark.parametrize(("n", "k"), [(24, 12), (300, 700), (30, 2100)])
def test_rows_alone_are_those_of_the_whole(engine: str, n: int, k: int) -> None:
    seed16, sizes, chosen = bytes(range(16)), Sizes(m=60, n=n, k=k), np.array([0, 7, 59])
    whole = NumpyEngine().outputs(*mix(make_rows(seed16, np.arange(60), k), seed16, sizes))
    made = choose_engine(engine)
    left, negated = make_rows(seed16, chosen, k), negated_columns(seed16, k)
    assert np.array_equal(outputs_of_rows(made, left, negated, prepare_weights(made, k, n)), whole[chosen])


def test_large_weights_are_not_kept_as_floats_and_give_the_same() -> None:
    engine, rng = NumpyEngine(), np.random.default_rng(2)
    left, weights = (rng.integers(-128, 128, shape).astype(np.int8) for shape in ((3, 2048), (2048, 2049)))
    assert engine.prepare(weights).dtype == np.int8
    kept = engine.prepare(np.ascontiguousarray(weights[:, :9]))
    assert kept.dtype == np.float32
    assert np.array_equal(engine.accumulate(left, weights)[:, :9], engine.accumulate(left, kept))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"work_root_hex": "00" * 32}, "forged root"),
        ({"nonce": 10}, "forged root"),
        ({"device_did": "did:y"}, "forged root"),
        ({"epoch_id": 4}, "forged root"),
        ({"prev_hash_hex": "ab" * 32}, "forged root"),
        ({"sizes": Sizes(m=100, n=25, k=40)}, "forged root"),
        ({"sizes": Sizes(m=100, n=24, k=40, batch=2)}, "batch of 2"),
        ({"proof": Opening(hashes=())}, "truncated"),
    ],
)
def test_what_was_altered_is_refused_with_the_reason(change: dict[str, Any], said: str) -> None:
    verdict = verify_work(HONEST.model_copy(update=change))
    assert not verdict.is_done
    assert said in verdict.reason or "truncated" in verdict.reason  # other rows are drawn, and need other hashes


def test_a_proof_that_is_cut_or_goes_on_is_refused() -> None:
    for hashes in (HONEST.proof.hashes[:-1], (*HONEST.proof.hashes, "00" * 32)):
        verdict = verify_work(HONEST.model_copy(update={"proof": Opening(hashes=hashes)}))
        assert (verdict.is_done, "truncated or too long" in verdict.reason) == (False, True)


def test_a_root_of_v1_that_was_not_computed_is_refused() -> None:
    sizes = Sizes(m=8, n=8, k=8)
    root = attempt_v1(NumpyEngine(), seed_of(PREV_HASH, 2), sizes).root.hex()
    about = {"device_did": "d", "epoch_id": 1, "prev_hash_hex": PREV_HASH.hex(), "time_ms": 1, "driver_hint": ""}
    assert verify_work(Receipt(**about, nonce=2, sizes=sizes, work_root_hex=root)).is_done
    forged = verify_work(Receipt(**about, nonce=3, sizes=sizes, work_root_hex=root))
    assert (forged.is_done, "forged root" in forged.reason) == (False, True)


@given(count=st.integers(1, 70), data=st.data())
@examples(max_examples=25)
def test_opened_rows_lead_to_the_root_and_no_other_rows_do(count: int, data: st.DataObject) -> None:
    rows = np.random.default_rng(count).integers(-128, 128, (count, 3)).astype(np.int8)
    tree = MerkleTree(rows)
    chosen = data.draw(st.sets(st.integers(0, count - 1), min_size=1))
    leaves = {at: leaf_hash(at, rows[at].tobytes()) for at in chosen}
    assert root_of(leaves, count, tree.open(chosen)) == tree.root
    wrong = leaves | {min(chosen): leaf_hash(min(chosen), b"abc")}
    assert root_of(wrong, count, tree.open(chosen)) != tree.root


def test_rows_are_drawn_without_repeats_and_differ_with_the_root() -> None:
    sizes = Sizes(m=1000, n=4, k=4)
    drawn = [sampled_rows(bytes([at]) * 32, bytes(16), sizes) for at in range(60)]
    assert all(len(set(rows.tolist())) == SAMPLED_ROWS and 0 <= rows.min() <= rows.max() < 1000 for rows in drawn)
    counts = np.bincount(np.concatenate(drawn) // 100, minlength=10)
    assert counts.min() > 130, "192 in each tenth of the rows, with a standard deviation of 13"


@pytest.mark.parametrize("engine", ["numpy", "torch-cpu"])
def test_products_are_exact_at_the_extremes(engine: str) -> None:
    made = choose_engine(engine)
    left = np.full((20, 2500), -128, np.int8)
    left[:, ::3] = 127
    right = np.full((2500, 9), -128, np.int8)
    right[1::7] = 127
    assert np.array_equal(made.product(left, right), left.astype(np.int64) @ right.astype(np.int64))


def test_freivalds_finds_a_single_wrong_entry() -> None:
    rng = np.random.default_rng(1)
    left, right = (rng.integers(-128, 128, shape).astype(np.int8) for shape in ((300, 70), (70, 41)))
    product = left.astype(np.int64) @ right.astype(np.int64)
    assert is_product(left, right, product, rng)
    product[299, 40] += 1
    assert not is_product(left, right, product, rng)
    check_engine(NumpyEngine(), bytes(16), SIZES, rng)
