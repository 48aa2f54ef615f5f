"""Which policy: Q(pi) = softmax(ln E(pi) - gamma G(pi)), refined by proposing again around what is probable."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.planning.inference.policies import around
from compute.planning.inference.rollout import Rolled, Situation, Small, roll_out

Array = NDArray[np.float64]

PRECISION = 0.5  # gamma, per nat: how much less probable a policy is that is expected to cost a nat more
Roll = Callable[[Small, Situation], Rolled]


@dataclass(frozen=True)
class Inference:
    """Policies weighed.

    Attributes
    ----------
    accelerations : (K, T, 2)
    rolled : what they lead to
    probability : (K,) the posterior Q(pi)
    evaluated : policies that were rolled out in all iterations
    """

    accelerations: Small
    rolled: Rolled
    probability: Array
    evaluated: int

    @property
    def order(self) -> NDArray[np.int64]:
        """Policies, the one of least expected free energy first."""
        return np.argsort(self.rolled.free_energy, kind="stable")

    def probable(self, count: int) -> tuple[Small, Array]:
        """Return where the most probable policies lead, (count, T, 2), and their probabilities, (count,)."""
        chosen = np.argsort(-self.probability, kind="stable")[:count]
        return self.rolled.positions[chosen], self.probability[chosen]

    @property
    def mean(self) -> Array:
        """The expectation of accelerations under Q, (T, 2). A proposal; between two ways it may lead into a wall."""
        return np.asarray(np.einsum("k,kta->ta", self.probability, self.accelerations, optimize=True))


def posterior(free_energy: Array, precision: float = PRECISION, log_prior: Array | None = None) -> Array:
    """Return Q(pi) = softmax(log_prior - precision G), (K,); a flat prior without."""
    scores = -precision * free_energy
    if log_prior is not None:
        scores = scores + log_prior
    weights = np.exp(scores - scores.max())
    return np.asarray(weights / weights.sum())


def infer(
    situation: Situation,
    proposals: Sequence[Array],
    count: int,
    deviation: float,
    rng: np.random.Generator,
    iterations: int = 2,
    roll: Roll = roll_out,
) -> Inference:
    """Return the posterior over policies around the proposals, refined `iterations` times.

    Every iteration proposes `count` policies: around the given ones first, then around the posterior's mean, its most
    probable policy and the given ones, with less noise.
    """
    centres = list(proposals)
    best: Inference | None = None
    for iteration in range(iterations):
        accelerations = around(centres, count, deviation * 0.6**iteration, rng)
        rolled = roll(accelerations, situation)
        best = Inference(accelerations, rolled, posterior(rolled.free_energy), count * (iteration + 1))
        top = accelerations[int(best.order[0])].astype(np.float64)
        centres = [best.mean, top, *proposals]
    assert best is not None
    return best
