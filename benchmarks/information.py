"""Information flow: published values, closed forms, false findings, and the time beside scikit-learn and NPEET.

    python -m benchmarks.information [--parts published forms speed transfer matrix chance]
        [--series 6] [--threads 1] [--pairs 1000]

CPU time of one thread, medians of repeated calls after one that is not counted. Peers are scikit-learn's
`mutual_info_regression` and `mi` of npeet-plus (NPEET with its own tree), called with the same pairs and k = 3.
The matrix is measured over `--series` series and told for 20 by the number of pairs. `--pairs` independent pairs of
autoregressions (0.8 and 0.6, 200 values) are tested against 99 rotations for the share of p values up to 0.05.

The published values need LOOKAHEAD_BENCH_DATA/information: 2randomCols-1.txt and 2coupledRandomCols-1.txt (the demo
data of JIDT, whose tests quote the values that MILCA and TRENTOOL give) and gasrate_co2.csv (Box and Jenkins, series
J, as the package darts ships it).
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import argparse
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import npeet_plus
import numpy as np
from numpy.typing import NDArray
from sklearn.feature_selection import mutual_info_regression

from compute.information.estimators import Estimator, Window
from compute.information.estimators.gaussian import Gaussian
from compute.information.estimators.ksg import Ksg
from compute.information.matrix import measure_all_pairs
from compute.information.preparation import Placed
from compute.information.request import TransferEntropyRequest
from compute.information.result import TransferEntropyResult
from compute.information.setting import Setting
from compute.information.significance import standard_error
from compute.information.transfer import measure_transfer_entropy
from compute.series import Series

Array = NDArray[np.float64]

MILCA = {
    1: -0.05294175, 2: -0.03944338, 3: -0.02190217, 4: 0.00120807, 5: -0.00924771, 6: -0.00316402, 10: -0.00778205,
    15: -0.00565778,
}  # fmt: skip
TRENTOOL = {(0, 1): 0.3058006, (1, 0): -0.0029744}
SEEDS, REPEATS = 200, 5
SIZES = (1_000, 10_000, 50_000)
ASKED, LAGS, SURROGATES, VALUES = 20, 10, 100, 1000


def mutual(estimator: Estimator, x: Array, y: Array) -> Array:
    """Return the mutual information of each row."""
    window = Window(np.arange(x.size))
    link = estimator.link(estimator.encode(y, 1), np.empty((0, x.size)), window)
    return link.local(estimator.encode(x, 0)[None])


def transfer(estimator: Estimator, x: Array, y: Array, lag: int = 1) -> Array:
    """Return the transfer entropy of each row, for histories of one value."""
    source, target = estimator.encode(x, 0), estimator.encode(y, 1)
    rows = np.arange(lag, x.size)
    return estimator.link(target[rows], target[None, rows - 1], Window(rows)).local(source[None, rows - lag])


def coupled(n: int, seed: int) -> tuple[Array, Array]:
    """Return x and y of y_t = 0.5 y_{t-1} + 0.6 x_{t-1} + 0.5 e_t."""
    generator = np.random.default_rng(seed)
    x, noise, y = generator.normal(size=n), generator.normal(size=n), np.zeros(n)
    for t in range(1, n):
        y[t] = 0.5 * y[t - 1] + 0.6 * x[t - 1] + 0.5 * noise[t]
    return x, y


def autoregression(n: int, a: float, generator: np.random.Generator) -> Array:
    """Return a series with memory `a`."""
    noise, values = generator.normal(size=n + 50), np.zeros(n + 50)
    for t in range(1, n + 50):
        values[t] = a * values[t - 1] + noise[t]
    return values[50:]


def cpu(call: Callable[[], object], repeats: int = REPEATS) -> float:
    """Return the median CPU time of a call in seconds."""
    call()
    taken = []
    for _ in range(repeats):
        began = time.process_time()
        call()
        taken.append(time.process_time() - began)
    return float(np.median(taken))


def show_published() -> None:
    """Print how far published values are missed, and where the gas furnace's lags are."""
    folder = Path(os.environ.get("LOOKAHEAD_BENCH_DATA", "")) / "information"
    if not (folder / "gasrate_co2.csv").exists():
        print("LOOKAHEAD_BENCH_DATA/information is not there: no published values (see the docstring for the files)")
        return
    x, y = np.loadtxt(folder / "2randomCols-1.txt", comments="%").T
    worst = max(abs(mutual(Ksg(k, 2), x, y).mean() - value) for k, value in MILCA.items())
    print(f"MILCA, mutual information, estimator 2, k = 1 to 15: within {worst:.1e} nats")
    columns = np.loadtxt(folder / "2coupledRandomCols-1.txt", comments="%").T
    worst = max(abs(transfer(Ksg(4), columns[a], columns[b]).mean() - value) for (a, b), value in TRENTOOL.items())
    print(f"TRENTOOL, transfer entropy, k = 4: within {worst:.1e} nats")
    gas, carbon = np.loadtxt(folder / "gasrate_co2.csv", delimiter=",", skiprows=1).T
    for name, source, target in (("gas -> CO2", gas, carbon), ("CO2 -> gas", carbon, gas)):
        result = ask(source, target, lags={"first": 1, "last": 8})
        told = "  ".join(f"{each.lag}: {each.value:.3f}" for each in result.by_lag)
        print(f"gas furnace, {name}: best lag {result.best_lag}, p {result.p_value:.3f}; by lag {told}")


