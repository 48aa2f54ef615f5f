"""A robot through a crowd of movers that do not give way: active inference beside its ablations and other methods.

    python -m benchmarks.crowds [--movers 20 35] [--runs N] [--noise 0.05] [--first SEED] [--methods ...] [--keep FILE]

As in DynaBARN: discs of 0.5 m wander over 20 m x 20 m along smooth random tracks at about 1 m/s and turn back at
their ends; a robot of 0.33 m, at most 2 m/s and 3 m/s2, goes from one side to the other and decides ten times a
second. It sees positions with noise and nothing else. The same seeds for every method; a run ends at the goal, at the
first touch, or after 60 s. With `--keep` runs are written to a file as they end; those that it has are not made again.

- active inference: the agent of the application, unchanged
- constant velocity: the same policies, weighed without what is unsure of the movers (MPPI on the mean prediction, with
  a soft margin of 0.15 m): the ablation
- snapshot: movers are taken to stand where they are seen, as planners on a costmap do
- ORCA: `pyrvo`, when it is installed; it expects others to give way as well, which these do not
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import argparse
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from benchmarks._crowd import crowd
from compute.planning.execution.agent import Agent, Decision, Habits
from compute.planning.execution.sensing import Scan
from compute.planning.execution.shield import Motion
from compute.planning.execution.simulate import Conditions, Truth, simulate
from compute.planning.inference.beliefs import Ahead, Movers, Sensing
from compute.planning.inference.preferences import Preferences
from compute.planning.inference.terrain import Terrain, map_terrain
from compute.planning.route.plan import Ground, prepare_ground
from compute.planning.scene import Map, Robot

Array = NDArray[np.float64]

ROBOT = Robot(radius=0.33, max_velocity=2.0, max_acceleration=3.0)
MOVER = 0.5
START, GOAL = np.array([11.0, 0.0]), np.array([-9.0, 0.0])
WORLD = Map(width=26, height=20, origin=(-13, -10))
MARGIN = 0.15  # m, standard deviation that the ablations keep in place of what they leave out


def main() -> None:
    """Run every method on the same crowds and print what became of it."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--movers", type=int, nargs="+", default=[20, 35])
    options.add_argument("--runs", type=int, default=300)
    options.add_argument("--first", type=int, default=0, help="seed of the first run")
    options.add_argument("--noise", type=float, default=0.05, help="of observed positions, m")
    options.add_argument("--methods", nargs="+", default=list(METHODS), choices=list(METHODS))
    options.add_argument("--keep", type=Path, help="a file that runs are read from and added to, a line each")
    chosen = options.parse_args()
    kept = Kept(chosen.keep)
    seeds = range(chosen.first, chosen.first + chosen.runs)
    for count in chosen.movers:
        print(f"\n{count} movers, noise {chosen.noise:g} m, {chosen.runs} runs")
        print(f"{'':20}{'success':>9}{'collision':>11}{'at fault':>10}{'late':>6}{'seconds':>9}{'gap m':>7}{'ms':>7}")
        for name in chosen.methods:
            report(name, [kept.attempt(name, seed, count, chosen.noise) for seed in seeds])


@dataclass(frozen=True)
class Attempt:
    """How one run ended, and the CPU milliseconds of a decision."""

    method: str
    movers: int
    noise: float
    seed: int
    is_reached: bool
    is_collision: bool
    is_robots_fault: bool
    seconds: float
    min_gap: float
    decision_ms: float

    @property
    def name(self) -> tuple[str, int, float, int]:
        """What was run."""
        return self.method, self.movers, self.noise, self.seed


