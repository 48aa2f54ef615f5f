"""A recording answers like the machine it was made of, without saying which machine that was."""

import argparse
from pathlib import Path

import pytest

from services.gpu_commands import add_gpu_commands
from services.settings import Settings
from services.telemetry.activity import LEAST_S
from services.telemetry.nvml import Driver
from services.telemetry.recording import record
from services.telemetry.records import Reading
from tests.native.machines import MIB, Machine

SECRET = "GPU-5ec3e700-1111-2222-3333-444444444444"


def read_twice() -> Reading:
    """Return what the machine says when its counters have something to tell."""
    driver = Driver()
    driver.read(0.0)
    return driver.read(LEAST_S)


def test_what_was_recorded_is_replayed_the_same_but_for_identifiers(machine: Machine, tmp_path: Path) -> None:
    machine.has(2).says(
        {
            "nvmlDeviceGetUUID.0": f"0 {SECRET}",
            "nvmlDeviceGetPciInfo.0": "0 00000000:AB:00.0",
            "nvmlDeviceGetComputeRunningProcesses.0": f"0 424242 {512 * MIB}",
            "nvmlDeviceGetFanSpeed.1": "0 40",
            "nvmlDeviceGetPowerUsage.1": "3",
            "nvmlGpmQueryDeviceSupport.1": "0 0",
            "nvmlDeviceGetFieldValues:138.1": "0 77",
            "nvmlDeviceGetFieldValues:139.1": "0 78",
        }
    )
    before = read_twice()
    text = "\n".join(record(span_s=0.0))
    for identifier in (SECRET, "AB:00.0", "424242"):
        assert identifier not in text
    machine.path.write_text(text)
    assert "nvmlDeviceGetFieldValues:138.1 = 0 77" in text
    after = read_twice()
    assert after.devices[0].activity.cores == 38.5
    hidden = {"uuid", "pci_bus", "processes", "processes_reliable", "not_reported"}
    assert (after.driver, after.cuda) == (before.driver, before.cuda)
    for was, now in zip(before.devices, after.devices, strict=True):
        assert now.model_dump(exclude=hidden) == was.model_dump(exclude=hidden)
    assert [each.memory_mib for each in after.devices[0].processes or ()] == [512]


def test_the_command_writes_a_file_or_says_why_not(
    machine: Machine, tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    add_gpu_commands(parser.add_subparsers())
    options = parser.parse_args(["gpu", "record", str(tmp_path / "made.txt")])
    machine.has(1)
    assert options.command(options, settings) == 0
    assert "nvmlDeviceGetName.0 = 0 NVIDIA H100" in (tmp_path / "made.txt").read_text()
    machine.says({"nvmlInit.-": "9"})
    assert options.command(options, settings) == 1
    assert "nothing can be recorded" in capsys.readouterr().err
    options = parser.parse_args(["gpu", "status"])
    assert options.command(options, settings) == 0
    assert '"available": false' in capsys.readouterr().out
