"""The REST door: routes drawn from `services.tasks.TASKS`. Knows services, never pages or components."""

from api.libraries import keep_libraries
from api.live_lane import add_live_lane
from api.measuring import measure, measure_dash
from api.protection import protect
from api.routes import register_api
from api.serving import PortInUseError, create_server

__all__ = [
    "PortInUseError",
    "add_live_lane",
    "create_server",
    "keep_libraries",
    "measure",
    "measure_dash",
    "protect",
    "register_api",
]