def ask(source: Array, target: Array, **asked: object) -> TransferEntropyResult:
    """Return the answer about a pair."""
    anything = {"values": [0.0]}
    request = TransferEntropyRequest.model_validate({"source": anything, "target": anything} | asked)
    return measure_transfer_entropy(request, Series(source, name="x"), Series(target, name="y"), (), Setting())


def show_forms() -> None:
    """Print how often estimates are within 3 of their own standard errors of the closed form."""
    print(f"\nclosed forms, {SEEDS} seeds of 1000 values: share within 3 standard errors, mean error in nats")
    truth_mutual, truth_transfer = -0.5 * np.log(1 - 0.36), 0.5 * np.log(1 + 0.36 / 0.25)
    for estimator in (Ksg(4), Ksg(4, 2), Gaussian()):
        errors: dict[str, list[tuple[float, float]]] = {"mutual information": [], "transfer entropy": []}
        for seed in range(SEEDS):
            x, noise = np.random.default_rng(seed).normal(size=(2, 1000))
            local = mutual(estimator, x, 0.6 * x + 0.8 * noise)
            errors["mutual information"].append((local.mean() - truth_mutual, standard_error(local)))
            local = transfer(estimator, *coupled(1000, seed))
            errors["transfer entropy"].append((local.mean() - truth_transfer, standard_error(local)))
        for name, found in errors.items():
            error, spread = np.array(found).T
            share = np.mean(np.abs(error) <= 3 * spread)
            print(f"  {estimator!s:60} {name:20} {share:6.1%} {error.mean():+.4f} (spread {error.std():.4f})")


def show_speed() -> None:
    """Print the time of one mutual information beside its peers."""
    print("\nmutual information, k = 3, CPU ms: ours, scikit-learn, NPEET, their ratios to ours, and the values")
    for n in SIZES:
        x, noise = np.random.default_rng(1).normal(size=(2, n))
        y = 0.6 * x + 0.8 * noise
        calls: tuple[Callable[[], Array], ...] = (
            partial(mutual, Ksg(3), x, y),
            partial(mutual_info_regression, x[:, None], y, n_neighbors=3, random_state=0),
            partial(npeet_plus.mi, x[:, None], y[:, None], k=3, base=np.e),
        )
        ours, theirs, peers = (cpu(call) for call in calls)
        times = "  ".join(f"{1e3 * each:8.1f}" for each in (ours, theirs, peers))
        told = "  ".join(f"{np.mean(call()):.4f}" for call in calls)
        print(f"  {n:6}  {times}   {theirs / ours:4.1f}x  {peers / ours:4.1f}x   {told}")


def show_transfer() -> None:
    """Print the time of one transfer entropy."""
    print("\ntransfer entropy, k = 4, histories of one, CPU ms")
    for n in SIZES:
        x, y = coupled(n, 1)
        print(f"  {n:6}  {1e3 * cpu(partial(transfer, Ksg(4), x, y)):8.1f}")


def show_matrix(m: int, threads: int) -> None:
    """Print the time of a matrix with lags and surrogates."""
    generator = np.random.default_rng(2)
    series = [Placed(Series(autoregression(VALUES, 0.5, generator), name=str(at)), ("series", at)) for at in range(m)]
    anything = [{"values": [0.0]}] * 2
    asked = {"series": anything, "lags": {"first": 1, "last": LAGS}, "n_permutations": SURROGATES}
    request = TransferEntropyRequest.model_validate(asked)
    measure_all_pairs(request.model_copy(update={"n_permutations": 10}), series[:2], (), Setting())
    began, start = time.process_time(), time.perf_counter()
    measure_all_pairs(request, series, (), Setting(threads=threads))
    taken, passed = time.process_time() - began, time.perf_counter() - start
    whole = taken * ASKED * (ASKED - 1) / (m * (m - 1))
    print(
        f"\nmatrix of {m} series of {VALUES}, {LAGS} lags, {SURROGATES} surrogates: {taken:.1f} s of one core, "
        f"{passed:.1f} s by the clock with {threads} threads, "
        f"{1e3 * taken / (m * (m - 1) * LAGS * (SURROGATES + 1)):.3f} ms an estimate; {ASKED} series: {whole:.0f} s"
    )


def show_chance(pairs: int) -> None:
    """Print how often independent series seem linked."""
    generator = np.random.default_rng(3)
    found = 0
    for seed in range(pairs):
        source, target = autoregression(200, 0.8, generator), autoregression(200, 0.6, generator)
        result = ask(source, target, lags={"first": 1, "last": 1}, n_permutations=99, n_bootstrap=0, seed=seed)
        found += result.p_value is not None and result.p_value <= 0.05
    print(f"\n{pairs} independent autocorrelated pairs, rotated 99 times: {found / pairs:.1%} have p <= 0.05")


def main() -> None:
    """Print all tables, or those asked for."""
    parts = ("published", "forms", "speed", "transfer", "matrix", "chance")
    parser = argparse.ArgumentParser(description="Information flow: values and time.")
    parser.add_argument("--parts", nargs="*", choices=parts, default=parts)
    parser.add_argument("--series", type=int, default=6)
    parser.add_argument("--threads", type=int, default=1, help="of the matrix")
    parser.add_argument("--pairs", type=int, default=1000)
    given = parser.parse_args()
    calls: dict[str, Callable[[], None]] = {
        "published": show_published,
        "forms": show_forms,
        "speed": show_speed,
        "transfer": show_transfer,
        "matrix": lambda: show_matrix(given.series, given.threads),
        "chance": lambda: show_chance(given.pairs),
    }
    for part in given.parts:
        calls[part]()


if __name__ == "__main__":
    main()
