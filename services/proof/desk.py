"""Everything of worker and verifier that pages, routes and the command line ask for, of one installation."""

from collections.abc import Iterator

from services.families import Family
from services.proof.checking import open_checker
from services.proof.control import find_worker, read_status, stop_worker
from services.proof.devices import DeviceStore
from services.proof.metrics import worker_families
from services.proof.outbox import Outbox
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
        """Return what the running worker says of itself; None when none runs or it has not spoken yet."""
        return read_status(self.settings, self.statuses)

    def pid(self) -> int | None:
        """Return the process of the running worker, or None."""
        holder = find_worker(self.settings)
        return None if holder is None else holder.pid

    def stop(self) -> None:
        """End the worker gracefully; one that died already is missed no longer."""
        stop_worker(self.settings)
        self.statuses.end()

    def families(self) -> Iterator[Family]:
        """Yield the worker's metrics."""
        return worker_families(self.status())
