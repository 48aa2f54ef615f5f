"""The order in which threads are woken, and that none is lost."""

import threading

from api.threads import LastIdleFirst, WarmThreads
from tests.live import wait_until

LONG_S = 30.0


class Recorded:
    """A task that notes which thread did it."""

    def __init__(self, notes: list[str], gate: threading.Event | None = None) -> None:
        self._notes, self._gate = notes, gate

    def service(self) -> None:
        """Do the task."""
        if self._gate is not None:
            self._gate.wait(LONG_S)
        self._notes.append(threading.current_thread().name)


def test_who_came_last_is_woken_first() -> None:
    lock = threading.Lock()
    idle, woken = LastIdleFirst(lock), []

    def wait(name: int) -> None:
        with lock:
            idle.wait()
            woken.append(name)

    for name in range(5):
        threading.Thread(target=wait, args=(name,), daemon=True).start()
        wait_until(lambda expected=name + 1: len(idle._idle) == expected, LONG_S, "it waits")
    for count in range(1, 6):
        with lock:
            idle.notify()
        wait_until(lambda expected=count: len(woken) == expected, LONG_S, "one is woken")
    assert woken == [4, 3, 2, 1, 0]
    with lock:
        idle.notify()  # nobody waits, nothing happens
        idle.notify_all()


def test_requests_one_after_the_other_are_done_by_one_thread() -> None:
    dispatcher, notes = WarmThreads(16), []
    wait_until(lambda: dispatcher.active_count == 0, LONG_S, "all threads are idle")
    for count in range(1, 101):
        dispatcher.add_task(Recorded(notes))
        wait_until(lambda expected=count: len(notes) == expected, LONG_S, "the task is done")
        wait_until(lambda: dispatcher.active_count == 0, LONG_S, "its thread is idle again")
    assert len(set(notes)) == 1
    assert dispatcher.shutdown(timeout=LONG_S)


def test_requests_at_the_same_time_are_done_by_all_threads_and_none_is_lost() -> None:
    dispatcher, notes, gate = WarmThreads(8), [], threading.Event()
    for _ in range(50):
        dispatcher.add_task(Recorded(notes, gate))
    wait_until(lambda: dispatcher.active_count == 8, LONG_S, "all threads are busy")
    gate.set()
    wait_until(lambda: len(notes) == 50, LONG_S, "all tasks are done")
    assert dispatcher.shutdown(timeout=LONG_S)
    assert len(dispatcher.threads) == 0
