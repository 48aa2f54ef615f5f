"""A real verifier over HTTP on a free port, whose answers can be scripted to fail; a clock that is set by hand."""

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from compute.proof.receipt import AnyReceipt
from compute.proof.signatures import TEST_SECRET
from compute.proof.verdict import WorkVerdict
from compute.proof.verification import verify_work
from services.proof.attempts import EngineMaker
from services.proof.autotune import TuningStore
from services.proof.configuration import WorkerConfig
from services.proof.devices import DeviceStore
from services.proof.keys import open_signer
from services.proof.nonces import NonceStore
from services.proof.outbox import Outbox
from services.proof.posting import post_json
from services.proof.verifier import Policy, Verifier
from services.proof.verifying import VerifierApplication
from services.proof.worker import Post, ProofWorker, Surroundings
from services.workspace import Workspace

NOW = 1_800_000_000.0
Fault = Callable[[dict[str, Any], Any], Iterable[bytes] | None]
"""Answers in place of the verifier; None: lets the verifier answer."""


@dataclass
class Clock:
    """Says what it is told."""

    at: float = NOW

    def __call__(self) -> float:
        return self.at


@dataclass
class Scripted:
    """The verifier as WSGI, behind faults that are used up one by one."""

    verifier: Verifier
    faults: list[Fault] = field(default_factory=list)
    posts: int = 0
    url: str = ""

    def __call__(self, environ: dict[str, Any], respond: Any) -> Iterable[bytes]:
        self.posts += 1
        answer = self.faults.pop(0)(environ, respond) if self.faults else None
        return VerifierApplication(self.verifier)(environ, respond) if answer is None else answer


def status(line: str, body: object = b"no", **headers: str) -> Fault:
    """Answer with this status and body."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()

    def answer(environ: dict[str, Any], respond: Any) -> Iterable[bytes]:
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        respond(line, [("Content-Length", str(len(raw))), *((k.replace("_", "-"), v) for k, v in headers.items())])
        return [raw]

    return answer


class Silent(WSGIRequestHandler):
    """Logs nothing."""

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def verifying(
    workspace: Workspace, clock: Callable[[], float], work: Callable[[AnyReceipt], WorkVerdict] = verify_work
) -> Iterator[Scripted]:
    """A verifier at work on the workspace's database."""
    devices = DeviceStore(workspace.jobs.engine, clock)
    scripted = Scripted(Verifier(devices, work, Policy(is_test_key_taken=True), clock))
    server = make_server("127.0.0.1", 0, scripted, handler_class=Silent)
    scripted.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield scripted
    server.shutdown()
    server.server_close()
    thread.join()


def config_for(url: str, **changes: Any) -> WorkerConfig:
    """A configuration of small attempts with the published key."""
    given = {
        "aggregator_url": url, "worker_sk_hex": TEST_SECRET, "worker_allow_test_key": True, "autotune_disable": True,
        "autotune_presets": "24,16,16", "rate_limit_per_second": 1000, "rate_limit_burst": 1000,
    }  # fmt: skip
    return WorkerConfig(**(given | changes))


def make_worker(
    workspace: Workspace, clock: Clock, config: WorkerConfig, post: Post = post_json, **parts: Any
) -> ProofWorker:
    """A worker on the workspace's database."""
    engine = workspace.jobs.engine
    around = Surroundings(Outbox(engine, clock), NonceStore(engine), TuningStore(engine), post, clock)
    maker = parts.get("maker") or EngineMaker("numpy", clock)
    return ProofWorker(config, open_signer(config), maker, around)
