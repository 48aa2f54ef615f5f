"""What GPUs count themselves and what their links carry: through the real binding and a scripted library."""

from services.telemetry.activity import LEAST_S, LONGEST_S
from services.telemetry.nvml import Driver
from services.telemetry.nvml_calls import SLOW_S
from services.telemetry.nvml_codes import TRY_AGAIN_S
from services.telemetry.pcie_rates import PcieRates, with_pcie_rates
from services.telemetry.records import Activity, Device, Rates, Reading
from services.telemetry.view import device_samples
from tests.native.machines import Machine

OLDER = {"nvmlGpmQueryDeviceSupport.0": "0 0"}  # before Hopper
INSTANCES = {f"nvmlDeviceGetGpuInstanceId.0/{part}": f"0 {instance}" for part, instance in enumerate((3, 5, 5))}
MIB_IN_KIB = 1024


def read(driver: Driver, now: float) -> Device:
    return driver.read(now).devices[0]


def test_counters_need_two_samples_and_are_told_in_percent_and_mib(machine: Machine) -> None:
    driver = Driver()
    machine.has(1)
    first = read(driver, 0.0)
    assert (first.activity, first.nvlink, first.pcie.rates) == (Activity(), Rates(), Rates())
    device = read(driver, LEAST_S)
    assert device.activity == Activity(cores=38.5, occupancy=21.25, tensor=30, memory_bandwidth=12.5)
    assert device.pcie.rates == Rates(sent_mib_s=120.5, received_mib_s=240)
    assert device.nvlink == Rates(sent_mib_s=2000, received_mib_s=1000)
    assert "core_activity" not in device.not_reported


def test_samples_closer_than_a_second_tell_the_last_count(machine: Machine) -> None:
    driver = Driver()
    machine.has(1)
    read(driver, 0.0)
    read(driver, LEAST_S)
    machine.says({"nvmlGpmMetric:2.0": "0 99"})
    assert read(driver, 1.5 * LEAST_S).activity.cores == 38.5
    assert read(driver, 2 * LEAST_S).activity.cores == 99


def test_after_a_long_pause_nothing_is_told_that_may_have_overflowed(machine: Machine) -> None:
    driver = Driver()
    machine.has(1)
    read(driver, 0.0)
    assert read(driver, LONGEST_S + 1).activity == Activity()
    assert read(driver, LONGEST_S + 2).activity.cores == 38.5


def test_a_metric_that_a_gpu_does_not_count_is_absent_and_not_zero(machine: Machine) -> None:
    driver = Driver()
    machine.has(1).says({"nvmlGpmMetric:60.0": "3", "nvmlGpmMetric:61.0": "3", "nvmlGpmMetric:5.0": "999"})
    read(driver, 0.0)
    device = read(driver, LEAST_S)
    assert device.nvlink == Rates()
    assert (device.activity.tensor, device.activity.cores) == (None, 38.5)


def test_a_gpu_without_counters_names_them_and_counts_what_its_links_carry(machine: Machine) -> None:
    driver = Driver()
    fields = {"nvmlDeviceGetFieldValues:138.0": "0 0", "nvmlDeviceGetFieldValues:139.0": f"0 {5 * MIB_IN_KIB}"}
    machine.has(1).says(OLDER | fields)
    first = read(driver, 0.0)
    assert (first.activity, first.nvlink) == (Activity(), Rates())
    assert "core_activity" in first.not_reported
    machine.says({"nvmlDeviceGetFieldValues:138.0": f"0 {100 * MIB_IN_KIB}"})
    assert read(driver, SLOW_S).nvlink == Rates(sent_mib_s=100 / SLOW_S, received_mib_s=0.0)
    machine.says({"nvmlDeviceGetFieldValues:138.0": "0 0"})
    assert read(driver, 2 * SLOW_S).nvlink == Rates(), "counters that began anew tell nothing"


