"""What may be asked of a quick route."""

from pydantic import Field

from compute.planning.scene import Goal, Map, Robot, Start
from compute.schema import Record


class RouteRequest(Record):
    """Find the shortest way of a disc among what is known and at rest; what moves is left out."""

    map: Map = Field(title="Map")
    start: Start = Field(title="Start", description="Its velocity does not count.")
    goal: Goal = Field(title="Goal", description="The way ends exactly there.")
    robot: Robot = Field(title="Robot", description="Only its radius counts.")
    n_alternatives: int = Field(
        default=2,
        ge=0,
        le=6,
        title="Alternatives",
        description="Other ways round obstacles, if there are that many and they are found at once; a plan finds all.",
    )
