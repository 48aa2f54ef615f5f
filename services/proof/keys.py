"""The worker's secret key: read from the configuration, made and kept for its owner only, never shown."""

import os
import secrets
import stat
from pathlib import Path

from compute.proof.signatures import ORDER, TEST_PUBLIC, KeyFormatError, Signer
from services.proof.configuration import ConfigError, WorkerConfig

KEY_FILE = Path("proof", "worker.key")  # in the data directory, when the application makes one


def open_signer(config: WorkerConfig) -> Signer:
    """Return what signs; raise ConfigError for a key that cannot be used or must not be."""
    try:
        signer = Signer(_secret_text(config))
    except KeyFormatError as error:
        raise ConfigError([f"{_source(config)}: {error}"]) from None
    if signer.public_hex == TEST_PUBLIC and not config.worker_allow_test_key:
        said = "this is the published test key, with which anybody can sign; make a key of your own"
        raise ConfigError([f"{_source(config)}: {said}"])
    return signer


def make_key_file(path: Path) -> None:
    """Write a new secret key, readable by its owner only; leave one that is there."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{secrets.randbelow(ORDER - 1) + 1:064x}\n")


def _secret_text(config: WorkerConfig) -> str:
    if config.worker_sk_hex is not None:
        return config.worker_sk_hex.get_secret_value().strip().lower()
    path = config.worker_key_file
    assert path is not None, "the configuration has one of the two"
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigError([f"WORKER_KEY_FILE={path}: others may read it; run chmod 600 on it"])
        return path.read_text().strip().lower()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"WORKER_KEY_FILE={path}: cannot be read ({error})"]) from None


def _source(config: WorkerConfig) -> str:
    return "WORKER_SK_HEX" if config.worker_sk_hex is not None else f"WORKER_KEY_FILE={config.worker_key_file}"
