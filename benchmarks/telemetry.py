"""What watching costs: a sample, a day's query, a hundred viewers of the live page.

python -m benchmarks.telemetry
"""

import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from api.serving import create_server
from app import create_app
from services.settings import Settings
from services.telemetry.history import History, Sample
from services.telemetry.metrics import METRICS
from services.telemetry.reading import HistoryReader, Source, step_for
from services.telemetry.rolling import roll
from services.telemetry.sampler import Sampler
from services.telemetry.schema import DAY_MS, SUMMARIES, connect, create_tables
from services.telemetry.schema import FILE as HISTORY_FILE

DEVICES = 4
DAY_S = 86_400
VIEWERS = 100
SECONDS = 15
SAMPLES = 60


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(_env_file=None, data_dir=Path(folder), port=0)
        _print("one sample: machine, jobs, no GPU", _time_samples(settings), "ms of processor time")
        start_ms = _fill(settings)
        size = (settings.data_dir / HISTORY_FILE).stat().st_size / 2**20
        _print(f"a day of 1 Hz, machine and {DEVICES} GPUs, all tiers", size, "MiB on disk")
        for window_s in (900, 21_600, DAY_S):
            _print(
                f"query of {window_s / 3600:g} h, all metrics of a GPU", _time_query(settings, start_ms, window_s), "ms"
            )
        _print("the same day from every sample, steps of 59 s", _time_raw(settings, start_ms), "ms")
        share, plain_ms = _time_viewers(settings)
        _print(f"{VIEWERS} viewers at 1 Hz (server's processor time)", share, "% of a core")
        _print(
            f"the same for /health, which says nothing: {plain_ms:.2f} ms each", plain_ms * VIEWERS / 10, "% of a core"
        )


def _print(what: str, value: float, unit: str) -> None:
    print(f"{what:60} {value:10.3f} {unit}")


def _time_samples(settings: Settings) -> float:
    settings.data_dir.mkdir(exist_ok=True)
    sampler = Sampler(settings, 1)
    sampler.sample()
    before = time.process_time()
    for _ in range(SAMPLES):
        sampler.sample()
    spent = time.process_time() - before
    sampler.stop()
    (settings.data_dir / HISTORY_FILE).unlink()
    return 1000 * spent / SAMPLES


def _fill(settings: Settings) -> int:
    """Write a day of samples as the sampler would, in one transaction; return when it begins, in ms."""
    path = settings.data_dir / HISTORY_FILE
    start_ms = int(time.time()) * 1000 - DAY_MS
    connection = connect(path)
    create_tables(connection)
    connection.execute("BEGIN")
    history = History(path, 10_000)
    things = [("host", "host"), *(("device", f"GPU-{i}") for i in range(DEVICES))]
    for second in range(DAY_S):
        at_ms = start_ms + 1000 * second
        connection.execute("INSERT INTO ticks VALUES (?, ?)", (second + 1, at_ms))
        for subject, key in things:
            values = {each.name: float((second * 7 + i) % 100) for i, each in enumerate(METRICS[subject])}  # type: ignore[index]
            history._insert(connection, at_ms, Sample(subject, key, key, values))  # type: ignore[arg-type]
    for subject in METRICS:
        for tier in SUMMARIES:
            roll(connection, subject, tier, 0, start_ms + DAY_MS)
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return start_ms


def _time_query(settings: Settings, start_ms: int, window_s: int) -> float:
    step_s = step_for(window_s)
    return _time_lines(settings, start_ms + DAY_MS - window_s * 1000, start_ms + DAY_MS, step_s)


def _time_raw(settings: Settings, start_ms: int) -> float:
    return _time_lines(settings, start_ms, start_ms + DAY_MS, 59)  # just below a minute: every sample is read


def _time_lines(settings: Settings, since: int, until: int, step_s: int) -> float:
    reader = HistoryReader(settings.data_dir / HISTORY_FILE)
    names = [each.name for each in METRICS["device"]]
    found = []
    for _ in range(5):
        before = time.process_time()
        lines = reader.lines(Source("device", "GPU-0", ""), names, since, until, step_s)
        found.append(time.process_time() - before)
        assert len(lines.at_ms) > 100
    reader.close()
    return 1000 * sorted(found)[len(found) // 2]


def _time_viewers(settings: Settings) -> tuple[float, float]:
    """Return the server's processor time in % of a core at 100 viewers, and in ms per answer of /health.

    Whoever asks is another process: 100 connections that are kept open, each asking once a second.
    """
    sampler = Sampler(settings, 1)
    sampler.sample()
    server = create_server(create_app(settings).server, settings)
    threading.Thread(target=server.run, daemon=True).start()
    is_over = threading.Event()
    sampling = [0.0]  # s of this process that belong to the sampler, which otherwise is a process of its own

    def beat() -> None:
        while not is_over.wait(1.0):
            sampler.sample()
            sampling[0] = time.thread_time()

    threading.Thread(target=beat, daemon=True).start()
    _ask(server.effective_port, "/health", 1)
    shares = []
    for path in ("/api/v1/gpu/live?cursor=", "/health"):
        before, sampled = time.process_time(), sampling[0]
        count = _ask(server.effective_port, path, SECONDS)
        spent = time.process_time() - before - (sampling[0] - sampled)
        shares.append(spent / count)
    is_over.set()
    return 100 * shares[0] * VIEWERS, 1000 * shares[1]


def _ask(port: int, path: str, seconds: int) -> int:
    """Let viewers ask for so many seconds; return how many answers they got."""
    command = [sys.executable, "-c", _CLIENT, str(port), path, str(seconds), str(VIEWERS)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


_CLIENT = """
import http.client, json, sys, time
port, path, seconds, viewers = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
connections = [http.client.HTTPConnection("127.0.0.1", port) for _ in range(viewers)]
cursors, count = [1] * viewers, 0
begun = time.monotonic()
for second in range(seconds):
    for i, connection in enumerate(connections):
        time.sleep(max(0.0, begun + second + i / viewers - time.monotonic()))
        is_live = path.endswith("=")
        connection.request("GET", f"{path}{cursors[i]}" if is_live else path)
        body = connection.getresponse().read()
        count += 1
        if is_live:
            cursors[i] = json.loads(body)["data"]["cursor"]
print(count)
"""


if __name__ == "__main__":
    main()
