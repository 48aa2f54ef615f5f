"""GPUs through the real binding and a scripted library: one, eight, cut, lost, silent about a field, gone."""

import os
import threading

import psutil
import pytest

from services.telemetry.nvml import LOST_AGAIN_S, NO_DEVICE, Driver
from services.telemetry.nvml_codes import TRY_AGAIN_S
from services.telemetry.nvml_device import DriverGoneError
from services.telemetry.throttling import group_shares, reasons_in_words
from services.telemetry.xid import XidWatch, xid_in_words
from tests.native.machines import MIB, UNKNOWN_BYTES, Machine


def test_a_healthy_gpu_tells_its_facts_in_our_units(machine: Machine) -> None:
    machine.has(1)
    reading = Driver().read(0.0)
    device = reading.devices[0]
    assert (reading.available, reading.driver, reading.cuda) == (True, "580.65.06", "13.0")
    assert (device.uuid, device.name, device.compute_capability) == ("GPU-00000000", "NVIDIA H100 80GB HBM3", "9.0")
    assert (device.memory.total, device.memory.used, device.memory.free) == (81920, 10240, 71680)
    assert (device.utilization, device.memory_utilization, device.temperature) == (45, 12, 51)
    assert (device.power, device.power_limit, device.energy_kwh) == (312.5, 700, 2)
    assert (device.clocks.sm, device.clocks.sm_max) == (1755, 1980)
    assert (device.pcie.generation, device.pcie.width, device.pcie.width_max) == (5, 8, 16)
    assert (device.ecc.corrected, device.ecc.uncorrected) == (2, 0)
    assert device.throttle_reasons == ("power cap",)
    assert device.processes == ()


def test_what_a_gpu_does_not_report_is_null_and_named_never_zero(machine: Machine) -> None:
    machine.has(1).says({"nvmlDeviceGetPowerUsage.0": "3", "nvmlDeviceGetTotalEccErrors:0:0.0": "4"})
    device = Driver().read(0.0).devices[0]
    assert device.power is None
    assert device.ecc.corrected is None
    assert device.fan is None
    assert set(device.not_reported) == {"power", "ecc_corrected", "fan"}


def test_an_unsupported_field_is_asked_once_an_hour(machine: Machine) -> None:
    driver = Driver()
    machine.has(1).says({"nvmlDeviceGetPowerUsage.0": "3"})
    assert driver.read(0.0).devices[0].power is None
    machine.says({"nvmlDeviceGetPowerUsage.0": "0 100000"})
    assert driver.read(TRY_AGAIN_S - 1).devices[0].power is None
    assert driver.read(TRY_AGAIN_S + 1).devices[0].power == 100


def test_a_passing_failure_is_asked_again_at_the_next_sample(machine: Machine) -> None:
    driver = Driver()
    machine.has(1).says({"nvmlDeviceGetTemperature:0.0": "999"})
    assert driver.read(0.0).devices[0].temperature is None
    machine.says({"nvmlDeviceGetTemperature:0.0": "0 60"})
    assert driver.read(1.0).devices[0].temperature == 60


def test_slow_fields_are_not_asked_at_every_sample(machine: Machine) -> None:
    driver = Driver()
    machine.has(1)
    driver.read(0.0)
    machine.says({"nvmlDeviceGetPcieReplayCounter.0": "0 9", "nvmlDeviceGetUtilizationRates.0": "0 99 0"})
    device = driver.read(1.0).devices[0]
    assert (device.utilization, device.pcie.replays) == (99, 3)
    assert driver.read(6.0).devices[0].pcie.replays == 9


def test_eight_gpus_are_told_in_order(machine: Machine) -> None:
    machine.has(8)
    devices = Driver().read(0.0).devices
    assert [device.index for device in devices] == list(range(8))
    assert len({device.uuid for device in devices}) == 8


def test_a_lost_gpu_is_named_and_the_others_go_on(machine: Machine) -> None:
    driver = Driver()
    machine.has(2)
    driver.read(0.0)
    machine.loses(0)
    lost, other = driver.read(1.0).devices
    assert (lost.state, lost.uuid, lost.name) == ("lost", "GPU-00000000", "NVIDIA H100 80GB HBM3")
    assert lost.utilization is None
    assert "lost" in (lost.reason or "")
    assert (other.state, other.utilization) == ("ok", 45)
    machine.has(2)
    assert driver.read(2.0).devices[0].state == "lost"
    assert driver.read(2.0 + LOST_AGAIN_S).devices[0].state == "ok"


