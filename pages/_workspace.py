"""How a page reaches the world: the opened workspace and who is asking."""

from typing import cast

from flask import current_app

from services.operations import OPERATIONS, Operations
from services.workspace import Workspace

EXTENSION = "lookahead"
LOCAL_OWNER = "local"
"""The only user of an installation that is bound to loopback and has no accounts."""


def workspace() -> Workspace:
    """Return the workspace of the running application; only within a request or an application context."""
    return cast(Workspace, current_app.extensions[EXTENSION])


def operations() -> Operations:
    """Return what is measured of the running application; only within a request or an application context."""
    return cast(Operations, current_app.extensions[OPERATIONS])


def owner() -> str:
    """Return who the current request belongs to."""
    return LOCAL_OWNER
