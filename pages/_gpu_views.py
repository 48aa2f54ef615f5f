"""The parts of the GPU page: devices or why there is none, the machine, workers, jobs, events."""

import time

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components.attributes import data
from components.cards import card
from components.gpu_cards import Tile, chart_grid, tiles
from components.icons import icon
from components.status import age, empty_state
from pages._gpu_charts import Charts
from services.telemetry.metrics import metric
from services.telemetry.records import Device, MigDevice, Status

NAME = "gpu"
GIB = 1024.0
NOT_REPORTED = "not reported"


def draw_charts(status: Status, charts: Charts, hz: float) -> Component:
    """Return tiles and charts, with what the browser must know to continue them."""
    revision = str(charts.window_s)
    cards = [device_card(device) for device in status.devices]
    devices: list[Component] = [html.Div(cards, className="la-live-devices")] if cards else []
    if charts.devices:
        devices.append(card("GPUs over time", chart_grid(NAME, charts.devices, charts.step_s, revision)))
    return html.Div(
        [
            *(devices or [no_gpu(status)]),
            card("This machine", machine_tiles(status), chart_grid(NAME, charts.machine, charts.step_s, revision)),
            card("Jobs", job_tiles(status), chart_grid(NAME, charts.jobs, charts.step_s, revision)),
            card(
                "Workers",
                chart_grid(NAME, charts.workers, charts.step_s, revision)
                if charts.workers
                else empty_state("No worker was seen", "Workers are started with the server.", is_small=True),
            ),
        ],
        className="la-live la-stack",
        **data(window=charts.window_s, step=charts.step_s, cursor=charts.cursor, hz=hz),
        **data(lines=" ".join(sorted(charts.drawn_lines)), reason=status.reason or "", drawn=time.time_ns()),
    )


def no_gpu(status: Status) -> Component:
    """Return why there is no GPU to be seen."""
    reason = status.reason or "no GPU was seen"
    return card(
        "GPU",
        empty_state(
            "No GPU",
            f"{reason[0].upper()}{reason[1:]}. Jobs run on the processors; machine and jobs are shown below.",
            icon_name="chip",
            is_small=True,
        ),
    )


def notices(status: Status) -> Component:
    """Return what an operator must know first; nothing when all is well."""
    told: list[tuple[str, str, str]] = []
    if status.stale_since is not None and status.devices:
        told.append(
            ("red", "The GPUs do not answer", f"{status.reason}; the last answer came {age(status.stale_since)}.")
        )
    for device in status.devices:
        if device.state == "lost":
            told.append(("red", f"GPU {device.index} is lost", f"{device.reason}."))
        if not device.processes_reliable:
            words = (
                "The driver lists processes that are not there (as inside containers): who holds the GPU is unknown."
            )
            told.append(("yellow", f"Processes of GPU {device.index} cannot be told", words))
    if not status.history.is_kept:
        told.append(("yellow", "Nothing is being kept", f"{status.history.reason}."))
    if status.history.notice:
        told.append(("yellow", "The history began anew", f"{status.history.notice}."))
    alerts = [dmc.Alert(words, title=title, color=colour, icon=icon("alert")) for colour, title, words in told]
    return html.Div(alerts, className="la-stack")


def device_card(device: Device) -> Component:
    """Return the numbers of one GPU; what it does not report is named."""
    title = f"GPU {device.index}: {device.name or 'unnamed'}"
    facts = [
        f"compute capability {device.compute_capability}" if device.compute_capability else None,
        f"PCIe {device.pcie.generation} x{device.pcie.width}" if device.pcie.generation else None,
        "cut into parts (MIG)" if device.mig else None,
    ]
    silent = ", ".join(name.replace("_", " ") for name in device.not_reported)
    return card(
        title,
        tiles(_device_tiles(device), title),
        dmc.Text(", ".join(fact for fact in facts if fact), className="la-muted", size="sm"),
        dmc.Text(f"Not reported by this GPU: {silent}.", className="la-muted", size="sm") if silent else None,
    )


def _device_tiles(device: Device) -> list[Tile]:
    limit = f"of {device.power_limit:.0f} W" if device.power_limit else ""
    room = f"of {device.memory.total / GIB:.0f} GiB" if device.memory.total else ""
    used = None if device.memory.used is None else device.memory.used / GIB
    reasons = "–" if device.throttle_reasons is None else ", ".join(device.throttle_reasons) or "none"
    cores = device.activity.cores
    why = "Why clocks are lower than they could be."
    return [
        _device_tile(device, "utilization", device.utilization),
        *([] if cores is None else [_device_tile(device, "cores_percent", cores)]),
        _device_tile(device, "memory_used_mib", used, unit="" if room else "GiB", of=room, scale=GIB),
        _device_tile(device, "power_w", device.power, unit="" if limit else "W", of=limit),
        _device_tile(device, "temperature_c", device.temperature),
        _device_tile(device, "sm_clock_mhz", device.clocks.sm),
        Tile("Throttled by", why, "", None, absent=reasons),
        *(tile for i, part in enumerate(device.mig_devices) for tile in _part_tiles(i, part)),
    ]


def _part_tiles(position: int, part: MigDevice) -> list[Tile]:
    used = None if part.memory.used is None else part.memory.used / GIB
    about = metric("device", "cores_percent")
    live = f"device:{part.uuid}|"
    memory = f"Memory of {part.name or part.uuid}."
    shown = [Tile(f"Part {position}", memory, "GiB", used, f"{live}memory_used_mib", "", GIB)]
    if part.activity.cores is not None:
        title = f"Part {position}: {about.title.lower()}"
        shown.append(Tile(title, about.definition, about.unit, part.activity.cores, f"{live}cores_percent"))
    return shown


def _device_tile(
    device: Device, name: str, value: float | None, *, unit: str | None = None, of: str = "", scale: float = 1.0
) -> Tile:
    about = metric("device", name)
    live = f"device:{device.uuid}|{name}"
    shown = about.unit if unit is None else unit
    return Tile(about.title, about.definition, shown, value, live, of, scale, NOT_REPORTED)


def machine_tiles(status: Status) -> Component:
    """Return the newest numbers of the machine."""
    host = status.host
    room = "" if host.memory.total is None else f"of {host.memory.total / GIB:.0f} GiB"
    used = None if host.memory.used is None else host.memory.used / GIB
    free = None if host.disk_free_mib is None else host.disk_free_mib / GIB
    shown = [
        _host_tile("cpu_percent", host.cpu, of=f"of {host.cores} cores"),
        _host_tile("memory_used_mib", used, unit="", of=room, scale=GIB),
        _host_tile("load_1m", host.load_1m),
        _host_tile("disk_free_mib", free, unit="GiB", scale=GIB),
    ]
    return tiles(shown, "This machine")


def job_tiles(status: Status) -> Component:
    """Return how many jobs there are."""
    jobs = status.jobs
    return tiles(
        [
            _host_tile("jobs_running", None if jobs is None else jobs.running),
            _host_tile("jobs_queued", None if jobs is None else jobs.queued),
        ],
        "Jobs",
    )


def _host_tile(name: str, value: float | None, *, unit: str | None = None, of: str = "", scale: float = 1.0) -> Tile:
    about = metric("host", name)
    shown = about.unit if unit is None else unit
    return Tile(about.title, about.definition, shown, value, f"host:host|{name}", of, scale)
