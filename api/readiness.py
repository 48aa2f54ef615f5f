"""Whether the application can serve just now: can the database be written, is there disk, does a worker live?"""

import shutil
from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from services.liveness import count_live_workers
from services.workspace import Workspace

MIN_FREE_MIB = 64  # less than this is gone with the next uploads or results
_PROBE = "readiness_probe"


def unready_reasons(workspace: Workspace) -> tuple[str, ...]:
    """Return why the application cannot serve; nothing when it can."""
    return (*_database_reasons(workspace), *_disk_reasons(workspace), *_worker_reasons(workspace))


def _database_reasons(workspace: Workspace) -> Iterator[str]:
    try:
        workspace.jobs.keep_value(_PROBE, "written")  # takes the write lock and tries to insert, also when it is there
    except SQLAlchemyError as error:
        yield f"the database cannot be written ({getattr(error, 'orig', None) or error})"


def _disk_reasons(workspace: Workspace) -> Iterator[str]:
    try:
        free_mib = shutil.disk_usage(workspace.settings.data_dir).free / 2**20
    except OSError as error:
        yield f"the data directory cannot be reached ({error.strerror})"
        return
    if free_mib < MIN_FREE_MIB:
        yield f"the disk of the data directory has {free_mib:.0f} MiB left, less than {MIN_FREE_MIB}"


def _worker_reasons(workspace: Workspace) -> Iterator[str]:
    workers = count_live_workers(workspace.settings)
    if workers is None:
        yield "no supervisor is at work, so that no worker is started"
    elif workers == 0:
        yield "no worker lives; the supervisor is starting some, or logs/workers.log in the data directory says why not"
