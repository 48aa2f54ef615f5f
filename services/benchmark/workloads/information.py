"""Transfer entropy of one pair with 19 surrogates, held against SciPy's tree: another search for the same numbers."""

from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.special import digamma

from compute.benchmark.checks import as_check
from compute.benchmark.result import Check
from compute.benchmark.timers import WallTimer
from compute.benchmark.workload import SizeRange, Trial, Work, Workload
from compute.information.request import DelayRange, TransferEntropyRequest
from compute.information.result import TransferEntropyResult
from compute.information.setting import Setting
from compute.information.transfer import measure_transfer_entropy
from compute.series import InlineSeries, Series

Array = NDArray[np.float64]
NEIGHBOURS = 4
SURROGATES = 19  # the fewest that can tell at 5 %
SIZES = SizeRange(least=200, most=20_000, multiple=50, title="values")
BYTES_PER_VALUE = 40_000.0  # of lists of neighbours; measured: 21 000
TOLERANCE = 1e-8  # nats
OWN, DRIVE, NOISE = 0.5, 0.6, 0.5


def transfer_workload(device: str, seed: int) -> Workload:
    """Return the estimate by nearest neighbours (Kraskov 2004) of how one made series drives another."""

    def prepare(size: int) -> Trial:
        x, y = coupled_series(size, seed)
        placeholder = InlineSeries(values=(0.0,))  # the series themselves are handed over beside the request
        request = TransferEntropyRequest(
            source=placeholder,
            target=placeholder,
            lags=DelayRange(first=1, last=1),
            k=NEIGHBOURS,
            n_permutations=SURROGATES,
            n_bootstrap=0,
            noise=0.0,
            seed=seed,
        )
        setting = Setting(clock=perf_counter, device=device)
        series = Series(x, name="x"), Series(y, name="y")
        return Trial(
            call=lambda: measure_transfer_entropy(request, *series, (), setting),
            check=lambda result: check_transfer(result, x, y),
            work=Work(float(size * (SURROGATES + 1)), "values"),
        )

    return Workload(
        kind="transfer_entropy",
        variant="ksg",
        title="Transfer entropy, nearest neighbours",
        device=device,
        sizes=SIZES,
        memory=lambda size: BYTES_PER_VALUE * size,
        prepare=prepare,
        timer=WallTimer(perf_counter),
    )


def coupled_series(n: int, seed: int) -> tuple[Array, Array]:
    """Return x and y of y_t = 0.5 y_{t-1} + 0.6 x_{t-1} + 0.5 e_t, all noise normal."""
    rng = np.random.default_rng(seed)
    x, noise, y = rng.normal(size=n), rng.normal(size=n), np.zeros(n)
    for t in range(1, n):
        y[t] = OWN * y[t - 1] + DRIVE * x[t - 1] + NOISE * noise[t]
    return x, y


def check_transfer(result: TransferEntropyResult, x: Array, y: Array) -> Check:
    """Return whether the estimate is that of the definition, counted in another tree."""
    told = float("nan") if result.value is None else result.value
    return as_check(abs(told - reference(x, y)), TOLERANCE, "the same estimate in SciPy's k-d tree", "nats")


def reference(x: Array, y: Array) -> float:
    """Return psi(k) + mean of psi(n_z + 1) - psi(n_xz + 1) - psi(n_yz + 1), strictly within the k-th neighbour."""
    x, y = (_standardised(values) for values in (x, y))
    joint = np.stack([x[:-1], y[1:], y[:-1]], axis=1)  # (n, 3): source, target, the target's past
    radius = cKDTree(joint).query(joint, NEIGHBOURS + 1, p=np.inf)[0][:, -1]
    within = np.nextafter(radius, 0)

    def counted(columns: list[int]) -> Array:
        """Return psi(count + 1); a point counts itself, which is that 1."""
        part = joint[:, columns]
        return np.asarray(digamma(cKDTree(part).query_ball_point(part, within, p=np.inf, return_length=True)))

    return float(digamma(NEIGHBOURS) + np.mean(counted([2]) - counted([0, 2]) - counted([1, 2])))


def _standardised(values: Array) -> Array:
    return np.asarray((values - values.mean()) / values.std(ddof=1))
