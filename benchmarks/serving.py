"""How the server answers under load: `python -m benchmarks.serving [--seconds 60] [--rate 100]`.

Starts the application on an empty data directory and a free port of this machine, makes some small forecasts, and asks
for their status and results at a fixed rate while a long job keeps running. Requests are due at fixed times, and each
delay counts from when its request was due: a server that stalls cannot slow the questions down. Then the same among
300 connections that never finish their headers.
"""

import argparse
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil

ROOT = Path(__file__).resolve().parent.parent
FORECAST = "/api/v1/timeseries/forecast"
N_FORECASTS = 20
N_SLOW = 300
TRICKLE_S = 4.0  # a slow connection sends a byte this often
CLIENTS = 48  # connections of the load, more than are ever busy at once
TIMEOUT_S = 30.0
WARM_UP_S = 5.0  # of load before memory is read for the first time
TARGET_P99_MS = 250.0
TARGET_GROWTH_MIB = 8.0  # what allocators may keep without a leak; twice the growth seen in two minutes


@dataclass
class Measured:
    """Delays of one phase, and what went wrong."""

    delays_ms: list[float] = field(default_factory=list)
    failures: int = 0

    def row(self, name: str, seconds: float) -> str:
        """Return a line of the table."""
        p50, p90, p99, worst = np.percentile(self.delays_ms, [50, 90, 99, 100])
        rate = len(self.delays_ms) / seconds
        return (
            f"{name:<34} {rate:>7.1f} {len(self.delays_ms):>8} {self.failures:>8} "
            f"{p50:>8.1f} {p90:>8.1f} {p99:>8.1f} {worst:>8.1f}"
        )

    @property
    def p99_ms(self) -> float:
        """The delay that one request in a hundred exceeds."""
        return float(np.percentile(self.delays_ms, 99))


def main() -> int:
    """Run both phases, print the table; return 1 when a target is missed."""
    options = _options()
    with started_server() as (process, port):
        client = Client(port)
        paths = make_forecasts(client)
        stop = threading.Event()
        long_job = threading.Thread(target=keep_a_job_running, args=(port, stop))
        long_job.start()
        load(port, paths, WARM_UP_S, options.rate)
        before = process.memory_info().rss / 2**20
        steady = load(port, paths, options.seconds, options.rate)
        after = process.memory_info().rss / 2**20
        slow_s = min(options.seconds, 20.0)
        with slow_connections(port):
            besieged = load(port, paths, slow_s, options.rate)
        stop.set()
        long_job.join()
    columns = ("req/s", "requests", "failures", "p50 ms", "p90 ms", "p99 ms", "max ms")
    print(f"{'phase':<34} {columns[0]:>7} " + " ".join(f"{column:>8}" for column in columns[1:]))
    print(steady.row("status and results, a job running", options.seconds))
    print(besieged.row(f"the same, {N_SLOW} slow connections", slow_s))
    print(f"server RSS {before:.1f} MiB -> {after:.1f} MiB ({after - before:+.1f}) over {options.seconds:.0f} s")
    is_met = (
        steady.p99_ms < TARGET_P99_MS
        and besieged.p99_ms < TARGET_P99_MS
        and after - before < TARGET_GROWTH_MIB
        and steady.failures + besieged.failures == 0
    )
    print(f"targets (p99 < {TARGET_P99_MS:.0f} ms, growth < {TARGET_GROWTH_MIB:.0f} MiB, no failure): "
          f"{'met' if is_met else 'MISSED'}")  # fmt: skip
    return 0 if is_met else 1


