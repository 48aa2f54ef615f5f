"""What the home page says of processors, memory and GPUs."""

from pages._machine import gpu_words, memory_words, processor_words, read_machine
from services.telemetry.records import Device, Host, Memory
from services.workspace import Workspace


def test_machine_and_gpus_are_told_in_few_words(web: Workspace) -> None:
    status = read_machine().status
    host = Host(cpu=12.4, cores=2, memory=Memory(total=16_384, used=4_096))
    told = status.model_copy(update={"host": host})
    assert (processor_words(told), memory_words(told)) == ("12 % of 2 cores", "4.0 of 16 GiB")
    assert gpu_words(told) == f"none: {status.reason}"


def test_gpus_are_counted_with_their_busy_time_and_losses(web: Workspace) -> None:
    status = read_machine().status.model_copy(update={"stale_since": None})
    busy = tuple(Device(index=i, uuid=str(i), utilization=value) for i, value in enumerate((20.0, 60.0)))
    lost = Device(index=2, uuid="2", state="lost")
    assert gpu_words(status.model_copy(update={"devices": busy})) == "2 GPUs, 40 % busy"
    assert gpu_words(status.model_copy(update={"devices": (*busy, lost)})) == "3 GPUs, 40 % busy, 1 lost"
    assert gpu_words(status.model_copy(update={"devices": (lost,)})) == "1 GPU, 1 lost"
    stale = status.model_copy(update={"devices": busy, "stale_since": status.sampled_at})
    assert gpu_words(stale) == "no answer from the driver"
