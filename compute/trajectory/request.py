"""What may be asked of a trajectory. How it is estimated is in `run` and below."""

from typing import Annotated

from pydantic import Field, field_validator

from compute.schema import Record
from compute.trajectory.track import TrackReference

Level = Annotated[float, Field(ge=1, le=99.9)]
MAX_LEVELS = 5  # more ellipses than this cannot be told apart
SMALLEST, LARGEST = 1e-30, 1e30  # coordinates: fourth powers still lie well inside the range of floating point
MAX_NOISE = 1e15


class TrajectoryRequest(Record):
    """Smooth and predict the track of a point that moves at nearly constant velocity."""

    track: TrackReference = Field(title="Track", description="Positions in time order, or columns of a dataset.")
    horizon: int = Field(
        default=10,
        ge=1,
        le=10_000,
        title="Horizon",
        description="How many steps to look ahead; a step is the median time between positions.",
        json_schema_extra={"unit": "steps"},
    )
    dt: float | None = Field(
        default=None,
        ge=1e-9,
        le=1e9,
        title="Time step",
        description="Time between positions of a track without times. Empty: 1.",
        json_schema_extra={"unit": "s", "empty": "1"},
    )
    measurement_noise: float | None = Field(
        default=None,
        ge=SMALLEST,
        le=MAX_NOISE,
        title="Measurement noise",
        description="Standard deviation of a measured coordinate. Empty: estimated by maximum likelihood.",
        json_schema_extra={"unit": "units of the positions"},
    )
    process_noise: float | None = Field(
        default=None,
        ge=SMALLEST,
        le=MAX_NOISE,
        title="Process noise",
        description="Spectral density of the acceleration: how much the velocity wanders. Empty: estimated by maximum "
        "likelihood.",
        json_schema_extra={"unit": "units²/s³"},
    )
    levels: tuple[Level, ...] = Field(
        default=(50, 95),
        min_length=0,
        max_length=MAX_LEVELS,
        title="Levels",
        description="Probability that the position lies inside each ellipse.",
        json_schema_extra={"unit": "%"},
    )
    gate: float | None = Field(
        default=None,
        ge=90,
        le=99.9999,
        title="Outlier gate",
        description="A position that a good model would exceed less often than this is flagged and not believed "
        "(chi-square test of its innovation), 99.9 for example. Empty: every position is believed.",
        json_schema_extra={"unit": "%", "empty": "None"},
    )

    @field_validator("levels")
    @classmethod
    def _sort_levels(cls, levels: tuple[float, ...]) -> tuple[float, ...]:
        if len(set(levels)) != len(levels):
            raise ValueError(f"levels {list(levels)} repeat a value; give each level once")
        return tuple(sorted(levels))
