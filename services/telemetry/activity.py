"""How much of a GPU is at work and what its links carry, by the GPU's own counters where it has them (Hopper on).

NVML calls them GPM: a sample now and one at least a second ago give percent and rates of the time between. Without
them the links between GPUs are read from counters of bytes; what PCIe carries is asked by `pcie_rates`.
"""

from collections.abc import Mapping
from typing import Any

from compute.schema import Record
from services.telemetry.records import Activity, Rates

LEAST_S = 1.0  # between two samples: closer ones are not told apart
LONGEST_S = 600.0  # between two samples: older ones overflow
NOT_SUPPORTED = 3
OF_ALL_LINKS = 2**32 - 1
_CORES, _OCCUPANCY, _TENSOR, _BANDWIDTH = 2, 3, 5, 10  # NVML_GPM_METRIC_*
_PCIE_SENT, _PCIE_RECEIVED, _NVLINK_RECEIVED, _NVLINK_SENT = 20, 21, 60, 61  # in MiB/s
METRIC_IDS = (_CORES, _OCCUPANCY, _TENSOR, _BANDWIDTH, _PCIE_SENT, _PCIE_RECEIVED, _NVLINK_RECEIVED, _NVLINK_SENT)
SENT_KIB, RECEIVED_KIB = 138, 139  # NVML_FI_DEV_NVLINK_THROUGHPUT_DATA_TX and _RX, since the driver was loaded
KIB_PER_MIB = 1024


class Counted(Record):
    """What the counters of one GPU said over about the last second."""

    activity: Activity = Activity()
    pcie: Rates = Rates()
    nvlink: Rates = Rates()


class CounterReader:
    """Reads the counters of one device, or of one instance of a cut one; `nvml.NVMLError` where it has none."""

    def __init__(self, nvml: Any, handle: Any, instance: int | None = None) -> None:
        self._nvml = nvml
        self._handle = handle
        self._instance = instance
        self._samples: list[Any] = []
        self._request: Any = None
        self._is_first = True
        self._taken_at: float | None = None
        self._counted = Counted()

    def read(self, now: float) -> Counted:
        """Return what was counted up to the last sample, taking one when the last is old enough."""
        if self._taken_at is not None and now - self._taken_at < LEAST_S:
            return self._counted
        has_span = self._taken_at is not None and now - self._taken_at <= LONGEST_S
        values = self.take()
        self._counted = _counted(values) if has_span else Counted()
        self._taken_at = now
        return self._counted

    def take(self) -> dict[int, float]:
        """Take a sample; return the metrics of the time since the one before, by number: none at the first call."""
        if not self._samples:
            self._open()
        before, newest = self._samples
        if self._instance is None:
            self._nvml.nvmlGpmSampleGet(self._handle, newest)
        else:
            self._nvml.nvmlGpmMigSampleGet(self._handle, self._instance, newest)
        self._samples = [newest, before]
        is_first, self._is_first = self._is_first, False
        return {} if is_first else self._values(before, newest)

    def _open(self) -> None:
        nvml = self._nvml
        if not nvml.nvmlGpmQueryDeviceSupport(self._handle).isSupportedDevice:
            raise nvml.NVMLError(NOT_SUPPORTED)
        self._samples = [nvml.nvmlGpmSampleAlloc(), nvml.nvmlGpmSampleAlloc()]  # kept for as long as the process lives
        request = self._request = nvml.c_nvmlGpmMetricsGet_t()
        request.version = nvml.NVML_GPM_METRICS_GET_VERSION
        request.numMetrics = len(METRIC_IDS)
        for metric, number in zip(request.metrics, METRIC_IDS, strict=False):
            metric.metricId = number

    def _values(self, before: Any, newest: Any) -> dict[int, float]:
        """Return the metrics that this device has, by their number."""
        self._request.sample1, self._request.sample2 = before, newest
        self._nvml.nvmlGpmMetricsGet(self._request)
        metrics = self._request.metrics[: len(METRIC_IDS)]
        return {each.metricId: float(each.value) for each in metrics if each.nvmlReturn == 0}


class NvlinkReader:
    """Reads what the links between GPUs carry from counters of bytes; raises `nvml.NVMLError` where there are none."""

    def __init__(self, nvml: Any, handle: Any) -> None:
        self._nvml = nvml
        self._handle = handle
        self._before: tuple[float, int, int] | None = None

    def read(self, now: float) -> Rates:
        """Return the mean rates since the call before."""
        asked = [(SENT_KIB, OF_ALL_LINKS), (RECEIVED_KIB, OF_ALL_LINKS)]
        answers = self._nvml.nvmlDeviceGetFieldValues(self._handle, asked)
        for answer in answers:
            if answer.nvmlReturn:
                raise self._nvml.NVMLError(answer.nvmlReturn)
        sent, received = (int(answer.value.ullVal) for answer in answers)
        before, self._before = self._before, (now, sent, received)
        if before is None or now <= before[0] or sent < before[1] or received < before[2]:
            return Rates()  # the first look, or the counters began anew
        per_s = 1 / (KIB_PER_MIB * (now - before[0]))
        return Rates(sent_mib_s=(sent - before[1]) * per_s, received_mib_s=(received - before[2]) * per_s)


def _counted(values: Mapping[int, float]) -> Counted:
    return Counted(
        activity=Activity(
            cores=values.get(_CORES),
            occupancy=values.get(_OCCUPANCY),
            tensor=values.get(_TENSOR),
            memory_bandwidth=values.get(_BANDWIDTH),
        ),
        pcie=Rates(sent_mib_s=values.get(_PCIE_SENT), received_mib_s=values.get(_PCIE_RECEIVED)),
        nvlink=Rates(sent_mib_s=values.get(_NVLINK_SENT), received_mib_s=values.get(_NVLINK_RECEIVED)),
    )
