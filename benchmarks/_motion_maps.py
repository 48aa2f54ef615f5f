"""Maps and queries for `benchmarks/motion.py`: MovingAI scenarios, and queries that must be refused."""

import gzip
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from compute.planning.formats import Scenario, read_map, read_scenarios
from compute.planning.scene import AnyObstacle, Circle, Grid, Map, Rectangle

SEVEN = (
    "arena",
    "room-64-64-8",
    "random-64-64-20",
    "maze-128-128-10",
    "warehouse-10-20-10-2-2",
    "den011d",
    "Berlin_0_256",
)
RADIUS = 0.3
HELP = "LOOKAHEAD_BENCH_DATA is not set: see the docstring for where to get the maps"


@dataclass(frozen=True)
class Question:
    """A query whose verdict is known.

    Attributes
    ----------
    what : the kind of question
    status : what the answer must be
    says : what its reason must contain
    """

    what: str
    world: Map
    start: tuple[float, float]
    goal: tuple[float, float]
    status: str
    says: str


def data_folder() -> Path | None:
    folder = os.environ.get("LOOKAHEAD_BENCH_DATA")
    return Path(folder) / "motion" if folder else None


def read_movingai(folder: Path, name: str) -> tuple[Map, tuple[Scenario, ...]]:
    """Return a map, cells of 1 m, and its scenarios."""
    text = gzip.decompress((folder / "movingai" / f"{name}.map.gz").read_bytes()).decode("ascii")
    grid = read_map(text)
    width, height = grid.shape
    scenarios = read_scenarios((folder / "movingai" / f"{name}.scen").read_text(encoding="ascii"))
    return Map(width=width, height=height, obstacles=(grid,)), scenarios


def barn_worlds(folder: Path) -> list[Map]:
    """Return the worlds of the BARN challenge, cylinders of 7.5 cm in a corridor, seen from above."""
    stored = np.load(folder / "barn_worlds.npz")
    names = sorted((name for name in stored.files if name.startswith("w")), key=lambda name: int(name[1:]))
    return [
        Map(
            width=5.0,
            height=12.5,
            origin=(-4.75, 1.75),
            obstacles=tuple(Circle(center=(float(x), float(y)), radius=0.075) for x, y in stored[name]),
        )
        for name in names
    ]


def questions(world: Map, scenarios: tuple[Scenario, ...], n: int) -> list[Question]:
    """Return `n` queries of each kind on a map of cells: sealed goals, passages, blocked ends."""
    random = np.random.default_rng(0)
    chosen = [scenarios[k] for k in np.linspace(len(scenarios) // 4, len(scenarios) - 1, n).astype(int)]
    found = []
    for scenario in chosen:
        start, goal = scenario.start, scenario.goal
        ring = _ring(goal, 0.02)
        found.append(Question("sealed goal", _with(world, ring), start, goal, "no_path", "enclosed"))
        for scale in (1 - 1e-3, 1 + 1e-3):
            bars = _bars(start, 2 * RADIUS * scale)
            status = "found" if scale > 1 else "no_path"
            says = "" if scale > 1 else f"{2 * RADIUS * scale:.6g} m wide"
            there = (start[0] + 44.0, start[1])
            found.append(Question(f"passage 2r x {scale:g}", _box(bars, start), start, there, status, says))
        wall = random.uniform(0.0, 0.29)
        post = Circle(center=(start[0] + RADIUS + wall - 0.3, start[1]), radius=0.2, id="post")
        found.append(Question("blocked start", _with(world, (post,)), start, goal, "start_blocked", "post"))
        post = post.model_copy(update={"center": (goal[0], goal[1] + 0.3)})
        found.append(Question("blocked goal", _with(world, (post,)), start, goal, "goal_blocked", "post"))
    return found


def _with(world: Map, more: tuple[AnyObstacle, ...]) -> Map:
    return world.model_copy(update={"obstacles": (*world.obstacles, *more)})


def _ring(at: tuple[float, float], thickness: float) -> tuple[AnyObstacle, ...]:
    """Four walls about a point, which touch at their ends."""
    half = 0.45
    sides = ((0, half), (0, -half), (half, 0), (-half, 0))
    return tuple(
        Rectangle(
            center=(at[0] + x, at[1] + y),
            size=(2 * half + thickness, thickness) if y else (thickness, 2 * half + thickness),
            id=f"side {k}",
        )
        for k, (x, y) in enumerate(sides)
    )


def _bars(start: tuple[float, float], gap: float) -> tuple[AnyObstacle, ...]:
    """Walls of cells, 64 x 64, with a passage `gap` wide in the last of them, ten cells long."""
    x, y = start[0] + 30, start[1]
    return (
        Grid(rows=("#" * 10,) * 64, origin=(x, y + gap / 2), id="upper wall"),
        Grid(rows=("#" * 10,) * 64, origin=(x, y - 64 - gap / 2), id="lower wall"),
    )


def _box(bars: tuple[AnyObstacle, ...], start: tuple[float, float]) -> Map:
    return Map(width=64, height=64, origin=(start[0] - 10, start[1] - 32), obstacles=bars)
