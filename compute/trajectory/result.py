"""What a trajectory answers. Lengths are in the units of the positions, times in seconds, angles in radians.

Drawing it belongs to `components/figures`, writing it as CSV to `services`.
"""

from datetime import datetime

from pydantic import Field

from compute.schema import Record

Point = tuple[float, ...]
"""Coordinates (x, y) or (x, y, z)."""


class Path(Record):
    """Estimated states, one per time; None where the velocity (or everything) is not known yet."""

    positions: tuple[Point | None, ...]
    velocities: tuple[Point | None, ...]
    speeds: tuple[float | None, ...]
    position_std: tuple[float | None, ...]
    """Standard deviation of each coordinate; the same for every axis, errors of different axes independent."""
    velocity_std: tuple[float | None, ...]


class Region(Record):
    """Ellipses (ellipsoids in space) about the predictions that hold the true position with probability `level`.

    Their axes are equal: the model knows no preferred direction, so its covariances are multiples of the identity.
    """

    level: float
    """Nominal probability in %."""
    semi_axes: tuple[Point, ...]
    """(horizon, 2 or 3)."""
    angle: tuple[float, ...]
    """Of the first semi-axis from the x axis, (horizon,)."""


class Noise(Record):
    """The two noises of the model, given or estimated."""

    measurement_noise: float
    """Standard deviation of a measured coordinate."""
    process_noise: float
    """Spectral density of the acceleration, units²/s³."""
    measurement_noise_error: float | None = None
    """Standard error; None where it was given, or cannot be told."""
    process_noise_error: float | None = None
    estimated: tuple[str, ...] = ()
    """Names of those that were estimated."""
    log_likelihood: float | None = None
    """Of all observed positions after the first two, which the unknown start uses up."""
    n_observed: int


class Accuracy(Record):
    """Errors of predictions on the held-out last part of this very track; None where not measured, with why."""

    origins: int
    """Positions from which a prediction was made."""
    horizon: int | None = None
    """Steps predicted from each origin; fewer than were asked for when the track is short."""
    reason: str | None = None
    one_step_mae: float | None = None
    """Mean distance between predicted and observed position one step ahead."""
    one_step_rmse: float | None = None
    mae: float | None = None
    """Mean distance over all steps of the horizon."""
    rmse: float | None = None
    coverage: dict[str, float | None] = Field(default_factory=dict)
    """Share of held-out observed positions inside the ellipse of each level (`"95"`), measurement noise included."""
    normalised_error: float | None = None
    """Mean of e' S^-1 e / d over held-out predictions: 1 for honest covariances, above 1 for too small ones."""


class Consistency(Record):
    """Whether the innovations (observed less predicted) are as large, as white and as normal as the model says."""

    nis: float | None = None
    """Mean normalised innovation squared; its expectation is the number of axes."""
    nis_low: float | None = None
    nis_high: float | None = None
    """95 % band of the mean, if the noises are right. Noises estimated together put the mean at its expectation."""
    share_beyond_95: float | None = None
    """Share of innovations outside their own 95 % ellipse: 0.05 when they are normal."""
    lag_one: float | None = None
    """Autocorrelation of successive standardised innovations, averaged over the axes."""
    whiteness_p: float | None = None
    """Ljung-Box test over all axes."""
    normality_p: float | None = None
    """Jarque-Bera test over all axes."""


class TrajectoryResult(Record):
    """A smoothed track, its continuation, and how far either can be believed."""

    name: str
    axes: tuple[str, ...]
    times: tuple[float, ...]
    """Seconds, (n,): as given, or since the first position."""
    timestamps: tuple[datetime, ...] | None
    positions: tuple[Point | None, ...]
    """As observed; None where missing."""
    outliers: tuple[int, ...]
    """Rows (from 0) that the gate refused; they count as missing."""
    filtered: Path
    """From the positions up to each time."""
    smoothed: Path
    """From all positions."""
    nis: tuple[float | None, ...]
    """Normalised innovation squared of each observed position after the second."""
    step: float
    """Seconds between predictions: the median between positions."""
    predicted_times: tuple[float, ...]
    predicted_timestamps: tuple[datetime, ...] | None
    predicted: Path
    regions: tuple[Region, ...]
    noise: Noise
    accuracy: Accuracy
    baseline: dict[str, Accuracy]
    """The same origins predicted by reference models: `last_position`, `last_velocity`."""
    consistency: Consistency
    notes: tuple[str, ...] = ()
    """What a reader must know."""