@contextmanager
def started_server() -> Iterator[tuple[psutil.Process, int]]:
    """A running application on an empty data directory; nothing of it is left afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        variables = {"LOOKAHEAD_DATA_DIR": f"{folder}/data", "LOOKAHEAD_PORT": "0", "LOOKAHEAD_LOG_LEVEL": "error"}
        server = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py")],
            env=os.environ | variables,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            yield psutil.Process(server.pid), int(line.rsplit(":", 1)[1])
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(TIMEOUT_S)


class Client:
    """One keep-alive connection."""

    def __init__(self, port: int, timeout_s: float = TIMEOUT_S) -> None:
        self._port = port
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)

    def ask(self, path: str, body: object = None, **headers: str) -> tuple[int, bytes]:
        """Send a request; return status and body."""
        method, data = ("GET", None) if body is None else ("POST", json.dumps(body))
        if data is not None:
            headers["Content-Type"] = "application/json"
        try:
            self._connection.request(method, path, data, headers)
            answer = self._connection.getresponse()
            return answer.status, answer.read()
        except (http.client.HTTPException, ConnectionError):
            self._connection.close()  # idle connections are closed by the server; the next request opens another
            self._connection.request(method, path, data, headers)
            answer = self._connection.getresponse()
            return answer.status, answer.read()


def make_forecasts(client: Client) -> list[str]:
    """Have some small forecasts made; return the paths to ask for."""
    paths = ["/api/v1/jobs?limit=20"]
    for number in range(N_FORECASTS):
        values = [float(number + step % 12) for step in range(60)]
        body = {"series": {"values": values}, "model": {"kind": "naive"}, "horizon": 12}
        status, answer = client.ask(FORECAST, body, Prefer="wait=120")
        assert status == 200, answer
        job_id = json.loads(answer)["metadata"]["job_id"]
        paths += [f"/api/v1/jobs/{job_id}", f"/api/v1/jobs/{job_id}/result"]
    return paths


def keep_a_job_running(port: int, stop: threading.Event) -> None:
    """Ask for one heavy forecast after the other until `stop`; the last one is cancelled."""
    client = Client(port)
    generator = np.random.default_rng(0)
    values = generator.normal(size=2000).cumsum().tolist()
    model = {"kind": "arima", "p": 3, "d": 1, "q": 3, "P": 1, "D": 1, "Q": 1}
    job_id = ""
    while not stop.wait(0.2):
        status, answer = client.ask(f"/api/v1/jobs/{job_id}") if job_id else (404, b"")
        if status == 404 or json.loads(answer)["data"]["state"] not in ("queued", "running"):
            body = {"series": {"values": values}, "model": model, "season_length": 24}
            headers = {"Prefer": "respond-async", "Cache-Control": "no-cache"}
            job_id = json.loads(client.ask(FORECAST, body, **headers)[1])["metadata"]["job_id"]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    connection.request("DELETE", f"/api/v1/jobs/{job_id}")
    connection.getresponse().read()
    connection.close()


def load(port: int, paths: list[str], seconds: float, rate: float) -> Measured:
    """Ask for `paths` in random order at `rate` requests a second; return the delays."""
    measured, local = Measured(), threading.local()
    chooser = random.Random(0)
    start = time.perf_counter() + 0.1

    def ask(due: float, path: str) -> None:
        if not hasattr(local, "client"):
            local.client = Client(port)
        try:
            is_good = local.client.ask(path)[0] == 200
        except (OSError, http.client.HTTPException):
            is_good = False
        measured.delays_ms.append((time.perf_counter() - due) * 1000)
        measured.failures += not is_good

    with ThreadPoolExecutor(CLIENTS) as pool:
        for number in range(int(seconds * rate)):
            due = start + number / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            pool.submit(ask, due, chooser.choice(paths))
    return measured


@contextmanager
def slow_connections(port: int) -> Iterator[None]:
    """Many connections that send a header a byte at a time and never end it."""
    stop = threading.Event()

    def open_one() -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        return connection

    def trickle() -> None:
        while not stop.wait(TRICKLE_S):
            for number, connection in enumerate(connections):
                try:
                    connection.sendall(b"x")
                except OSError:  # the server has had enough of it
                    connection.close()
                    connections[number] = open_one()

    connections = [open_one() for _ in range(N_SLOW)]
    trickler = threading.Thread(target=trickle)
    trickler.start()
    try:
        yield
    finally:
        stop.set()
        trickler.join()
        for connection in connections:
            connection.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the server under load, on this machine only.")
    parser.add_argument("--seconds", type=float, default=60.0, help="length of the first phase")
    parser.add_argument("--rate", type=float, default=100.0, help="requests a second")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
