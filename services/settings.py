"""The application's settings: read once from the environment and `.env`, frozen, every error reported at once."""

import os
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "LOOKAHEAD_"
_READ_ELSEWHERE = ("BENCH_DATA", "TEST_POSTGRES")  # by benchmarks and tests, which share the environment
SLOWEST_HZ = 0.2
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]", "::1")


class Settings(BaseSettings):
    """Everything that can be configured. Each field is read from `LOOKAHEAD_<NAME>`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", frozen=True, extra="forbid", env_ignore_empty=True
    )

    host: str = Field(
        default="127.0.0.1", description="Address to listen on. Only loopback until authentication is configured."
    )
    port: int = Field(default=8050, ge=0, le=65535, description="Port to listen on; 0 takes a free one and prints it.")
    data_dir: Path = Field(default=Path(".lookahead"), description="Where datasets, jobs and results are kept.")
    database_url: SecretStr | None = Field(  # a URL may hold a password
        default=None, description="SQLAlchemy URL of the job table. Empty: SQLite in the data directory."
    )
    workers: int = Field(
        default=2, ge=1, le=64, description="CPU worker processes. Each GPU gets one more when a task can use it."
    )
    threads: int = Field(default=64, ge=8, le=512, description="Web server threads; a waiting request holds one.")
    worker_memory_mib: int = Field(
        default=4096, ge=256, description="Memory one worker may use, in MiB; a job that needs more fails."
    )
    upload_limit_mib: int = Field(default=2048, ge=1, description="Largest upload, in MiB.")
    lease_s: float = Field(
        default=15.0, ge=0.5, le=600, description="Seconds without a heartbeat after which a job is run elsewhere."
    )
    cancel_grace_s: float = Field(
        default=3.0,
        ge=0.1,
        le=60,
        description="Seconds a cancelled job gets to stop by itself before its worker is killed.",
    )
    max_attempts: int = Field(
        default=5, ge=1, le=50, description="How often a job is started before it is given up as failed."
    )
    cache_ttl_s: float = Field(
        default=3600.0,
        ge=0,
        description="Seconds during which an equal request is answered from an earlier result; 0 never.",
    )
    model_cache_mib: int = Field(
        default=256, ge=0, description="Largest size of the kept estimates of batches, in MiB; 0 keeps none."
    )
    model_cache_days: float = Field(
        default=7.0, ge=0.01, description="Days for which the estimates of a series are kept after their last use."
    )
    moments_cache_minutes: float = Field(
        default=20.0,
        ge=0,
        le=1440,
        description="Minutes for which estimates of assets' returns and risks are kept after their last use; 0: none.",
    )
    retention_days: float = Field(default=30.0, ge=0.01, description="Days a finished job and its result are kept.")
    sample_hz: float = Field(
        default=1.0,
        ge=0,
        le=10,
        description="How often GPUs and machine are sampled, per second: 0.2 to 10; 0 samples nothing.",
    )
    pcie_rates: bool = Field(
        default=False,
        description="Ask GPUs before Hopper what PCIe carries: every 10 s, 40 ms of a thread for each GPU.",
    )
    history_mib: int = Field(
        default=512, ge=8, description="Largest size of the history of samples, in MiB; the oldest are dropped first."
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Further Host names to answer to, comma-separated. Loopback names always work."
    )
    secret_key: SecretStr | None = Field(
        default=None,
        min_length=32,
        description="Signs browser sessions. Empty: made once and kept in the data directory.",
    )
    webhook_url: SecretStr | None = Field(  # such addresses often hold a token
        default=None, description="Where alerts are sent (http or https), as JSON. Empty: nowhere."
    )
    webhook_secret: SecretStr | None = Field(
        default=None, min_length=16, description="Signs what is sent there (HMAC-SHA256). Empty: it is not signed."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="What is logged, as JSON lines on standard error."
    )
    warm_modules: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("compute.forecast.warming", "compute.planning.warming", "compute.information.warming"),
        description="Modules each worker imports before its first job, comma-separated; then runs their `warm_up`.",
    )
    task_registry: str = Field(default="services.tasks:TASKS", description="Table of job kinds, as module:name.")

    @field_validator("allowed_hosts", "warm_modules", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("sample_hz")
    @classmethod
    def _refuse_slow_sampling(cls, value: float) -> float:
        if 0 < value < SLOWEST_HZ:
            raise ValueError(f"{value:g} a second is too seldom to watch anything; use {SLOWEST_HZ:g} to 10, or 0")
        return value

    @field_validator("webhook_url")
    @classmethod
    def _check_webhook(cls, value: SecretStr | None) -> SecretStr | None:
        parts = urlsplit(value.get_secret_value()) if value is not None else None
        if parts is not None and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("not an address; give one that begins with https:// or http://")
        return value

    @model_validator(mode="after")
    def _refuse_open_address(self) -> "Settings":
        if not is_loopback(self.host):
            raise ValueError(
                f"LOOKAHEAD_HOST={self.host} would let other machines in, and no authentication is configured; "
                "use 127.0.0.1 and a reverse proxy that authenticates"
            )
        return self

    @property
    def jobs_url(self) -> str:
        """The database URL in force."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir.resolve() / 'lookahead.db'}"


class SettingsError(ValueError):
    """The configuration cannot be used; `problems` holds one line per fault, secrets masked."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_settings(**overrides: Any) -> Settings:
    """Return the settings from the environment, `.env` and `overrides`; raise SettingsError naming every fault."""
    problems = _unknown_variables()
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        problems += [_describe(item) for item in error.errors(include_url=False)]
    if problems:
        raise SettingsError(problems)
    return settings


def is_loopback(host: str) -> bool:
    """True when only this machine can reach `host`."""
    if host in LOOPBACK_NAMES:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _unknown_variables() -> list[str]:
    known = {PREFIX + name.upper() for name in Settings.model_fields} | {PREFIX + name for name in _READ_ELSEWHERE}
    return [
        f"{name}: no such setting; remove it or check its spelling"
        for name in sorted(os.environ)
        if name.startswith(PREFIX) and name not in known
    ]


def _describe(item: Any) -> str:
    name = PREFIX + "_".join(str(part) for part in item["loc"]).upper() if item["loc"] else "settings"
    field = Settings.model_fields.get(str(item["loc"][0])) if item["loc"] else None
    is_secret = field is not None and "SecretStr" in str(field.annotation)
    shown = "" if not item["loc"] else "=" + ("********" if is_secret else str(item["input"]))
    return f"{name}{shown}: {str(item['msg']).removeprefix('Value error, ')}"
