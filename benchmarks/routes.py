"""Quick routes, as `POST /robotics/route` answers them: what a question takes in the server and in its child.

    python -m benchmarks.routes [--questions 100]

Start and goal are at random middles of cells, as a hand drags them; the map stays. Processor times are those of reading
a request and of answering it, in this one process; `round trip` is the wall time through a real child, without HTTP.
The first question on a map makes it ready. MovingAI maps are read as by `benchmarks.motion`.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import argparse
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import orjson

from benchmarks._motion_maps import HELP, RADIUS, data_folder, read_movingai
from compute.planning.quick_route.warming import warm_up
from compute.planning.scene import Map
from compute.planning.scene.generators import GenerateRequest, generate
from services.route_answers import Answers
from services.route_questions import QuestionWriter
from services.routes import NoRouteYetError, RouteService
from services.settings import Settings

MOVINGAI = ("room-64-64-8", "random-64-64-20")
SIDE = 64
COLUMNS = ("map of 64 x 64", "body, kB", "first, ms", "server, ms", "child, ms", "95 %", "round trip, ms", "95 %")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--questions", type=int, default=100)
    chosen = parser.parse_args()
    warm_up()
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
    with TemporaryDirectory() as folder:
        routes = RouteService(Settings(_env_file=None, data_dir=Path(folder)), patience_s=60.0)
        for name, world in maps().items():
            print_map(name, questions(world, chosen.questions), routes)
        routes.close()


def maps() -> dict[str, Map]:
    """Return the maps by name."""
    made = {
        "530 scattered shapes": GenerateRequest(kind="random", width=SIDE, height=SIDE, density=0.25, seed=1),
        "maze": GenerateRequest(kind="maze", width=SIDE, height=SIDE, seed=1),
        "rooms": GenerateRequest(kind="rooms", width=SIDE, height=SIDE, seed=1),
    }
    found = {name: generate(request).map for name, request in made.items()}
    folder = data_folder()
    if folder is None:
        print(HELP)
        return found
    return found | {name: read_movingai(folder, name)[0] for name in MOVINGAI}


def questions(world: Map, n: int) -> list[dict[str, Any]]:
    """Return requests between places at random."""
    rng = np.random.default_rng(0)
    robot = {"radius": RADIUS, "max_velocity": 1, "max_acceleration": 1}
    ends = (1.5 + 2 * rng.integers(0, SIDE // 2 - 1, (n, 2, 2))).tolist()  # odd cells: passages of mazes
    shared = {"map": world.model_dump(mode="json"), "robot": robot}
    return [shared | {"start": {"position": start}, "goal": {"position": goal}} for start, goal in ends]


def print_map(name: str, asked: list[dict[str, Any]], routes: RouteService) -> None:
    """Print a row; places that are blocked are left out."""
    writer, answers = QuestionWriter(), Answers()
    rows, reached = [], []
    for data in asked:
        body = orjson.dumps(data)
        began = time.process_time()
        message = writer.write(orjson.loads(body)).to_bytes()
        read = time.process_time()
        answer = answers.answer(message)
        rows.append((read - began, time.process_time() - read))
        reached.append(orjson.loads(answer[1:])["status"] == "reached")
    server, child = 1e3 * np.array(rows)[1:][np.array(reached[1:])].T
    trips = 1e3 * np.array([round_trip(routes, data) for data in asked])[1:][np.array(reached[1:])]
    first = 1e3 * sum(rows[0])
    cells = [f"{len(body) / 1e3:.0f}", f"{first:.0f}", f"{np.median(server):.1f}"]
    cells += [f"{np.quantile(values, share):.1f}" for values in (child, trips) for share in (0.5, 0.95)]
    print(f"| {name} | {' | '.join(cells)} |", flush=True)


def round_trip(routes: RouteService, data: dict[str, Any]) -> float:
    """Return the seconds from question to answer; the child is waited for."""
    while True:
        began = time.perf_counter()
        try:
            routes.ask(data)
        except NoRouteYetError:
            continue
        return time.perf_counter() - began


if __name__ == "__main__":
    main()
