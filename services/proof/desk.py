"""Everything of worker and verifier that pages, routes and the command line ask for, of one installation."""

from collections.abc import Iterator

from services.families import Family
from services.proof.checking import open_checker
from services.proof.configuration import ConfigError, read_config
from services.proof.control import find_worker, read_status, reload_worker, running_workers, stop_worker
from services.proof.devices import DeviceStore
from services.proof.metrics import worker_families
from services.proof.outbox import Outbox
from services.proof.prove import config_path
from services.proof.signals import ProofSignals
from services.proof.status import StatusStore, WorkerStatus
from services.proof.verifier import Verifier
from services.proof.verifying import open_verifier
from services.workspace import Workspace

DESK = "lookahead.proof"  # its name among the server's extensions


class ProofDesk:
    """The outbox, the registry, the worker's last word, and the verifier. Opens nothing that costs time."""

    def __init__(self, workspace: Workspace) -> None:
        engine = workspace.jobs.engine
        self.settings = workspace.settings
        self.outbox = Outbox(engine)
        self.devices = DeviceStore(engine)
        self.statuses = StatusStore(engine)
        self.signals = ProofSignals(
            self.statuses, self.outbox, lambda index: find_worker(workspace.settings, index) is not None
        )
        self.checker = open_checker(workspace.settings)
        self.verifier: Verifier = open_verifier(engine, self.checker)

    def status(self) -> WorkerStatus | None:
        """Return what the running worker says of itself, the first of several; None when none runs or has spoken."""
        return read_status(self.settings, self.statuses, self._index())

    def pid(self) -> int | None:
        """Return the process of the running worker, or None."""
        holder = find_worker(self.settings, self._index())
        return None if holder is None else holder.pid

    def stop(self) -> None:
        """End every worker gracefully; those that died already are missed no longer."""
        for index in running_workers(self.settings):
            stop_worker(self.settings, index)
        for status in self.statuses.all():
            self.statuses.end(status.worker)

    def reload(self) -> None:
        """Have every running worker read its configuration again; raises RequestError for a bad one."""
        for index in running_workers(self.settings) or (0,):
            reload_worker(self.settings, index)

    def config(self) -> dict[str, str] | list[str]:
        """Return the variables that a worker would start with, secrets masked, or what is wrong with them."""
        try:
            return read_config(config_path(self.settings)).shown()
        except ConfigError as error:
            return error.problems

    def _index(self) -> int:
        return next(iter(running_workers(self.settings)), 0)

    def families(self) -> Iterator[Family]:
        """Yield the worker's metrics."""
        return worker_families(self.status())
