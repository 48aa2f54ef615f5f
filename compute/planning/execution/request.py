"""What may be asked of a run."""

from typing import Literal

from pydantic import Field

from compute.planning.motion_plan.request import PlanRequest
from compute.schema import Record


class ExecuteRequest(Record):
    """Drive a robot to its goal in closed loop: it sees with noise, believes and chooses, or tracks a plan."""

    plan: PlanRequest = Field(title="Plan", description="Map, robot, start and goal, and how policies are weighed.")
    mode: Literal["infer", "track"] = Field(
        default="infer",
        title="Mode",
        description="Infer: choose a policy at every step by what is believed. Track: make one plan and follow it.",
    )
    noise: float = Field(
        default=0.05,
        ge=0.001,
        le=10,
        title="Noise",
        description="Standard deviation of where moving obstacles are seen.",
        json_schema_extra={"unit": "m"},
    )
    pose_noise: float = Field(
        default=0.01,
        ge=0,
        le=1,
        title="Pose noise",
        description="Standard deviation of where the robot believes to be.",
        json_schema_extra={"unit": "m"},
    )
    sensor_range: float | None = Field(
        default=None,
        gt=0,
        le=1e6,
        title="Sensor range",
        description="Within which moving obstacles are seen, where nothing at rest hides them. Empty: everywhere; "
        "on a map with unknown areas, 20 m.",
        json_schema_extra={"unit": "m"},
    )
    field_of_view: float = Field(
        default=360.0,
        ge=10,
        le=360,
        title="Field of view",
        description="Of the sensor, turned the way the robot drives.",
        json_schema_extra={"unit": "°"},
    )
    replan_every: int = Field(
        default=5,
        ge=1,
        le=1000,
        title="Search the way again every",
        json_schema_extra={"unit": "steps"},
    )
    time_limit: float = Field(default=60.0, ge=1, le=600, title="Time limit", json_schema_extra={"unit": "s"})
    seed: int = Field(default=0, ge=0, le=2**31 - 1, title="Seed", description="Of what is seen and what is tried.")
