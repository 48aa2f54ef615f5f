"""Making a signed receipt: what the worker's process computes. Heavy modules are loaded with the first attempt."""

import platform
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Protocol

from compute.proof.receipt import V1, AnyReceipt, Opening, ProvenReceipt, Receipt, Sizes, receipt_digest
from compute.proof.signatures import Signer
from services.proof.configuration import WorkerConfig


class DeviceError(RuntimeError):
    """The device could not compute, or computed something wrong."""


class Maker(Protocol):
    """Makes receipts."""

    driver: str
    """Which device and library compute; the tuning is kept by it, and receipts name it."""

    def make(self, config: WorkerConfig, device_did: str, nonce: int, sizes: Sizes) -> tuple[AnyReceipt, float]:
        """Return a receipt without a signature and the milliseconds it took; raise DeviceError."""


class EngineMaker:
    """Makes receipts on one engine. The first attempt on a device other than the processors is checked whole."""

    def __init__(self, engine: str, clock: Callable[[], float] = time.time) -> None:
        from compute.proof.engines import choose_engine

        try:
            self._engine = choose_engine(engine)
        except ValueError as error:
            raise DeviceError(str(error)) from error
        self._clock = clock
        self._is_trusted = engine == "numpy"
        self.driver = _driver(engine)[:200]

    def make(self, config: WorkerConfig, device_did: str, nonce: int, sizes: Sizes) -> tuple[AnyReceipt, float]:
        """Return a receipt without a signature and the milliseconds it took; raise DeviceError."""
        from compute.proof.attempt import attempt_v1, attempt_v2
        from compute.proof.inputs import bound_seed, seed_of

        prev_hash = bytes.fromhex(config.prev_hash_hex)
        is_v1 = config.kernel_ver == V1
        seed = seed_of(prev_hash, nonce) if is_v1 else bound_seed(device_did, config.epoch_id, prev_hash, nonce)
        try:
            self._check(seed, sizes)
            started = time.perf_counter()
            work = (attempt_v1 if is_v1 else attempt_v2)(self._engine, seed, sizes)
        except (RuntimeError, MemoryError, ArithmeticError) as error:  # what torch and CUDA raise, and a wrong product
            raise DeviceError(f"{type(error).__name__}: {error}"[:500]) from error
        time_ms = (time.perf_counter() - started) * 1000
        common = {
            "device_did": device_did, "epoch_id": config.epoch_id, "prev_hash_hex": config.prev_hash_hex,
            "nonce": nonce, "work_root_hex": work.root.hex(), "sizes": sizes, "time_ms": round(time_ms),
            "driver_hint": self.driver,
        }  # fmt: skip
        if work.opening is None:
            return Receipt.model_validate(common), time_ms
        proof = Opening(hashes=tuple(each.hex() for each in work.opening))
        issued = {"issued_at_ms": round(self._clock() * 1000), "proof": proof}
        return ProvenReceipt.model_validate(common | issued), time_ms

    def _check(self, seed: bytes, sizes: Sizes) -> None:
        if not self._is_trusted:
            import numpy as np

            from compute.proof.attempt import check_engine

            check_engine(self._engine, seed, sizes, np.random.default_rng())
            self._is_trusted = True


def sign_receipt(receipt: AnyReceipt, signer: Signer) -> AnyReceipt:
    """Return the receipt with its signature."""
    return receipt.model_copy(update={"sig_hex": signer.sign(receipt_digest(receipt))})


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _driver(engine: str) -> str:
    """Return engine, version and device: another version may be faster, and is tuned anew."""
    if engine == "numpy":
        return f"numpy {version('numpy')} on {_processor()}"
    import torch

    if "cuda" not in engine:
        return f"{engine} {torch.__version__} on {_processor()}"
    name = torch.cuda.get_device_name(torch.device(engine.removeprefix("torch-")))
    return f"{engine} {torch.__version__} CUDA {torch.version.cuda} on {name}"
