"""Signals as something to wait for: they arrive through a pipe, whatever thread the kernel hands them to.

Blocking them and waiting is not enough: numerical libraries start threads when they are imported, which block nothing.
"""

import os
import select
import signal
from collections.abc import Iterable

BUFFER_BYTES = 64


class SignalPipe:
    """Receives the given signals from now on. Made in the main thread; any one thread may wait."""

    def __init__(self, wanted: Iterable[signal.Signals]) -> None:
        self._wanted = frozenset(wanted)
        self._reader, writer = os.pipe()
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        for number in self._wanted:
            signal.signal(number, _leave_it_to_the_pipe)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, self._wanted)  # a parent may have left them blocked

    def wait(self, timeout_s: float | None = None) -> frozenset[signal.Signals]:
        """Return the signals that came, as soon as one does; none after `timeout_s` seconds."""
        readable, _, _ = select.select([self._reader], [], [], timeout_s)
        if not readable:
            return frozenset()
        return self._wanted & {signal.Signals(number) for number in os.read(self._reader, BUFFER_BYTES)}


def _leave_it_to_the_pipe(number: int, frame: object) -> None:
    """Do nothing here, but keep the default (which ends the process) away."""
