"""Whether a sampled trajectory keeps to the robot's limits, and whether its velocities are those of its positions."""

import numpy as np

from compute.planning.scene import Robot
from compute.planning.validation.solids import Array

SLACK = 1e-6  # share of a limit that rounding may take


def find_violations(times: Array, positions: Array, velocities: Array, robot: Robot) -> tuple[str, ...]:
    """Return a sentence for each limit that is broken, at its worst.

    Mean values between samples are compared with the limits: a motion whose true acceleration and jerk keep to them
    passes, and one that breaks them for a whole sample does not.

    Parameters
    ----------
    times : (n,) seconds, increasing
    positions, velocities : (n, 2) or (n, 3)
    """
    steps = np.diff(times)[:, None]
    moved = np.diff(positions, axis=0)
    accelerations = np.diff(velocities, axis=0) / steps
    found = [
        _exceeded("speed", "m/s", np.linalg.norm(velocities, axis=1), robot.max_velocity, times),
        _exceeded("speed between samples", "m/s", np.linalg.norm(moved / steps, axis=1), robot.max_velocity, times),
        _exceeded("acceleration", "m/s²", np.linalg.norm(accelerations, axis=1), robot.max_acceleration, times),
    ]
    # with accelerations up to a, positions cannot be farther than a dt^2 / 4 from what the mean velocity gives
    off = np.linalg.norm(moved - 0.5 * steps * (velocities[1:] + velocities[:-1]), axis=1)
    allowed = 0.25 * robot.max_acceleration * steps[:, 0] ** 2 * (1 + SLACK) + 1e-9
    if np.any(off > allowed):
        worst = int(np.argmax(off - allowed))
        found.append(f"velocities do not fit the positions at {times[worst]:.3f} s: {off[worst]:.3g} m are unexplained")
    if robot.max_jerk is not None and len(times) > 2:
        between = 0.5 * (steps[1:] + steps[:-1])
        jerks = np.linalg.norm(np.diff(accelerations, axis=0) / between, axis=1)
        found.append(_exceeded("jerk", "m/s³", jerks, robot.max_jerk, times[1:]))
    return tuple(sentence for sentence in found if sentence)


def _exceeded(what: str, unit: str, values: Array, limit: float, times: Array) -> str:
    if not values.size or values.max() <= limit * (1 + SLACK) + 1e-9:
        return ""
    worst = int(np.argmax(values))
    return f"{what} {values[worst]:.4g} {unit} at {times[worst]:.3f} s exceeds the limit of {limit:g} {unit}"
