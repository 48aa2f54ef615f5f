"""Whether the work of a receipt was done: v1 by doing it again, v2 by doing the sampled rows again."""

from compute.proof.attempt import attempt_v1
from compute.proof.challenge import commit, sampled_rows
from compute.proof.engines import Engine
from compute.proof.inputs import make_rows, negated_columns, seed_for
from compute.proof.merkle import leaf_hash, root_of
from compute.proof.numpy_engine import NumpyEngine
from compute.proof.receipt import AnyReceipt, ProvenReceipt
from compute.proof.rows import outputs_of_rows, prepare_weights
from compute.proof.verdict import WorkVerdict

_NUMPY = NumpyEngine()


def verify_work(receipt: AnyReceipt, engine: Engine = _NUMPY) -> WorkVerdict:
    """Return whether the receipt's work root is that of its seed and sizes. Says nothing about the signature.

    Work that was done always passes. Of v1, work with another root never does. Of v2, work of which a share f of the
    rows was not done, or done wrong, passes with probability (1 - f)^32 at most; what tries gain, `challenge` says.
    """
    if receipt.sizes.batch != 1:
        said = f"a batch of {receipt.sizes.batch} claims more attempts than the root commits to; send one by one"
        return WorkVerdict(is_done=False, reason=said)
    return _verify_rows(receipt, engine) if isinstance(receipt, ProvenReceipt) else _verify_again(receipt, engine)


def _verify_again(receipt: AnyReceipt, engine: Engine) -> WorkVerdict:
    work = attempt_v1(engine, seed_for(receipt), receipt.sizes)
    is_done = work.root.hex() == receipt.work_root_hex
    return WorkVerdict(is_done=is_done, reason="done again, with the same root" if is_done else "forged root: doing "
                       "the work again gives another one")  # fmt: skip


def _verify_rows(receipt: ProvenReceipt, engine: Engine) -> WorkVerdict:
    seed16, sizes = seed_for(receipt), receipt.sizes
    rows = sampled_rows(bytes.fromhex(receipt.work_root_hex), seed16, sizes)
    left, negated = make_rows(seed16, rows, sizes.k), negated_columns(seed16, sizes.k)
    outputs = outputs_of_rows(engine, left, negated, prepare_weights(engine, sizes.k, sizes.n))
    leaves = {int(row): leaf_hash(int(row), values.tobytes()) for row, values in zip(rows, outputs, strict=True)}
    merkle_root = root_of(leaves, sizes.m, [bytes.fromhex(each) for each in receipt.proof.hashes])
    if merkle_root is None:
        return WorkVerdict(is_done=False, reason="the proof is truncated or too long for the rows that the root draws")
    if commit(merkle_root, sizes).hex() != receipt.work_root_hex:
        return WorkVerdict(is_done=False, reason="forged root: the sampled rows, done again, do not lead to it")
    return WorkVerdict(is_done=True, reason=f"{len(rows)} sampled rows, done again, lead to the root")
