"""What may be asked of a motion plan."""

from pydantic import Field

from compute.planning.inference.preferences import Preferences
from compute.planning.scene import Goal, Map, Robot, Start
from compute.schema import Record


class PlanWeights(Record, title="Weights"):
    """What the robot wants and what it accepts: multiples of the parts of the expected free energy."""

    haste: float = Field(
        default=Preferences.haste, ge=0, le=1000, title="Haste", description="Nats per second that the way still takes."
    )
    accepted_risk: float = Field(
        default=Preferences.accepted_risk,
        gt=0,
        lt=1,
        title="Accepted risk",
        description="Probability of a collision at a moment that costs nothing; more costs its divergence from this.",
    )
    effort: float = Field(
        default=Preferences.effort,
        ge=0,
        le=1000,
        title="Effort",
        description="What accelerating costs: the precision of its prior.",
    )
    collision: float = Field(
        default=Preferences.collision, ge=0, le=1000, title="Collision", description="Multiple of collision risk."
    )
    information: float = Field(
        default=Preferences.information,
        ge=0,
        le=1000,
        title="Information",
        description="Multiple of what is expected to be learned.",
    )
    ambiguity: float = Field(
        default=Preferences.ambiguity,
        ge=0,
        le=1000,
        title="Ambiguity",
        description="Multiple of how unsure observations will be.",
    )


class PlanRequest(Record):
    """Plan the motion of a disc among obstacles, at rest and moving."""

    map: Map = Field(title="Map")
    start: Start = Field(title="Start")
    goal: Goal = Field(title="Goal")
    robot: Robot = Field(title="Robot")
    horizon: float = Field(
        default=5.0,
        ge=0.5,
        le=20,
        title="Horizon",
        description="How far ahead policies are weighed.",
        json_schema_extra={"unit": "s"},
    )
    time_limit: float = Field(
        default=60.0,
        ge=1,
        le=600,
        title="Time limit",
        description="Within which the goal must be reached where obstacles move.",
        json_schema_extra={"unit": "s", "advanced": True},
    )
    control_rate: float = Field(
        default=50.0,
        ge=1,
        le=200,
        title="Control rate",
        description="Samples of the trajectory per second.",
        json_schema_extra={"unit": "Hz"},
    )
    n_policies: int = Field(
        default=2000, ge=10, le=20_000, title="Policies", description="How many are weighed against each other."
    )
    weights: PlanWeights = Field(default_factory=PlanWeights, title="Weights")
    seed: int = Field(default=0, ge=0, le=2**31 - 1, title="Seed", description="Of the policies that are tried.")
