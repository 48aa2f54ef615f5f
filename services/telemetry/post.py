"""The sampler's place beside the workers: started by the supervisor, watched by its beats, replaced when it is stuck.

A process that waits in a hanging driver cannot even be killed. It is left to itself, and until it is gone its successor
leaves the GPUs alone, so that machine and jobs are still sampled.
"""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field

from services.environment import child_environment
from services.logs import logger
from services.settings import Settings

FIRST_AFTER_S = 1.0  # workers come first: somebody may be waiting for them
START_S = 60.0  # a driver that nobody used may take this long to wake eight GPUs
STALL_S = 10.0
STALL_PERIODS = 5
AGAIN_S = 1.0
LONGEST_AGAIN_S = 60.0
YOUNG_S = 30.0
GONE_S = 1.0
PROGRAM = "services.telemetry.sampler"
_BUFFER = 4096


@dataclass
class SamplerPost:
    """The place of one sampler; `tick` it often."""

    settings: Settings
    stall_s: float = STALL_S
    start_s: float = START_S
    popen: "subprocess.Popen[bytes] | None" = None
    stuck: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    _not_before: float | None = None
    _again_s: float = AGAIN_S
    _started_at: float = 0.0
    _host_at: float | None = None
    _gpu_at: float | None = None

    def tick(self, now: float) -> None:
        """Look at the sampler at `now` (steady seconds) and put right what is wrong."""
        if self.settings.sample_hz == 0:
            return
        if self._not_before is None:
            self._not_before = now + FIRST_AFTER_S
        self.stuck = [process for process in self.stuck if process.poll() is None]
        if self.popen is None:
            if now >= self._not_before:
                self._start(now)
            return
        if self.popen.poll() is not None:
            logger("supervisor").info("sampler ended", code=self.popen.returncode)
            self._vacate(now)
        elif self._is_stalled(now):
            logger("supervisor").warning("sampler replaced: it is stuck", pid=self.popen.pid)
            self._give_up(now)

    def dismiss(self, grace_s: float) -> None:
        """End the sampler; one that is stuck in the driver is killed and not waited for."""
        if self.popen is None:
            return
        with suppress(OSError):
            self.popen.send_signal(signal.SIGTERM)
        try:
            self.popen.wait(grace_s)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            with suppress(subprocess.TimeoutExpired):
                self.popen.wait(GONE_S)
        self._close_pipes(self.popen)
        self.popen = None

    def _start(self, now: float) -> None:
        command = [sys.executable, "-P", "-m", PROGRAM, "--leashed"]
        if self.stuck:
            command.append("--without-gpus")
        self.popen = subprocess.Popen(
            command,
            env=child_environment(self.settings) | {"CUDA_VISIBLE_DEVICES": ""},
            cwd=self.settings.data_dir,
            stdin=subprocess.PIPE,  # the leash: it closes when this process ends, however it ends
            stdout=subprocess.PIPE,
        )
        assert self.popen.stdout is not None
        os.set_blocking(self.popen.stdout.fileno(), False)
        self._started_at, self._host_at, self._gpu_at = now, None, None

    def _is_stalled(self, now: float) -> bool:
        assert self.popen is not None
        assert self.popen.stdout is not None
        with suppress(BlockingIOError):
            beats = os.read(self.popen.stdout.fileno(), _BUFFER)
            self._host_at = now if b"h" in beats else self._host_at
            self._gpu_at = now if b"g" in beats else self._gpu_at
        patience = max(self.stall_s, STALL_PERIODS / self.settings.sample_hz)
        return any(
            now - (self._started_at + self.start_s - patience if beat is None else beat) > patience
            for beat in (self._host_at, self._gpu_at)
        )

    def _give_up(self, now: float) -> None:
        assert self.popen is not None
        self.popen.kill()
        with suppress(subprocess.TimeoutExpired):
            self.popen.wait(GONE_S)
        if self.popen.poll() is None:
            self.stuck.append(self.popen)
        self._vacate(now)

    def _vacate(self, now: float) -> None:
        assert self.popen is not None
        self._close_pipes(self.popen)
        self.popen = None
        is_young = now - self._started_at < YOUNG_S
        self._again_s = min(2 * self._again_s, LONGEST_AGAIN_S) if is_young else AGAIN_S
        self._not_before = now + self._again_s

    @staticmethod
    def _close_pipes(popen: "subprocess.Popen[bytes]") -> None:
        for pipe in (popen.stdin, popen.stdout):
            if pipe is not None:
                pipe.close()
