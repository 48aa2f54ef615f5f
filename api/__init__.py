"""The REST door: routes drawn from `services.tasks.TASKS`. Knows services, never pages or components."""

from api.protection import protect
from api.routes import register_api
from api.serving import PortInUseError, create_server

__all__ = ["PortInUseError", "create_server", "protect", "register_api"]
