"""What an operator is told of a running server, and the one thread that keeps it: latencies saved, alerts judged.

Within the server's process, because latencies are counted there and one data directory has one server. Samples of
the machine come from `services.telemetry`.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Final

from services.alerts import AlertDesk
from services.alerts.webhook import Webhook
from services.families import Family
from services.job_statistics import JobTotals
from services.latency.book import LatencyBook
from services.logs import logger
from services.settings import Settings
from services.telemetry.status import StatusReader
from services.workspace import Workspace

OPERATIONS: Final = "lookahead.operations"
"""Name of the `Operations` among the server's extensions."""
TICK_S = 1.0


class Operations:
    """The operator's view of one server. Nothing runs until `start`."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.latency = LatencyBook(workspace.settings.data_dir)
        self.jobs = JobTotals(workspace.jobs.engine)
        self.status = StatusReader(workspace.settings)
        self.webhook = _webhook(workspace.settings)
        self.alerts = AlertDesk(self, self.webhook)
        self.sources: list[Callable[[], Iterable[Family]]] = []
        """Further families for `/metrics`: whoever measures something appends a function here."""
        self.endings: list[Callable[[], None]] = []
        """Called when the server stops: whoever lets requests wait appends a function that ends their waiting."""
        self._missed = ""  # why, the last time: said once, not each second
        self._is_stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="operations", daemon=True)

    def start(self) -> None:
        """Begin to save, each second or so."""
        self.latency.open()
        self.alerts.open()
        if self.webhook is not None:
            self.webhook.start()
        self._thread.start()

    def stop(self) -> None:
        """Save what is left and end."""
        self._is_stopped.set()
        if self._thread.ident is not None:
            self._thread.join()
        if self.webhook is not None:
            self.webhook.stop()
        self.latency.save(is_forced=True)

    def tick(self) -> None:
        """Do once what the thread does each second."""
        self.latency.recorder.count()
        self.latency.save()
        self.alerts.tick()

    def _watch(self) -> None:
        while not self._is_stopped.wait(TICK_S):
            try:
                self.tick()
            except Exception as error:  # noqa: BLE001 - whatever goes wrong in one second, the next one is watched too
                if str(error) != self._missed:
                    logger("operations").error("a second was missed", exc_info=error)
                self._missed = str(error)


def _webhook(settings: Settings) -> Webhook | None:
    if settings.webhook_url is None:
        return None
    secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret is not None else ""
    return Webhook(settings.webhook_url.get_secret_value(), secret)
