"""The robot's mind: beliefs in, an acceleration out, with what was weighed on the way."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from compute.planning.execution.sensing import Scan
from compute.planning.execution.shield import Motion, is_safe, kept_radius
from compute.planning.execution.survey import Knowledge, Survey
from compute.planning.inference.beliefs import Foresight
from compute.planning.inference.policies import SPEEDS, braking, following
from compute.planning.inference.posterior import infer
from compute.planning.inference.preferences import Preferences, Sensor
from compute.planning.inference.rollout import Situation, Small, roll_out
from compute.planning.inference.terrain import Terrain
from compute.planning.route.plan import Ground, find_route
from compute.planning.scene import Robot

Array = NDArray[np.float64]

DEVIATION = 0.01  # m that a polyline may differ from the exact route
CANDIDATES = 8  # best policies that are tried, beside the posterior's mean, before the brake is
SHOWN = 8  # policies that a decision tells of
REROUTE_EVERY = 5  # decisions between searches for the way


@dataclass(frozen=True)
class Habits:
    """How the agent thinks.

    Attributes
    ----------
    policies : rolled out in each iteration
    steps, dt : how far policies reach, and how long each acceleration is held, s
    iterations : of refinement
    restlessness : standard deviation of the accelerations that are tried, as a share of the highest
    reroute_every : decisions between searches for the way
    spare : m that the shield keeps clear beyond the robot's radius
    """

    policies: int = 500
    steps: int = 25
    dt: float = 0.1
    iterations: int = 1
    restlessness: float = 0.5
    reroute_every: int = REROUTE_EVERY
    spare: float = 0.0
    preferences: Preferences = field(default_factory=Preferences)
    sensor: Sensor = field(default_factory=Sensor)

    @property
    def times(self) -> Array:
        """Times after each step, from now, (steps,) s."""
        return np.asarray(self.dt * np.arange(1, self.steps + 1))


@dataclass(frozen=True)
class Decision:
    """What is done next and why.

    Attributes
    ----------
    after : where the robot means to be one step later
    leads : (n, T, 2) where the most probable policies lead
    probability : (n,) of those
    parts : (5,) expected free energy of what was chosen, by parts
    is_braking : whether the shield overruled what was chosen
    is_new_way : whether a way to the goal was searched
    """

    after: Motion
    leads: Small
    probability: Array
    parts: Array
    is_braking: bool
    is_new_way: bool


class Agent:
    """Chooses again at every step; remembers what it meant to do."""

    def __init__(
        self,
        ground: Ground,
        terrain: Terrain,
        robot: Robot,
        goal: Array,
        habits: Habits,
        rng: np.random.Generator,
        searches: bool = True,
        survey: Survey | None = None,
    ) -> None:
        """Begin to think; without `searches` no way is looked for, and only the terrain tells where the goal is.

        With a `survey` the map is learned from scans; ground and terrain are those that it begins with.
        """
        self._known, self._robot, self._goal = Knowledge.of(ground, terrain), robot, goal
        self._habits, self._rng, self._searches, self._survey = habits, rng, searches, survey
        self._meant: Array | None = None
        self._ways: list[Array] = []
        self._decisions = 0
        self._was_braking = False

    def decide(self, now: Motion, movers: Foresight, scan: Scan | None = None) -> Decision:
        """Return what to do about a motion, beliefs about movers, and what a scan tells of the map."""
        habits, robot = self._habits, self._robot
        is_time = self._decisions % habits.reroute_every == 0
        if self._survey is not None and scan is not None:
            self._learn(self._survey, scan, now.position, is_time or self._was_braking)
        is_new_way = self._searches and is_time
        if is_new_way:
            self._search_ways(now.position)
        self._decisions += 1
        situation = Situation(
            now.position, now.velocity, robot.radius, robot.max_velocity, robot.max_acceleration, habits.dt,
            self._known.terrain, movers.ahead(habits.times), habits.preferences, habits.sensor,
        )  # fmt: skip
        deviation = habits.restlessness * robot.max_acceleration
        inference = infer(
            situation, self._proposals(now), habits.policies, deviation, self._rng, habits.iterations, roll_out
        )
        best = inference.accelerations[inference.order[:CANDIDATES]]
        candidates: Small = np.concatenate([best, inference.mean.astype(np.float32)[None]])
        rolled = roll_out(candidates, situation)
        kept = kept_radius(self._known.safe, now.position, robot.radius, habits.spare)
        self._was_braking = False
        for choice in np.argsort(rolled.free_energy, kind="stable"):
            meant = candidates[choice].astype(np.float64)
            after = now.accelerated(meant[0], habits.dt, robot.max_velocity, robot.max_acceleration)
            if is_safe(self._known.safe, now, after, kept, robot.max_acceleration):
                self._meant = meant
                return Decision(after, *inference.probable(SHOWN), rolled.parts[choice], False, is_new_way)
        self._meant, self._was_braking = None, True
        after = now.braked(habits.dt, robot.max_acceleration)
        return Decision(after, *inference.probable(SHOWN), rolled.parts[0], True, is_new_way)

    def _proposals(self, now: Motion) -> list[Array]:
        habits, robot = self._habits, self._robot
        proposals = [braking(now.velocity, robot.max_acceleration, habits.dt, habits.steps)]
        if self._meant is not None:
            proposals.append(np.concatenate([self._meant[1:], 0.5 * self._meant[-1:]]))
        for way in self._ways:
            proposals += [
                following(
                    way,
                    now.position,
                    now.velocity,
                    share * robot.max_velocity,
                    robot.max_acceleration,
                    habits.dt,
                    habits.steps,
                )
                for share in SPEEDS
            ]
        return proposals

    def _search_ways(self, position: Array) -> None:
        """Look for ways from here; where there is none (the robot touches something), the known ones stay."""
        route = find_route(self._known.ground, position, self._goal)
        if route.path is not None:
            self._ways = [route.path.polyline(DEVIATION)]

    def _learn(self, survey: Survey, scan: Scan, place: Array, redraws: bool) -> None:
        """Take in a scan; now and then draw the map again, and weigh what looks around would tell."""
        survey.take(scan, place)
        if redraws:
            survey.redraw()
        if self._habits.preferences.information > 0:
            reach = self._robot.max_velocity * self._habits.dt * self._habits.steps
            survey.look_ahead(place, reach)
        self._known = survey.knowledge