def test_a_gpu_without_links_names_them_and_is_asked_again_within_the_hour(machine: Machine) -> None:
    driver = Driver()
    machine.has(1).says(OLDER)
    assert {"core_activity", "nvlink_rates"} <= set(read(driver, 0.0).not_reported)
    machine.says({"nvmlGpmQueryDeviceSupport.0": "0 1"})
    read(driver, TRY_AGAIN_S)
    device = read(driver, TRY_AGAIN_S + LEAST_S)
    assert device.activity.cores == 38.5
    assert "core_activity" not in device.not_reported


def test_a_gpu_that_is_lost_while_it_counts_is_lost(machine: Machine) -> None:
    driver = Driver()
    machine.has(1)
    read(driver, 0.0)
    machine.says({"nvmlGpmSampleGet.0": "15"})
    assert read(driver, LEAST_S).state == "lost"


def test_parts_of_a_cut_gpu_tell_what_their_instance_counts(machine: Machine) -> None:
    driver = Driver()
    machine.has(1).is_cut(0, parts=3).says(INSTANCES)
    machine.says({"nvmlGpmMetric:2.0/3": "0 80", "nvmlGpmMetric:5.0/3": "0 60", "nvmlGpmMetric:2.0/5": "0 10"})
    assert [part.activity for part in read(driver, 0.0).mig_devices] == [Activity()] * 3
    parts = read(driver, LEAST_S).mig_devices
    assert [part.activity.cores for part in parts] == [80, 10, 10]
    assert parts[0].activity == Activity(cores=80, tensor=60)
    samples = {sample.key: sample.values for sample in device_samples(driver.read(LEAST_S).devices, {})}
    assert (samples["MIG-0-0"]["cores_percent"], samples["MIG-0-0"]["memory_used_mib"]) == (80, 100)


def test_parts_without_counters_keep_their_memory_and_are_asked_again_within_the_hour(machine: Machine) -> None:
    driver = Driver()
    machine.has(1).is_cut(0, parts=1)
    for now in (0.0, LEAST_S):
        [part] = read(driver, now).mig_devices
        assert (part.activity, part.memory.used) == (Activity(), 100)
    machine.says(INSTANCES | {"nvmlGpmMetric:2.0/3": "0 80"})
    assert read(driver, TRY_AGAIN_S - 1).mig_devices[0].activity == Activity()
    read(driver, TRY_AGAIN_S + 1)
    assert read(driver, TRY_AGAIN_S + 1 + LEAST_S).mig_devices[0].activity.cores == 80


def test_a_cut_gpu_that_is_lost_while_it_counts_is_lost(machine: Machine) -> None:
    driver = Driver()
    machine.has(1).is_cut(0, parts=1).says(INSTANCES)
    read(driver, 0.0)
    machine.says({"nvmlGpmSampleGet.0/3": "15"})
    assert read(driver, LEAST_S).state == "lost"


def test_what_pcie_carries_is_asked_of_older_gpus_only(machine: Machine) -> None:
    driver = Driver()
    asked = {f"nvmlDeviceGetPcieThroughput:{way}.{gpu}": f"0 {2048 * (way + 1)}" for way in (0, 1) for gpu in (0, 1)}
    machine.has(2).says(OLDER | asked)
    driver.read(0.0)
    reading = driver.read(LEAST_S)
    rates = PcieRates(driver.binding, driver.handles())
    rates.ask()
    older, newer = with_pcie_rates(reading, rates.rates).devices
    assert older.pcie.rates == Rates(sent_mib_s=2, received_mib_s=4)
    assert newer.pcie.rates == Rates(sent_mib_s=120.5, received_mib_s=240)
    machine.loses(0)
    rates.ask()
    assert rates.rates[0] == Rates()
    lost = Reading(available=True, devices=(Device(index=0, uuid="0", state="lost"),))
    assert with_pcie_rates(lost, {0: Rates(sent_mib_s=1.0)}) == lost
