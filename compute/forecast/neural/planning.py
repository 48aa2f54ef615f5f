"""How large a network and how long a training suit the series at hand, where the user left it open."""

from compute.forecast.neural.network import MEDIAN_ONLY, QUANTILES, Shape
from compute.forecast.neural.training import Plan
from compute.forecast.recurrent import Gru, Lstm

MIN_WINDOW, MAX_WINDOW = 16, 120  # steps; each costs time, and what lies further back rarely tells more
SEASONS_READ = 4
MAX_HEAD = 240  # steps written at once; a longer horizon is written block by block
MIN_HEAD = 8
MAX_SKIP = 120
LOCAL_BATCH, SHARED_BATCH = 32, 128
LOCAL_STEPS, SHARED_STEPS = 250, 2000  # updates where epochs were left open
LOCAL_HIDDEN, SHARED_HIDDEN = 24, 64
LOCAL_SEEDS, SHARED_SEEDS = 3, 1
LOCAL_DROPOUT, SHARED_DROPOUT = 0.1, 0.0
HELD_SHARE = 0.2  # of a series, at most, held back for validation


def plan_shape(model: Lstm | Gru, season: int, horizon: int, shortest: int, is_shared: bool) -> Shape:
    """Return the shape for series of which the shortest has `shortest` values.

    Written are whole seasons, so that horizons within the same one share a network.
    """
    if 1 < season <= MAX_HEAD:
        wanted = -(-horizon // season) * season
    else:
        wanted = max(MIN_HEAD, 1 << (horizon - 1).bit_length())
    window = model.window or min(max(SEASONS_READ * season, MIN_WINDOW), MAX_WINDOW)
    return Shape(
        cell=model.kind,
        hidden=model.hidden_size or (SHARED_HIDDEN if is_shared else LOCAL_HIDDEN),
        layers=model.num_layers,
        window=max(2, min(window, shortest - 1)),
        season=season,
        head=max(1, min(wanted, MAX_HEAD, (shortest - season) // 3)),
        skip=max(1, min(max(season, MIN_HEAD), window, MAX_SKIP, shortest - 1)),
        quantiles=QUANTILES if model.loss == "quantile" else MEDIAN_ONLY,
    )


def plan_training(model: Lstm | Gru, windows: int, is_shared: bool) -> Plan:
    """Return the plan of a training on `windows` windows, per network."""
    batch = max(1, min(SHARED_BATCH if is_shared else LOCAL_BATCH, windows))
    epoch_steps = max(1.0, windows / batch)
    open_steps = SHARED_STEPS if is_shared else LOCAL_STEPS
    return Plan(
        steps=max(1, round(model.epochs * epoch_steps)) if model.epochs else open_steps,
        batch=batch,
        epoch_steps=epoch_steps,
        learning_rate=model.learning_rate,
        weight_decay=model.weight_decay,
        dropout=choose_dropout(model, is_shared),
    )


def count_seeds(model: Lstm | Gru, is_shared: bool) -> int:
    """Return how many networks are trained for one forecast."""
    return model.n_seeds or (SHARED_SEEDS if is_shared else LOCAL_SEEDS)


def choose_dropout(model: Lstm | Gru, is_shared: bool) -> float:
    """Return the share that is left out in training."""
    if model.dropout is not None:
        return model.dropout
    return SHARED_DROPOUT if is_shared else LOCAL_DROPOUT


def held_back(n: int, head: int, season: int) -> int:
    """Return how many values at the end of a series of `n` are kept for validation."""
    held = min(head, int(n * HELD_SHARE))
    return held if n - held > season + 2 else 0
