"""The worker's configuration: environment and one file, validated together, secrets masked, reloaded while it runs."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from compute.proof.receipt import MAX_SIZE, SAFE_INTEGER, U64, V1, Sizes

CONFIG_FILE = Path("proof", "worker.env")  # in the data directory
FIXED = frozenset({"worker_sk_hex", "worker_key_file", "device_did", "worker_index", "worker_count", "worker_engine"})
"""What a running worker cannot change: who it is, its share of the nonces, and its device."""
ENGINE_PATTERN = r"^(numpy|torch-cpu|torch-cuda(:\d+)?)$"
_PRESET = re.compile(r"\s*(\d{1,4})\s*,\s*(\d{1,4})\s*,\s*(\d{1,4})\s*")
DEFAULT_PRESETS = ((512,) * 3, (768,) * 3, (1024,) * 3, (1280,) * 3, (1536,) * 3)

Preset = tuple[int, int, int]


class WorkerConfig(BaseSettings):
    """How a worker signs, where it sends, and how hard it works. Each field is the variable of its name."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True, env_prefix="")

    worker_sk_hex: SecretStr | None = Field(default=None, description="Secret key, 64 hexadecimal digits.")
    worker_key_file: Path | None = Field(
        default=None, description="File that holds the secret key, for its owner only."
    )
    worker_allow_test_key: bool = Field(default=False, description="Take the published test key: for tests only.")
    device_did: str | None = Field(
        default=None, min_length=1, max_length=200, description="Name of the device; empty: the did:key of its key."
    )
    aggregator_url: str = Field(description="Address of the verifier; receipts go to /verify below it.")
    epoch_id: int = Field(default=0, ge=0, le=U64, description="Epoch that the receipts are for.")
    prev_hash_hex: str = Field(
        default="00" * 32, pattern=r"^[0-9a-f]{64}$", description="Hash of the epoch before, lower-case hexadecimal."
    )
    kernel_ver: Literal["gemm_int8_relu_q_v1", "gemm_int8_relu_q_v2"] = Field(
        default="gemm_int8_relu_q_v2", description="Protocol that is spoken."
    )
    worker_engine: str = Field(default="numpy", pattern=ENGINE_PATTERN, description="What computes.")
    worker_index: int = Field(default=0, ge=0, description="Number of this worker among those of the device.")
    worker_count: int = Field(default=1, ge=1, le=4096, description="Workers that share the device's nonces.")
    autotune_target_ms: float = Field(default=300, ge=1, le=600_000, description="Time one attempt should take.")
    autotune_presets: Annotated[tuple[Preset, ...], NoDecode] = Field(
        default=DEFAULT_PRESETS, min_length=1, max_length=20, description="Sizes m,n,k to measure, `;` between them."
    )
    autotune_disable: bool = Field(default=False, description="Take the first preset and measure nothing.")
    autotune_memory_mib: int = Field(default=2048, ge=16, description="Memory that an attempt may take.")
    worker_debug_receipt: bool = Field(default=False, description="Log each receipt whole.")
    metrics_enabled: bool = Field(default=True, description="Offer metrics for Prometheus.")
    max_retries: int = Field(default=3, ge=0, le=20, description="Tries after the first before the longest pause.")
    retry_delay_ms: float = Field(default=1000, ge=1, le=30_000, description="Pause before the second try; it doubles.")
    submit_timeout_s: float = Field(default=10, ge=0.1, le=120, description="How long an answer is waited for.")
    health_check_interval_ms: float = Field(default=30_000, ge=100, description="How often health is looked at.")
    rate_limit_per_second: float = Field(default=10, gt=0, le=10_000, description="Receipts a second, in the long run.")
    rate_limit_burst: int = Field(default=5, ge=1, le=10_000, description="Receipts at once after a pause.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="What is logged.")

    @field_validator("autotune_presets", mode="before")
    @classmethod
    def _read_presets(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return tuple(_read_preset(part) for part in value.split(";") if part.strip())

    @field_validator("log_level", mode="before")
    @classmethod
    def _lower(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value

    @field_validator("aggregator_url")
    @classmethod
    def _check_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or not _has_port(value):
            raise ValueError("is no address; give http://host:port or https://host")
        if parts.username is not None or parts.query or parts.fragment:
            raise ValueError("has a user, a query or a fragment; give only host, port and path")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _check_together(self) -> "WorkerConfig":
        if self.worker_sk_hex is None and self.worker_key_file is None:
            raise ValueError("no key to sign with; give WORKER_SK_HEX or WORKER_KEY_FILE")
        if self.worker_index >= self.worker_count:
            raise ValueError(f"WORKER_INDEX={self.worker_index} is not below WORKER_COUNT={self.worker_count}")
        if self.kernel_ver != V1 and self.epoch_id > SAFE_INTEGER:
            raise ValueError(f"EPOCH_ID={self.epoch_id} exceeds the {SAFE_INTEGER} of {self.kernel_ver}; use {V1}")
        return self

    @property
    def submit_url(self) -> str:
        """Where receipts are posted."""
        return self.aggregator_url if self.aggregator_url.endswith("/verify") else f"{self.aggregator_url}/verify"

    @property
    def presets(self) -> tuple[Sizes, ...]:
        """The sizes to measure."""
        return tuple(Sizes(m=m, n=n, k=k) for m, n, k in self.autotune_presets)

    def shown(self) -> dict[str, str]:
        """Return the variables in force, by name, with secrets masked."""
        return {name.upper(): _show(value) for name, value in self if value is not None}


class ConfigError(ValueError):
    """The configuration cannot be used; `problems` holds one line per fault, secrets masked."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def read_config(path: Path, **overrides: Any) -> WorkerConfig:
    """Return the configuration: `overrides`, then the environment, then the file; ConfigError names every fault."""
    try:
        problems = [f"{name}: no such setting in {path.name}; remove it" for name in _unknown(path)]
        config = WorkerConfig(_env_file=path if path.is_file() else None, **overrides)
    except ValidationError as error:
        problems += [_describe(item) for item in error.errors(include_url=False)]
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path}: cannot be read ({error}); write text that the worker may read"]) from error
    if problems:
        raise ConfigError(problems)
    return config


def reloaded(old: WorkerConfig, new: WorkerConfig) -> tuple[WorkerConfig, list[str]]:
    """Return what a running worker takes of a new configuration, and a sentence for each field that it cannot."""
    kept = {name: getattr(old, name) for name in FIXED if getattr(old, name) != getattr(new, name)}
    said = [f"{name.upper()} changed; it takes effect when the worker is started again" for name in sorted(kept)]
    return new.model_copy(update=kept), said


def _has_port(url: str) -> bool:
    """Return whether the port of an address, if it gives one, is a port."""
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def _unknown(path: Path) -> list[str]:
    if not path.is_file():
        return []
    return sorted(name for name in dotenv_values(path) if name.lower() not in WorkerConfig.model_fields)


def _read_preset(part: str) -> Preset:
    match = _PRESET.fullmatch(part)
    sizes = tuple(map(int, match.groups())) if match else (0,)
    if not all(1 <= size <= MAX_SIZE for size in sizes):
        raise ValueError(f"{part.strip()!r} is no preset; give m,n,k of 1 to {MAX_SIZE}, such as 512,512,512")
    return sizes[0], sizes[1], sizes[2]


def _show(value: Any) -> str:
    if isinstance(value, SecretStr):
        return "********"
    if isinstance(value, tuple):
        return ";".join(",".join(map(str, preset)) for preset in value)
    return str(value)


def _describe(item: Mapping[str, Any]) -> str:
    name = str(item["loc"][0]).upper() if item["loc"] else "configuration"
    is_secret = name == "WORKER_SK_HEX" or "@" in str(item["input"])  # an address with a password
    is_shown = item["loc"] and not is_secret and item["type"] != "missing"
    said = "is needed" if item["type"] == "missing" else str(item["msg"]).removeprefix("Value error, ")
    return f"{name}{'=' + str(item['input'])[:100] if is_shown else ''}: {said}"
