"""The verifier of an installation: its policy from the environment, alone on a port or as a part of the server."""

import json
import signal
import sys
from collections.abc import Callable, Iterable
from typing import Any

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import Engine
from waitress import create_server

from compute.proof.signatures import KeyFormatError, normalised_public_key
from services.proof.checking import open_checker
from services.proof.configuration import ENGINE_PATTERN, ConfigError
from services.proof.devices import DeviceStore
from services.proof.verifier import (
    LARGEST_AGE_S,
    LARGEST_SKEW_S,
    MAX_BODY_BYTES,
    CheckWork,
    Policy,
    Verifier,
    answer_verify,
)
from services.settings import Settings
from services.workspace import open_workspace

CANNOT_START = 2
THREADS = 8
Respond = Callable[[str, list[tuple[str, str]]], Any]
_STATUS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 411: "Length Required",
           413: "Content Too Large", 503: "Service Unavailable"}  # fmt: skip


class VerifyConfig(BaseSettings):
    """Whose receipts are taken. Each field is the variable of its name."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True, env_prefix="")

    verify_pubkey: str | None = Field(default=None, description="Public key of all devices, 33 bytes as hex.")
    verify_registered_only: bool = Field(default=False, description="Refuse a did:key that nobody registered.")
    verify_allow_test_key: bool = Field(default=False, description="Take the published test key: for tests only.")
    verify_engine: str = Field(default="numpy", pattern=ENGINE_PATTERN, description="What computes the sampled rows.")
    verify_skew_s: float = Field(default=LARGEST_SKEW_S, ge=0, description="How far a device's clock may be ahead.")
    verify_age_s: float = Field(default=LARGEST_AGE_S, gt=0, description="How old a receipt may be.")

    @field_validator("verify_pubkey")
    @classmethod
    def _normalise(cls, value: str | None) -> str | None:
        try:
            return None if value is None else normalised_public_key(value.strip().lower())
        except KeyFormatError as error:
            raise ValueError(str(error)) from None

    def policy(self) -> Policy:
        """Return it as the verifier wants it."""
        return Policy(
            public_hex=self.verify_pubkey,
            is_registered_only=self.verify_registered_only,
            is_test_key_taken=self.verify_allow_test_key,
            skew_s=self.verify_skew_s,
            age_s=self.verify_age_s,
        )


def open_verifier(engine: Engine, check_work: CheckWork) -> Verifier:
    """Return the verifier under the environment's policy; raise ConfigError for one that cannot be used."""
    try:
        config = VerifyConfig()
    except ValidationError as error:
        faults = error.errors(include_url=False)
        raise ConfigError([f"{str(item['loc'][0]).upper()}: {item['msg']}" for item in faults]) from error
    return Verifier(DeviceStore(engine), check_work, config.policy())


def serve_alone(settings: Settings, host: str, port: int) -> int:
    """Verify receipts on a port until interrupted; return the exit status."""
    checker = open_checker(settings)
    try:
        verifier = open_verifier(open_workspace(settings).jobs.engine, checker)
        server = create_server(
            VerifierApplication(verifier), host=host, port=port, threads=THREADS, max_request_body_size=MAX_BODY_BYTES
        )
    except (ConfigError, OSError) as error:
        sys.stderr.write(f"The verifier cannot start: {error}\n")
        return CANNOT_START
    sys.stdout.write(f"The verifier is at http://{host}:{server.effective_port}\n")
    sys.stdout.flush()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # as Ctrl-C: what is under way is answered
    try:
        server.run()
    finally:
        server.close()
        checker.close()
    return 0


class VerifierApplication:
    """The verifier alone, as WSGI: `POST /verify` and `GET /healthz`."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier

    def __call__(self, environ: dict[str, Any], respond: Respond) -> Iterable[bytes]:
        """Answer one request."""
        status, answer, headers = self._answer(environ)
        body = json.dumps(answer).encode()
        headers |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
        respond(f"{status} {_STATUS[status]}", list(headers.items()))
        return [body]

    def _answer(self, environ: dict[str, Any]) -> tuple[int, dict[str, Any], dict[str, str]]:
        path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
        wanted = {"/verify": "POST", "/healthz": "GET"}.get(path)
        if wanted is None:
            return 404, {"ok": False, "reason": "there are POST /verify and GET /healthz"}, {}
        if method != wanted:
            return 405, {"ok": False, "reason": f"{path} takes {wanted}"}, {"Allow": wanted}
        if path == "/healthz":
            return 200, {"ok": True}, {}
        length = environ.get("CONTENT_LENGTH") or ""
        if not length.isdigit():
            return 411, {"ok": False, "reason": "the body needs a Content-Length"}, {}
        return answer_verify(self._verifier, environ["wsgi.input"].read(min(int(length), MAX_BODY_BYTES + 1)))
