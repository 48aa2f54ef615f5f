"""How large a network and how long a training suit the series at hand, where the user left it open."""

from compute.forecast.cycles import longer_cycle
from compute.forecast.neural.network import HEAD_WIDTH, MEDIAN_ONLY, N_CHANNELS, QUANTILES, Shape
from compute.forecast.neural.recurrence import GATES
from compute.forecast.neural.training import Plan
from compute.forecast.recurrent import Gru, Lstm
from compute.schema import RequestError

MIN_WINDOW, MAX_WINDOW = 16, 120  # steps; each costs time, and what lies further back rarely tells more
SEASONS_READ = 4
SHARED_SEASONS_READ, MAX_SHARED_WINDOW = 7, 336  # a week of days: read in patches, steps cost little
MAX_PATCH = 48
MAX_HEAD = 240  # steps written at once; a longer horizon is written block by block
MIN_HEAD = 8
MAX_SKIP = 120
LOCAL_BATCH, SHARED_BATCH = 32, 256
FEWEST_STEPS, MOST_STEPS = 250, 1000  # updates where epochs were left open,
MANY_WINDOWS = 500  # more of them, as the root of the windows, from this many windows on
PATIENT = 1e10  # operations on the windows that go through the networks at once: some tenths of a second
LOCAL_HIDDEN, SHARED_HIDDEN = 24, 64
LOCAL_RATE, SHARED_RATE = 5e-3, 1e-2
SHARED_HEAD = 128  # hidden units of the head
SEEDS = 3
LOCAL_DROPOUT, SHARED_DROPOUT = 0.1, 0.0
N_ECHOES = 2
HELD_SHARE = 0.2  # of a series, at most, held back for validation


def plan_shape(model: Lstm | Gru, season: int, horizon: int, length: int, is_shared: bool) -> Shape:
    """Return the shape for series of about `length` values.

    Written are whole seasons, so that horizons within the same one share a network.
    """
    if 1 < season <= MAX_HEAD:
        wanted = -(-horizon // season) * season
    else:
        wanted = max(MIN_HEAD, 1 << (horizon - 1).bit_length())
    seasons, longest = (SHARED_SEASONS_READ, MAX_SHARED_WINDOW) if is_shared else (SEASONS_READ, MAX_WINDOW)
    window = max(2, min(model.window or min(max(seasons * season, MIN_WINDOW), longest), length - 1))
    return Shape(
        cell=model.kind,
        hidden=model.hidden_size or (SHARED_HIDDEN if is_shared else LOCAL_HIDDEN),
        layers=model.num_layers,
        window=window,
        season=season,
        head=max(1, min(wanted, MAX_HEAD, (length - season) // 3)),
        skip=max(1, min(max(season, MIN_HEAD), window, MAX_SKIP, length - 1)),
        quantiles=QUANTILES if model.loss == "quantile" else MEDIAN_ONLY,
        echoes=_plan_echoes(season, length),
        patch=min(_plan_patch(season), window) if is_shared else 1,
        head_width=SHARED_HEAD if is_shared else HEAD_WIDTH,
        is_shared=is_shared,
    )


def _plan_patch(season: int) -> int:
    """Return how many steps go at once into a shared network: a season, or the largest part of a long one."""
    return max(size for size in range(1, min(season, MAX_PATCH) + 1) if season % size == 0)


def _plan_echoes(season: int, length: int) -> tuple[int, ...]:
    """Return the lags of a longer cycle that a series of this length holds twice as often as is read, () for none."""
    cycle = longer_cycle(season)
    return tuple(k * cycle for k in range(1, N_ECHOES + 1) if 0 < 2 * k * cycle <= length)


def plan_training(model: Lstm | Gru, shape: Shape, networks: int, windows: int, is_shared: bool) -> Plan:
    """Return the plan of a training on `windows` windows for each of some stacked networks."""
    batch = max(1, min(SHARED_BATCH if is_shared else LOCAL_BATCH, windows))
    epoch_steps = max(1.0, windows / batch)
    if model.epochs is not None:
        steps = max(1, round(model.epochs * epoch_steps))
    else:
        steps = min(MOST_STEPS, round(FEWEST_STEPS * max(1.0, windows / MANY_WINDOWS) ** 0.5))
    return Plan(
        steps=steps,
        batch=batch,
        at_once=min(batch, windows_at_once(shape, networks)),
        epoch_steps=epoch_steps,
        learning_rate=model.learning_rate or (SHARED_RATE if is_shared else LOCAL_RATE),
        weight_decay=model.weight_decay,
        dropout=choose_dropout(model, is_shared),
    )


def windows_at_once(shape: Shape, networks: int) -> int:
    """Return how many windows may go through stacked networks, there and back, before progress is due.

    Raises RequestError where even one is too much.
    """
    read = (2 * shape.layers - 1) * shape.hidden + shape.patch * N_CHANNELS
    each = 6.0 * networks * shape.turns * GATES[shape.cell] * shape.hidden * read
    if each > PATIENT:
        raise RequestError.at(
            "model",
            "hidden_size",
            msg=f"{networks} networks with hidden size {shape.hidden}, {shape.layers} layers and a window of "
            f"{shape.window} are too much for a single step; make one of them smaller",
        )
    return int(PATIENT / each)


def count_seeds(model: Lstm | Gru) -> int:
    """Return how many networks are trained for one forecast."""
    return model.n_seeds or SEEDS


def choose_dropout(model: Lstm | Gru, is_shared: bool) -> float:
    """Return the share that is left out in training."""
    if model.dropout is not None:
        return model.dropout
    return SHARED_DROPOUT if is_shared else LOCAL_DROPOUT


def held_back(n: int, head: int, season: int) -> int:
    """Return how many values at the end of a series of `n` are kept for validation."""
    held = min(head, int(n * HELD_SHARE))
    return held if n - held > season + 2 else 0
