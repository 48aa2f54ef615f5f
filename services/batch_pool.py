"""The processes of a batch: spawned for it, fed chunk by chunk, gone with it.

Why processes and not threads: the compiled loops hold the interpreter's lock, and so does the Python between them,
which is most of the time of every model but a fixed ARIMA; threads would queue for one core. Processes are started with
a fresh interpreter, never forked, so that no lock or GPU of the worker comes along. Their standard input is a leash: it
ends them when the worker is gone, however it went. They share the worker's allowance of memory, and are killed when the
job is cancelled.
"""

import subprocess
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait

from compute.forecast.batch.plan import BatchPlan, Chunk, Count, SeriesOutcome
from compute.forecast.batch.run import compute_here
from compute.forecast.batch.ways import way_of
from services.batch_news import Broken, Finished, OutOfMemory, Progress, Ready
from services.children import start_on_line
from services.cores import count_cores
from services.logs import logger
from services.settings import Settings

LOOK_S = 0.1  # between two looks at whether the job was cancelled
FIRST_S = 1.0  # of a batch is computed here: most are done by then, and the others show what a series takes
PAYS_S = 6.0  # of work left, from which on processes that take a second or two to start are worth it
LEAST_MIB = 512  # of memory for one process: libraries and compiled code take half of it
MAX_STILLBORN = 4  # processes that ended before they had anything to do; more say that none can start here
MAX_ATTEMPTS = 2  # of a chunk whose process died; a second death is the chunk's own doing


class BatchFailedError(RuntimeError):
    """A process of the batch met something that no series explains."""


class Everywhere:
    """Work that begins in this process and goes on in one per core where that pays.

    Attributes
    ----------
    processes : how many have worked at the same time
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.processes = 1

    def __call__(self, plan: BatchPlan, chunks: Iterable[Chunk], count: Count) -> Iterator[list[SeriesOutcome]]:
        """Compute the chunks, as `Work` promises."""
        chunks = iter(chunks)
        way = way_of(plan)  # a GPU is this process's alone
        possible = 1 if way.uses_device or way.chunk is None else count_processes(self._settings)
        started, done = time.perf_counter(), 0
        for chunk in chunks:
            yield from compute_here(plan, [chunk], _from(done, count))
            done += len(chunk.series)
            elapsed = time.perf_counter() - started
            left_s = elapsed / done * (plan.n_series - done)
            if possible > 1 and elapsed > FIRST_S and left_s > PAYS_S:
                self.processes = possible
                with Pool(self._settings, possible) as pool:
                    yield from pool.compute(plan, chunks, _from(done, count))


def _from(done: int, count: Count) -> Count:
    """Return a count that begins at `done`."""
    return lambda more: count(done + more)


def count_processes(settings: Settings) -> int:
    """Return how many processes a batch may have: one per core, as far as the worker's memory goes."""
    return max(1, min(count_cores(), settings.worker_memory_mib // LEAST_MIB))


@dataclass
class _Child:
    """A process and what it is doing."""

    popen: "subprocess.Popen[bytes]"
    line: "Connection[object, object]"
    chunk: Chunk | None = None
    attempt: int = 0
    part: float = 0.0

    def give(self, chunk: Chunk, attempt: int) -> None:
        """Let it compute a chunk."""
        self.chunk, self.attempt, self.part = chunk, attempt, 0.0
        self.line.send(chunk)

    def end(self) -> None:
        """Kill it, and wait until it is gone."""
        self.popen.kill()
        self.popen.wait()
        if self.popen.stdin is not None:
            self.popen.stdin.close()
        self.line.close()


class Pool:
    """Processes that compute chunks; used in a `with`, after which none is left."""

    def __init__(self, settings: Settings, size: int) -> None:
        self._settings = settings
        self._size = size
        self._children: list[_Child] = []
        self._stillborn = 0
        self._again: deque[tuple[Chunk, int]] = deque()

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._children:
            child.end()
        self._children.clear()

    @property
    def pids(self) -> list[int]:
        """The numbers of the processes that are computing."""
        return [child.popen.pid for child in self._children if child.chunk is not None]

    def compute(self, plan: BatchPlan, chunks: Iterator[Chunk], count: Count) -> Iterator[list[SeriesOutcome]]:
        """Yield what became of each chunk as it is done, in any order."""
        waiting = ((chunk, 1) for chunk in chunks)
        done = 0
        for _ in range(self._size):
            self._start(plan)
        while self._children:
            count(done + sum(child.part * len(child.chunk.series) for child in self._children if child.chunk))
            for line in wait([child.line for child in self._children], LOOK_S):
                child = next(child for child in self._children if child.line is line)
                outcomes = self._hear(child)
                done += len(outcomes)
                if outcomes:
                    yield outcomes
                if child not in self._children:
                    self._start(plan)  # for whatever may be left; without work it is dismissed
                elif child.chunk is None:
                    self._employ(child, waiting)

    def _employ(self, child: _Child, waiting: Iterator[tuple[Chunk, int]]) -> None:
        task = self._again.popleft() if self._again else next(waiting, None)
        if task is None:
            self._dismiss(child)
        else:
            child.give(*task)

    def _hear(self, child: _Child) -> list[SeriesOutcome]:
        """Return the outcomes that the child has come to; one that has ended its chunk, or had none, is idle."""
        try:
            news = child.line.recv()
        except (EOFError, OSError):
            return self._bury(child)
        match news:
            case Ready():
                return []
            case Progress(part):
                child.part = part
                return []
            case Finished(outcomes):
                child.chunk = None
                return outcomes
            case OutOfMemory():
                raise MemoryError
            case Broken(reason):
                raise BatchFailedError(reason)
            case _:
                raise BatchFailedError(f"a process of the batch said {news!r}")

    def _bury(self, child: _Child) -> list[SeriesOutcome]:
        """Let another child try the chunk of a dead one; return its series as failed when that has been tried."""
        chunk = child.chunk
        self._dismiss(child)
        code = child.popen.returncode
        logger("worker").warning("process of a batch died", code=code, attempt=child.attempt)
        if chunk is None:
            self._stillborn += 1
            if self._stillborn < MAX_STILLBORN:
                return []
            raise BatchFailedError(f"a process of the batch ended before it began (code {code}); the log tells why")
        if child.attempt < MAX_ATTEMPTS:
            self._again.append((chunk, child.attempt + 1))
            return []
        reason = f"the process that computed it ended unexpectedly (code {code}); forecast it alone"
        return [
            SeriesOutcome(place, series.name, reason=reason)
            for place, series in zip(chunk.places, chunk.series, strict=True)
        ]

    def _start(self, plan: BatchPlan) -> None:
        limit = self._settings.worker_memory_mib // self._size
        popen, line = start_on_line(self._settings, "services.batch_child", "--memory-mib", str(limit))
        self._children.append(_Child(popen, line))
        line.send(plan)  # short enough for the line to hold; chunks are not, and wait until the child reads

    def _dismiss(self, child: _Child) -> None:
        self._children.remove(child)
        child.end()
