"""The worker's process and the verifier's, for a minute: `python -m benchmarks.proof_worker [--seconds 60]`.

First the rate: attempts of some 30 ms, limited to ten a second with five at once; how many were made in each second.
Then a thousand small receipts there and back, with the worker killed in between: how long they took, and whether the
verifier and the outbox count the same. Exits with 1 where the rate is missed by more than 2 %, or a receipt is lost or
counted twice.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.proof.devices import DeviceStore
from services.proof.outbox import Outbox, ReceiptState
from services.settings import Settings
from services.workspace import Workspace, open_workspace

ROOT = Path(__file__).resolve().parent.parent
SECRET = f"{12345:064x}"
RATE, BURST = 10, 5
WANTED = 1000
_NEVER = threading.Event()


@contextmanager
def running(data_dir: Path, *command: str, **variables: str) -> Iterator["subprocess.Popen[str]"]:
    """`python cli.py` with this command, ended afterwards."""
    environment = os.environ | {"LOOKAHEAD_DATA_DIR": str(data_dir)} | variables
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "cli.py"), *command], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def worker_variables(url: str, **changes: str) -> dict[str, str]:
    """Return the variables of a worker without autotuning."""
    return {"WORKER_SK_HEX": SECRET, "AGGREGATOR_URL": url, "AUTOTUNE_DISABLE": "1"} | changes


def measure_rate(workspace: Workspace, url: str, seconds: int, preset: str) -> bool:
    """Print how many receipts were made in each second; True when the rate is kept."""
    outbox = Outbox(workspace.jobs.engine)
    changes = {"AUTOTUNE_PRESETS": preset, "RATE_LIMIT_PER_SECOND": str(RATE), "RATE_LIMIT_BURST": str(BURST)}
    with running(workspace.settings.data_dir, "prove", **worker_variables(url, **changes)):
        while outbox.counts()[ReceiptState.ACCEPTED] < RATE:
            _NEVER.wait(0.1)
        started = time.time()
        _NEVER.wait(seconds)
        ended = time.time()
    made = [each for each in outbox.page(limit=5000) if started <= each.created_at.timestamp() < ended]
    per_second = Counter(int(each.created_at.timestamp() - started) for each in made)
    times = sorted(each.time_ms for each in made)
    rate = len(made) / seconds
    print(f"rate over {seconds} s: {rate:.2f} a second ({RATE} allowed); in one second {min(per_second.values())} to "
          f"{max(per_second.values())}; an attempt takes {times[len(times) // 2]:.0f} ms (median)")  # fmt: skip
    return abs(rate / RATE - 1) < 0.02 and max(per_second.values()) <= RATE + BURST


def measure_round_trips(workspace: Workspace, url: str) -> bool:
    """Print how long a thousand receipts take with a kill in between; True when all arrived and each counts once."""
    outbox, devices = Outbox(workspace.jobs.engine), DeviceStore(workspace.jobs.engine)
    before = sum(outbox.counts().values())
    changes = {"AUTOTUNE_PRESETS": "64,64,64", "RATE_LIMIT_PER_SECOND": "1000", "RATE_LIMIT_BURST": "50"}
    variables = worker_variables(url, **changes)
    started = time.monotonic()
    for wanted, ending in ((WANTED // 2, signal.SIGKILL), (WANTED, signal.SIGTERM)):
        with running(workspace.settings.data_dir, "prove", **variables) as process:
            while outbox.counts()[ReceiptState.ACCEPTED] < before + wanted:
                _NEVER.wait(0.02)
            process.send_signal(ending)
            process.wait(30)
    took_s = time.monotonic() - started
    with running(workspace.settings.data_dir, "prove", **variables):
        pass  # what a kill left is sent by whoever comes next
    counts, (device,) = outbox.counts(), devices.page()
    print(f"{WANTED} receipts there and back in {took_s:.1f} s, two starts and a kill included; outbox: "
          f"{', '.join(f'{count} {state}' for state, count in counts.items())}; verifier counts {device.accepted}, "
          f"refused {device.refused}")  # fmt: skip
    nonces = [each.nonce for each in outbox.page(limit=5000)]
    is_complete = len(set(nonces)) == len(nonces) and counts[ReceiptState.DEAD] == 0
    return is_complete and 0 <= device.accepted - counts[ReceiptState.ACCEPTED] <= counts[ReceiptState.PENDING]


def main() -> int:
    """Measure both; return 1 where something is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="that the rate is watched")
    parser.add_argument("--preset", default="400,400,400", help="size of an attempt while the rate is watched")
    parser.add_argument("--rate-only", action="store_true", help="leave the thousand receipts out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = open_workspace(Settings(_env_file=None, data_dir=Path(folder)))
        with running(Path(folder), "verifier", "--port", "0") as verifier:
            assert verifier.stdout is not None
            url = verifier.stdout.readline().split(" at ")[1].strip()
            is_kept = measure_rate(workspace, url, options.seconds, options.preset)
            is_complete = options.rate_only or measure_round_trips(workspace, url)
    print(f"rate {'kept' if is_kept else 'MISSED'}, receipts {'complete' if is_complete else 'LOST OR DOUBLE'}")
    return 0 if is_kept and is_complete else 1


if __name__ == "__main__":
    sys.exit(main())
