"""The worker processes of one machine: which there should be, starting them, and how soon to try again.

What a dead worker means for its job belongs to `oversight`.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

import psutil

from services.environment import child_environment
from services.logs import logger
from services.settings import Settings
from services.task_records import Task

YOUNG_S = 5.0  # a worker that dies younger than this died of itself, and so may its successor
FIRST_DELAY_S = 0.1
LONGEST_DELAY_S = 10.0
_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


@dataclass(frozen=True)
class Post:
    """A place to be filled by one worker process."""

    title: str
    lanes: tuple[str, ...]
    device: str
    variables: dict[str, str]


@dataclass
class Member:
    """A living (or just dead) worker process."""

    name: str
    popen: "subprocess.Popen[bytes]"
    started_at: float
    is_out_of_memory: bool = False
    lost_lease_at: float | None = None

    def kill(self) -> None:
        """End the process at once, whatever it is doing, and wait until it is gone."""
        self.popen.kill()
        self.popen.wait()


@dataclass
class Slot:
    """A post, who fills it now, and when it may be filled again."""

    post: Post
    member: Member | None = None
    young_deaths: int = 0
    not_before: float = field(default=0.0)

    def fill(self, settings: Settings, now: float) -> None:
        """Start a worker, unless the last ones died so young that it is too early to try again."""
        if self.member is None and now >= self.not_before:
            self.member = start_worker(settings, self.post, now)

    def vacate(self, now: float) -> None:
        """Note that the member died: the younger they die in a row, the longer the next one is waited for."""
        assert self.member is not None, "an empty post cannot be vacated"
        is_young = now - self.member.started_at < YOUNG_S
        self.young_deaths = self.young_deaths + 1 if is_young else 0
        self.member = None
        if self.young_deaths > 1:
            self.not_before = now + min(FIRST_DELAY_S * 2.0 ** (self.young_deaths - 2), LONGEST_DELAY_S)


def plan_posts(settings: Settings, tasks: Iterable[Task], gpus: tuple[str, ...], cores: int) -> tuple[Post, ...]:
    """Return the posts to fill: `settings.workers` for the CPU, and one per GPU when a task can use it."""
    lanes = {task.lane for task in tasks} | {"gpu" for task in tasks if task.lane_of is not None} | {"cpu"}
    used_gpus = gpus if "gpu" in lanes else ()
    threads = str(max(1, cores // settings.workers))
    common = {name: os.environ.get(name, threads) for name in _THREAD_VARIABLES}
    # Without a GPU its lane is served by the processors: slower, but no job waits for ever.
    cpu_lanes = tuple(sorted(lanes - {"gpu"} if used_gpus else lanes))
    on_cpu = tuple(
        Post(f"cpu-{number}", cpu_lanes, "cpu", common | {"CUDA_VISIBLE_DEVICES": ""})
        for number in range(1, settings.workers + 1)
    )
    on_gpu = tuple(
        Post(f"gpu-{number}", ("gpu",), f"cuda:{number}", common | {"CUDA_VISIBLE_DEVICES": uuid})
        for number, uuid in enumerate(used_gpus)
    )
    return on_cpu + on_gpu


def start_worker(settings: Settings, post: Post, now: float) -> Member:
    """Start a worker process on `post`; it ends by itself when this process is gone."""
    name = f"{machine()}/{post.title}-{uuid.uuid4().hex[:8]}"
    command = [sys.executable, "-P", "-m", "services.worker", "--leashed"]
    command += ["--name", name, "--lanes", ",".join(post.lanes), "--device", post.device]
    popen = subprocess.Popen(
        command,
        env=child_environment(settings) | post.variables,
        cwd=settings.data_dir,
        stdin=subprocess.PIPE,  # the leash: it closes when this process ends, however it ends
        stdout=subprocess.DEVNULL,
    )
    logger("supervisor").info("worker started", worker=name, pid=popen.pid)
    return Member(name, popen, now)


def machine() -> str:
    """Return the name of this machine as its processes see it: workers of one machine can be looked up by number."""
    try:
        namespace = os.readlink("/proc/self/ns/pid").strip("pid:[]")
    except OSError:
        namespace = "0"
    return f"{socket.gethostname()[:60]}.{namespace}"


def find_worker(name: str) -> psutil.Process | None:
    """Return the process of the worker called `name` on this machine, whoever started it."""
    for process in psutil.process_iter():
        try:
            if name in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE:
                return process
        except psutil.Error:
            continue
    return None


def dismiss(members: Iterable[Member], grace_s: float) -> None:
    """Ask workers to give their jobs back and end; kill those that have not after `grace_s` seconds."""
    members = tuple(members)
    for member in members:
        member.popen.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + grace_s
    for member in members:
        try:
            member.popen.wait(timeout=max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            member.kill()