def test_a_cut_gpu_tells_memory_per_part_and_no_busy_time(machine: Machine) -> None:
    machine.has(1).is_cut(0, parts=2)
    device = Driver().read(0.0).devices[0]
    assert device.mig is True
    assert [part.uuid for part in device.mig_devices] == ["MIG-0-0", "MIG-0-1"]
    assert device.mig_devices[0].memory.total == 9856
    assert device.utilization is None
    assert device.processes is None


def test_processes_are_told_with_memory_and_share(machine: Machine) -> None:
    pid = os.getpid()
    machine.has(1).says(
        {
            "nvmlDeviceGetComputeRunningProcesses.0": f"0 {pid} {512 * MIB}",
            "nvmlDeviceGetGraphicsRunningProcesses.0": f"0 {pid} {UNKNOWN_BYTES}",
            "nvmlDeviceGetProcessUtilization.0": f"0 {pid} 33",
        }
    )
    device = Driver().read(0.0).devices[0]
    assert device.processes is not None
    assert [(each.pid, each.type, each.memory_mib) for each in device.processes] == [
        (pid, "compute", 512),
        (pid, "graphics", None),
    ]
    assert device.processes[0].utilization == 33
    assert device.processes_reliable


@pytest.mark.parametrize("row", [f"{2**22 + 5} 1", f"1 {90_000 * MIB}"])
def test_scrambled_process_rows_are_not_trusted(machine: Machine, row: str) -> None:
    assert not psutil.pid_exists(2**22 + 5)
    machine.has(1).says({"nvmlDeviceGetComputeRunningProcesses.0": f"0 {row}"})
    assert not Driver().read(0.0).devices[0].processes_reliable


def test_without_devices_the_reason_is_said(machine: Machine) -> None:
    reading = Driver().read(0.0)
    assert (reading.available, reading.reason) == (False, NO_DEVICE)


@pytest.mark.parametrize(
    ("code", "words"), [("9", "kernel module is not loaded"), ("12", "not installed"), ("18", "different versions")]
)
def test_without_a_driver_the_reason_is_said(machine: Machine, code: str, words: str) -> None:
    machine.says({"nvmlInit.-": code})
    reading = Driver().read(0.0)
    assert not reading.available
    assert words in (reading.reason or "")


def test_a_driver_that_comes_later_is_found(machine: Machine) -> None:
    driver = Driver()
    machine.has(1).says({"nvmlInit.-": "9"})
    assert not driver.read(0.0).available
    machine.has(1).says({"nvmlInit.-": "0"})
    assert not driver.read(1.0).available
    assert driver.read(61.0).available


def test_a_driver_that_was_exchanged_asks_for_a_fresh_process(machine: Machine) -> None:
    driver = Driver()
    machine.has(1)
    driver.read(0.0)
    machine.says({"nvmlDeviceGetMemoryInfo.0": "1"})
    with pytest.raises(DriverGoneError):
        driver.read(1.0)


def test_errors_of_the_driver_arrive_with_their_device(machine: Machine) -> None:
    driver = Driver()
    machine.has(2).says({"event.0": "0 1 79", "event.1": "0 0 31"})
    driver.read(0.0)
    arrived: list[tuple[int, int]] = []
    has_both = threading.Event()

    def note(index: int, number: int) -> None:
        arrived.append((index, number))
        if len(arrived) == 2:
            has_both.set()

    watch = XidWatch(driver.binding, driver.handles(), note)
    watch.start()
    assert has_both.wait(10)
    watch.stop()
    assert arrived == [(1, 79), (0, 31)]
    assert xid_in_words(79) == "XID 79: the GPU fell off the bus"


def test_reasons_are_told_in_words_and_in_groups() -> None:
    assert reasons_in_words(0x1) == ()
    assert reasons_in_words(0x60) == ("heat, by the driver", "heat, by the hardware")
    assert reasons_in_words(0x1000) == ("reason 0x1000",)
    assert group_shares(0x84) == {
        "throttle_power": 100,
        "throttle_thermal": 0,
        "throttle_hardware": 100,
        "throttle_settings": 0,
    }
    assert set(group_shares(None).values()) == {None}
