"""Locks on the data directory: one holder, named, and free as soon as it is dead."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from services.environment import child_environment
from services.locks import (
    SERVER_LOCK,
    DataDirInUseError,
    Holder,
    acquire,
    claim_data_dir,
    is_held,
    read_holder,
    wait_for_turn,
)
from services.settings import Settings

HOLD = """
import sys
from pathlib import Path
from services.locks import acquire
lock = acquire(Path(sys.argv[1]), url="u")
print("held", flush=True)
input()
"""
LIST_FILES = """
import os
for number in os.listdir("/proc/self/fd"):
    try:
        print(os.readlink(f"/proc/self/fd/{number}"))
    except FileNotFoundError:
        pass
"""


def _hold_elsewhere(path: Path, settings: Settings) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        env=child_environment(settings),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


def test_a_second_server_is_refused_and_told_who_the_first_is(settings: Settings) -> None:
    lock = claim_data_dir(settings, url="http://127.0.0.1:8050")
    with pytest.raises(DataDirInUseError) as refusal:
        claim_data_dir(settings, url="http://127.0.0.1:8051")
    lock.release()
    assert f"process {os.getpid()} at http://127.0.0.1:8050" in str(refusal.value)
    assert str(settings.data_dir) in str(refusal.value)
    assert "LOOKAHEAD_DATA_DIR" in str(refusal.value)


def test_a_released_lock_can_be_taken_again(tmp_path: Path) -> None:
    first = acquire(tmp_path / "lock")
    assert first is not None
    assert acquire(tmp_path / "lock") is None
    first.release()
    first.release()
    second = acquire(tmp_path / "lock")
    assert second is not None
    second.release()


@pytest.mark.processes
def test_killing_the_holder_frees_the_lock_though_the_file_still_names_it(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / SERVER_LOCK
    with _hold_elsewhere(path, settings) as process:
        assert is_held(path)
        holder = read_holder(path)
        assert holder is not None
        assert holder.process() == psutil.Process(process.pid)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert b"pid" in path.read_bytes()
        assert read_holder(path) is None
        lock = acquire(path)
        assert lock is not None
        lock.release()


@pytest.mark.processes
def test_a_child_does_not_inherit_the_lock(tmp_path: Path) -> None:
    lock = acquire(tmp_path / "lock")
    assert lock is not None
    run = subprocess.run(
        [sys.executable, "-c", LIST_FILES], close_fds=False, capture_output=True, text=True, check=True
    )
    lock.release()
    assert str(tmp_path / "lock") not in run.stdout
    assert run.stdout.strip()


def test_the_number_of_a_dead_process_is_not_taken_for_it_when_it_is_used_again() -> None:
    me = psutil.Process()
    assert Holder(pid=me.pid, created_at=me.create_time()).process() == me
    assert Holder(pid=me.pid, created_at=me.create_time() - 3600).process() is None


def test_looking_at_a_lock_does_not_keep_others_from_taking_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    for _ in range(50):
        assert not is_held(path)
        lock = acquire(path)
        assert lock is not None
        lock.release()


def test_no_lock_is_held_where_there_is_no_file(tmp_path: Path) -> None:
    assert not is_held(tmp_path / "absent")
    assert read_holder(tmp_path / "absent") is None


def test_who_waits_for_a_turn_gets_it_when_the_one_before_is_done(tmp_path: Path) -> None:
    order: list[str] = []
    is_inside, may_leave = threading.Event(), threading.Event()

    def first() -> None:
        with wait_for_turn(tmp_path / "turn.lock"):
            is_inside.set()
            may_leave.wait(10)
            order.append("first")

    def second() -> None:
        with wait_for_turn(tmp_path / "turn.lock"):
            order.append("second")

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert is_inside.wait(10)
    threads[1].start()
    may_leave.set()
    for thread in threads:
        thread.join(10)
    assert order == ["first", "second"]
