"""What policies lead to and what they are expected to cost: the parts of the expected free energy, in nats.

A policy is a sequence of accelerations, each held for one step. The robot is a double integrator whose speed is
clamped, so accelerations stay within their limit. Every policy is rolled out by itself, so threads share the work;
`device` has the same function for a GPU.
"""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.planning.compilation import kernel, threaded_kernel
from compute.planning.inference.beliefs import Ahead
from compute.planning.inference.preferences import Preferences, Sensor
from compute.planning.inference.terrain import Raster, Terrain, look_up

Array = NDArray[np.float64]
Small = NDArray[np.float32]

RISK, COLLISION, AMBIGUITY, GAIN, CONTROL = range(5)
PARTS = ("risk", "collision", "ambiguity", "novelty", "control")
SIGNS = np.array([1.0, 1.0, 1.0, -1.0, 1.0])
"""G = risk + collision + ambiguity - novelty + control."""
FAR = 4.5  # standard deviations beyond which a mover is no danger: 3e-6
SURE = 0.9999  # highest probability of collision that is told apart from certainty
LEAST = 1e-300  # probability of no collision below which it is certain
PER_DEVIATION = 400  # values of the normal distribution that are kept: between them it is a line, to 1e-7
BELOW = np.array([0.5 * math.erfc(-k / PER_DEVIATION / math.sqrt(2)) for k in range(-2000, 2001)])
"""Probabilities that a standard normal value is below k / `PER_DEVIATION`, from -5 to 5."""
LOOK_EVERY = 8  # steps between looks at the movers
CHUNK = 256  # policies per piece of work


@dataclass(frozen=True)
class Situation:
    """Where the robot is and what is around it, for the time that policies last.

    Attributes
    ----------
    position, velocity : (2,)
    radius, max_velocity, max_acceleration : of the robot
    dt : s that an acceleration is held
    terrain : of the map
    ahead : movers after each step, (T, m)
    """

    position: Array
    velocity: Array
    radius: float
    max_velocity: float
    max_acceleration: float
    dt: float
    terrain: Terrain
    ahead: Ahead
    preferences: Preferences
    sensor: Sensor


@dataclass(frozen=True)
class Rolled:
    """Policies rolled out.

    Attributes
    ----------
    positions, velocities : (K, T, 2) after each step
    parts : (K, 5) nats, in the order of `PARTS`
    """

    positions: Small
    velocities: Small
    parts: Array

    @property
    def free_energy(self) -> Array:
        """The expected free energy of each policy, (K,) nats."""
        return np.asarray(self.parts @ SIGNS)


def roll_out(accelerations: Small, situation: Situation, threads: int = 1) -> Rolled:
    """Return what the policies (K, T, 2) lead to, on the CPU."""
    K, T, _ = accelerations.shape
    accelerations = np.ascontiguousarray(accelerations, dtype=np.float32)
    positions, velocities = np.empty((K, T, 2), dtype=np.float32), np.empty((K, T, 2), dtype=np.float32)
    parts = np.empty((K, 5))
    constants, beliefs = pack(situation, T)

    def work(first: int) -> None:
        chosen = slice(first, first + CHUNK)
        _roll(
            accelerations[chosen], constants, situation.terrain.distance, situation.terrain.value,
            situation.terrain.gain, situation.terrain.corner, *beliefs, positions[chosen], velocities[chosen],
            parts[chosen],
        )  # fmt: skip

    starts = range(0, K, CHUNK)
    if threads > 1:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, starts))
    else:
        for first in starts:
            work(first)
    return Rolled(positions, velocities, parts)


def pack(situation: Situation, steps: int) -> tuple[Array, tuple[Array, Array, Array, Array]]:
    """Return the numbers that kernels take: constants, and the movers' means, spreads, weights and radii."""
    wants, sensor, ahead = situation.preferences, situation.sensor, situation.ahead
    if ahead.where.shape[1] < steps:
        raise ValueError(f"movers are known {ahead.where.shape[1]} steps ahead, policies have {steps}")
    constants = np.array([
        *situation.position, *situation.velocity, situation.radius, situation.max_velocity,
        situation.max_acceleration, situation.dt, situation.terrain.step, wants.haste, wants.arrival,
        wants.accepted_risk, wants.margin, wants.effort, wants.collision, wants.information, wants.ambiguity,
        min(sensor.range, 1e30), sensor.noise, sensor.doubling,
    ])  # fmt: skip
    arrays = (ahead.where, ahead.spread, ahead.weight, ahead.radius)
    where, spread, weight, radius = (np.ascontiguousarray(array, dtype=np.float64) for array in arrays)
    return constants, (where, spread, weight, radius)


