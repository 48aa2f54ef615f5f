"""What disturbs a measurement is seen: others' time, other jobs, heat, processes on the GPU."""

import os
import time
from pathlib import Path

import pytest

from services.benchmark.gpu_watch import GpuWatch
from services.benchmark.host_watch import SHORTEST_S, HostWatch
from services.benchmark.machine import processor_name, read_machine
from tests.native.machines import Machine


def spend(seconds: float) -> None:
    """Keep a core busy for so long by the clock."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def test_ones_own_time_is_not_that_of_others() -> None:
    watch = HostWatch(lambda: 1)
    watch.look()
    spend(2 * SHORTEST_S)
    watch.look()
    told = watch.evidence()
    assert told.others_cpu_percent is not None
    assert 0 <= told.others_cpu_percent <= 100
    assert told.other_jobs == 0


def test_of_a_moment_nothing_is_told() -> None:
    watch = HostWatch(lambda: 1)
    watch.look()
    assert watch.evidence().others_cpu_percent is None
    assert HostWatch(lambda: 1).evidence().others_cpu_percent is None


def test_the_most_jobs_of_any_look_count() -> None:
    running = iter([1, 3, 1])
    watch = HostWatch(lambda: next(running))
    for _ in range(3):
        watch.look()
    assert watch.evidence().other_jobs == 2


@pytest.mark.parametrize(("after", "reasons"), [(5, ()), (8, ("heat, 3 times",))])
def test_heat_that_held_the_processor_back_is_counted(tmp_path: Path, after: int, reasons: tuple[str, ...]) -> None:
    count = tmp_path / "cpu0" / "thermal_throttle" / "package_throttle_count"
    count.parent.mkdir(parents=True)
    count.write_text("5\n", "ascii")
    watch = HostWatch(lambda: 1, tmp_path)
    watch.look()
    count.write_text(f"{after}\n", "ascii")
    watch.look()
    assert watch.evidence().throttle_reasons == reasons


def test_a_machine_without_such_counters_says_nothing_of_heat(tmp_path: Path) -> None:
    watch = HostWatch(lambda: 1, tmp_path)
    watch.look()
    assert watch.evidence().throttle_reasons is None


def gpu_watch(uuid: str = "GPU-00000000") -> GpuWatch:
    import pynvml

    pynvml.nvmlInit()
    return GpuWatch(pynvml, uuid)


def test_a_gpu_tells_what_held_it_back_and_who_else_was_there(machine: Machine) -> None:
    machine.has(2)
    watch = gpu_watch()
    watch.look()
    told = watch.evidence()
    assert told.throttle_reasons == ("power cap",)
    assert (told.other_gpu_processes, told.temperature, told.power, told.clock_mhz) == (0, 51, 312.5, (1755, 1755))


def test_chosen_clocks_and_idleness_hold_nothing_back(machine: Machine) -> None:
    machine.has(1).says({"nvmlDeviceGetCurrentClocksEventReasons.0": f"0 {0x1 | 0x2}"})
    watch = gpu_watch()
    watch.look()
    assert watch.evidence().throttle_reasons == ()


def test_the_process_itself_is_no_other(machine: Machine) -> None:
    mib = 2**20
    rows = f"0 {os.getpid()} {512 * mib} 1 {256 * mib}"
    machine.has(1).says({"nvmlDeviceGetComputeRunningProcesses.0": rows})
    watch = gpu_watch()
    watch.look()
    assert watch.evidence().other_gpu_processes == 1


def test_a_gpu_that_is_lost_or_unknown_is_evidence_of_nothing(machine: Machine) -> None:
    machine.has(1)
    watch = gpu_watch()
    machine.loses(0)
    watch.look()
    watch.look()
    assert watch.evidence().throttle_reasons is None
    stranger = gpu_watch("GPU-nowhere")
    stranger.look()
    assert stranger.evidence().clock_mhz is None


def test_the_processor_is_called_by_its_name_and_with_its_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    told = read_machine("cpu")
    assert (told.name, told.threads, told.device) == (processor_name(), 3, "cpu")
    assert told.cores
    assert told.memory_mib
    assert set(told.libraries) >= {"numpy", "torch"}
