"""A server that is killed at once loses no more than what came after its last write."""

import signal
import subprocess
import sys
from pathlib import Path

from services.latency.book import LatencyBook
from tests.live import ROOT

# A process that answers, saves, answers again and waits to be killed; it needs nothing of the web.
_PROGRAM = """
import sys
from pathlib import Path
from services.latency.book import LatencyBook
from services.latency.routes import Route
book = LatencyBook(Path(sys.argv[1]))
for count in (100, 7):
    for _ in range(count):
        book.recorder.add(Route("rest", "GET", "/api/v1/jobs"), 200, 10**6, 0, 0, book.recorder.started_ns)
    if count == 100:
        book.save(is_forced=True)
print("ready", flush=True)
sys.stdin.read()
"""


def test_what_was_saved_before_a_kill_is_there_after_it(tmp_path: Path) -> None:
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(tmp_path)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGKILL)
        process.communicate()
    book = LatencyBook(tmp_path)
    book.open()
    assert sum(tally.count for tally in book.window(3600).tallies.values()) == 200
    assert book.notices() == ()