@threaded_kernel
def _roll(
    accelerations: Small, constants: Array, distance: Raster, value: Raster, gain: Raster, corner: Array,
    where: Array, spread: Array, weight: Array, radii: Array, positions: Small, velocities: Small, parts: Array,
) -> None:  # fmt: skip
    """Fill positions, velocities and parts of each policy."""
    x0, y0, vx0, vy0, radius, v_max, a_max, dt, step = constants[:9]
    haste, arrival, accepted, margin, effort = constants[9:14]
    w_collision, w_information, w_ambiguity, sight, noise, doubling = constants[14:20]
    K, T, _ = accelerations.shape
    m = radii.size
    best = np.zeros(m)
    half = math.sqrt(0.5)
    never = math.log1p(-accepted)
    inverse, reach, near, count = meetings(constants, where, spread, weight, radii, T)
    hits = np.zeros(m)
    for k in range(K):
        x, y, vx, vy = x0, y0, vx0, vy0
        risk, collision, ambiguity, control, seen = 0.0, 0.0, 0.0, 0.0, 0.0
        best[:] = 0.0
        look = 0.0  # the best until now: what is learned soon is at hand for more decisions
        for t in range(T):
            ax, ay = float(accelerations[k, t, 0]), float(accelerations[k, t, 1])
            size = math.sqrt(ax * ax + ay * ay)
            if size > a_max:
                ax, ay = ax * a_max / size, ay * a_max / size
            ux, uy = vx + ax * dt, vy + ay * dt
            speed = math.sqrt(ux * ux + uy * uy)
            if speed > v_max:
                ux, uy = ux * v_max / speed, uy * v_max / speed
            control += (ux - vx) * (ux - vx) + (uy - vy) * (uy - vy)
            x += 0.5 * dt * (vx + ux)
            y += 0.5 * dt * (vy + uy)
            vx, vy = ux, uy
            positions[k, t, 0], positions[k, t, 1] = x, y
            velocities[k, t, 0], velocities[k, t, 1] = vx, vy
            way = look_up(value, corner, step, x, y) / v_max
            risk += haste * dt * way
            gap = look_up(distance, corner, step, x, y) - radius
            safe = 1.0
            if gap < FAR * margin:
                safe -= min(0.5 * math.erfc(gap / margin * half), SURE)
            for model in range(2):
                for n in range(count[model, t]):
                    j = near[model, t, n]
                    dx, dy = x - where[model, t, j, 0], y - where[model, t, j, 1]
                    apart = dx * dx + dy * dy
                    if apart < reach[model, t, j] * reach[model, t, j]:
                        gap = math.sqrt(apart) - radius - radii[j]
                        hits[j] += weight[model, j] * below(-gap * inverse[model, t, j])
            for model in range(2):
                for n in range(count[model, t]):
                    j = near[model, t, n]
                    if hits[j] > 0.0:
                        safe *= 1.0 - min(hits[j], SURE)
                        hits[j] = 0.0
            c = 1.0 - safe
            if c > 0.0:
                collision += c * math.log(c / accepted) + (math.log(max(safe, LEAST)) - never) * safe
            else:
                collision -= never
            if (t + 1) % LOOK_EVERY == 0 and m > 0 and sight < 1e29:
                for j in range(m):
                    dx, dy = x - where[0, t, j, 0], y - where[0, t, j, 1]
                    apart = dx * dx + dy * dy
                    if apart > sight * sight or not in_sight(
                        distance, corner, step, x, y, where[0, t, j, 0], where[0, t, j, 1]
                    ):
                        continue
                    worse = 1.0 + apart / (doubling * doubling)
                    ambiguity += math.log(worse) * LOOK_EVERY / T
                    told = math.log1p(spread[0, t, j] ** 2 / (noise * noise * worse))
                    best[j] = max(best[j], told)
            look = max(look, look_up(gain, corner, step, x, y))
            seen += look / T
        risk += arrival * look_up(value, corner, step, x, y) / v_max
        parts[k, RISK] = risk
        parts[k, COLLISION] = w_collision * collision
        parts[k, AMBIGUITY] = w_ambiguity * ambiguity
        parts[k, GAIN] = w_information * (seen + best.sum())
        parts[k, CONTROL] = 0.5 * effort * control / dt


@kernel
def meetings(
    constants: Array, where: Array, spread: Array, weight: Array, radii: Array, steps: int
) -> tuple[Array, Array, NDArray[np.int64], NDArray[np.int64]]:
    """Return what all policies share about movers.

    That is, for each model and step: the inverse of each mover's deviation, within how many metres it is a danger,
    and, first in their rows, the movers that a policy can come so near to, with their number.
    """
    x0, y0, radius, v_max, dt = constants[0], constants[1], constants[4], constants[5], constants[7]
    margin = constants[12]
    shape = (2, steps, radii.size)
    inverse, reach = np.empty(shape), np.empty(shape)
    near, count = np.empty(shape, dtype=np.int64), np.zeros((2, steps), dtype=np.int64)
    for model in range(2):
        for t in range(steps):
            for j in range(radii.size):
                s = math.sqrt(spread[model, t, j] ** 2 + margin * margin)
                inverse[model, t, j] = 1.0 / s
                reach[model, t, j] = radius + radii[j] + FAR * s
                dx, dy = where[model, t, j, 0] - x0, where[model, t, j, 1] - y0
                most = reach[model, t, j] + v_max * dt * (t + 1)
                if weight[model, j] > 0.0 and dx * dx + dy * dy < most * most:
                    near[model, t, count[model, t]] = j
                    count[model, t] += 1
    return inverse, reach, near, count


@kernel
def below(z: float) -> float:
    """Return the probability that a standard normal value is below z."""
    place = min(max(PER_DEVIATION * z + 2000.0, 0.0), 3999.999)
    k = int(place)
    between: float = BELOW[k] + (place - k) * (BELOW[k + 1] - BELOW[k])
    return between


@kernel
def in_sight(distance: Raster, corner: Array, step: float, x0: float, y0: float, x1: float, y1: float) -> bool:
    """Return whether nothing at rest is between two points: spheres of free space are walked through."""
    length = math.sqrt((x1 - x0) ** 2 + (y1 - y0) ** 2)
    gone = 0.0
    while gone < length:
        share = gone / length
        free = look_up(distance, corner, step, x0 + share * (x1 - x0), y0 + share * (y1 - y0))
        if free < 0.0:
            return False
        gone += max(free, 0.5 * step)
    return True