class Kept:
    """Runs that were made before, and those that are made now."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        lines = file.read_bytes().splitlines() if file is not None and file.exists() else []
        known = [Attempt(**orjson.loads(line)) for line in lines]
        self._known = {each.name: each for each in known}

    def attempt(self, method: str, seed: int, count: int, noise: float) -> Attempt:
        """Return a run, made now if it is not known."""
        known = self._known.get((method, count, noise, seed))
        if known is not None:
            return known
        made = attempt(method, seed, count, noise)
        if self._file is not None:
            with self._file.open("ab") as file:
                file.write(orjson.dumps(asdict(made)) + b"\n")
        return made


def report(name: str, attempts: list[Attempt]) -> None:
    """Print one row."""
    taken = [each.seconds for each in attempts if each.is_reached]
    collisions = sum(each.is_collision for each in attempts)
    faults = sum(each.is_robots_fault for each in attempts)
    late = len(attempts) - len(taken) - collisions
    seconds = f"{np.mean(taken):9.1f}" if taken else f"{'-':>9}"
    print(
        f"{name:20}{len(taken) / len(attempts):9.1%}{collisions:11}{faults:10}{late:6}{seconds}"
        f"{np.median([each.min_gap for each in attempts]):7.2f}"
        f"{np.mean([each.decision_ms for each in attempts]):7.1f}",
        flush=True,
    )


def attempt(method: str, seed: int, count: int, noise: float) -> Attempt:
    """Return one run of a method through the crowd of a seed."""
    ground = prepare_ground(WORLD, ROBOT.radius)
    truth = Truth(ground.around, crowd(seed, count, START), np.full(count, MOVER), ROBOT.radius)
    terrain = map_terrain(ground.around, None, GOAL, 0.1)
    mind = Timed(METHODS[method](ground, terrain, np.random.default_rng(seed)))
    conditions = Conditions(sensing=Sensing(noise=noise), tolerance=0.5)
    run = simulate(truth, mind, Motion(START, np.zeros(2)), GOAL, conditions, np.random.default_rng(1000 + seed))
    return Attempt(
        method=method,
        movers=count,
        noise=noise,
        seed=seed,
        is_reached=run.is_reached,
        is_collision=run.collision is not None,
        is_robots_fault=run.collision is not None and run.collision.is_robots_fault,
        seconds=float(run.frames[-1].time),
        min_gap=float(run.min_gap),
        decision_ms=1e3 * mind.seconds / max(mind.decisions, 1),
    )


class Timed:
    """A mind whose decisions are timed."""

    def __init__(self, mind: Any) -> None:
        self._mind, self.seconds, self.decisions = mind, 0.0, 0

    def decide(self, now: Motion, movers: Movers, scan: Scan | None = None) -> Decision:
        """Decide, and count."""
        began = time.process_time()
        decision: Decision = self._mind.decide(now, movers, scan)
        self.seconds += time.process_time() - began
        self.decisions += 1
        return decision


class Certain(Movers):
    """Beliefs taken for certain: no spread, and the more probable model only."""

    def ahead(self, times: Array) -> Ahead:
        """Return the mean path at constant velocity."""
        plain = super().ahead(times)
        return replace(plain, spread=np.zeros_like(plain.spread), weight=np.array([[1.0], [0.0]]) + 0 * plain.weight)


class Snapshot(Certain):
    """Movers that are taken to stand."""

    def ahead(self, times: Array) -> Ahead:
        """Return where they are now, at all times."""
        plain = super().ahead(times)
        return replace(plain, where=np.broadcast_to(self.position, plain.where.shape))


def active_inference(ground: Ground, terrain: Terrain, rng: np.random.Generator) -> Agent:
    """Return the application's agent."""
    return Agent(ground, terrain, ROBOT, GOAL, Habits(), rng)


def believing(kind: type[Movers]) -> Callable[[Ground, Terrain, np.random.Generator], Any]:
    """Return the same agent with other beliefs."""

    class Blind(Agent):
        def decide(self, now: Motion, movers: Movers, scan: Scan | None = None) -> Decision:  # type: ignore[override]
            return super().decide(now, kind(**vars(movers)), scan)

    habits = Habits(preferences=Preferences(margin=MARGIN))
    return lambda ground, terrain, rng: Blind(ground, terrain, ROBOT, GOAL, habits, rng)


class Orca:
    """Optimal reciprocal collision avoidance (van den Berg 2011) by `pyrvo`, with 5 cm to spare."""

    def __init__(self, ground: Ground, terrain: Terrain, rng: np.random.Generator) -> None:
        import pyrvo

        self._rvo = pyrvo

    def decide(self, now: Motion, movers: Movers, scan: Scan | None = None) -> Decision:
        """Return the velocity it chooses, within the limits."""
        simulator = self._rvo.RVOSimulator(0.1, 10.0, 30, 5.0, 5.0, ROBOT.radius + 0.05, ROBOT.max_velocity)
        away = GOAL - now.position
        wanted = away / np.linalg.norm(away) * min(ROBOT.max_velocity, float(np.linalg.norm(away)))
        robot = simulator.add_agent(tuple(map(float, now.position)))
        simulator.set_agent_velocity(robot, tuple(map(float, now.velocity)))
        simulator.set_agent_pref_velocity(robot, tuple(map(float, wanted)))
        for place, velocity in zip(movers.position, movers.velocity, strict=True):
            other = simulator.add_agent(tuple(map(float, place)), 10.0, 30, 5.0, 5.0, MOVER + 0.05, 3.0)
            simulator.set_agent_velocity(other, tuple(map(float, velocity)))
        simulator.do_step()
        chosen = simulator.get_agent_velocity(robot)
        acceleration = (np.array([chosen.x, chosen.y]) - now.velocity) / 0.1
        after = now.accelerated(acceleration, 0.1, ROBOT.max_velocity, ROBOT.max_acceleration)
        return Decision(after, np.zeros((0, 1, 2), dtype=np.float32), np.zeros(0), np.zeros(5), False, False)


METHODS: dict[str, Callable[[Ground, Terrain, np.random.Generator], Any]] = {
    "active inference": active_inference,
    "constant velocity": believing(Certain),
    "snapshot": believing(Snapshot),
    "ORCA": Orca,
}

if __name__ == "__main__":
    main()
