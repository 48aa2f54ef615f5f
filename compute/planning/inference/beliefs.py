"""Beliefs about moving obstacles: an interacting mixture of Kalman filters, predicted ahead with growing uncertainty.

Each mover either goes on (nearly constant velocity) or manoeuvres: it turns, speeds up or slows down, strongly and
unforeseeably, and what speed it has fades. The two models are mixed by how well each foretold what was seen
(interacting multiple models, Blom & Bar-Shalom 1988), so that the velocity of one that goes on is known sharply and
one that turns is noticed at once. Axes are independent and alike, so one 2 x 2 covariance of (position, velocity)
serves both. Arrays run over movers first.
"""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

GOES_ON, MANOEUVRES = MODELS = (0, 1)
STAYS_IN_MODE = (0.9, 0.5)  # probabilities, per second, that a mover keeps going on, and that it keeps manoeuvring
FADING = 0.5  # rate, 1/s, at which the velocity of one that manoeuvres decays
VEERING = 0.5  # of its speed, by which the velocity of one that manoeuvres may be another from now on
FIRST_SPEED = 1.0  # m/s: standard deviation of a velocity of which nothing is known


@dataclass(frozen=True)
class Sensing:
    """How movers are observed and how much their velocity wanders.

    Attributes
    ----------
    noise : standard deviation of an observed position at hand, m
    wander : spectral density of acceleration under each model, as its standard deviation over one second, m/s^2
    foreseen : the same for the time ahead, in which one that goes on until now may begin to manoeuvre
    """

    noise: float = 0.05
    wander: tuple[float, float] = (0.12, 1.2)
    foreseen: tuple[float, float] = (0.3, 1.2)


@dataclass(frozen=True)
class Movers:
    """Where movers are believed to be.

    Attributes
    ----------
    mean : (2, m, 4) per model: x, y, vx, vy
    covariance : (2, m, 2, 2) per model, of position and velocity along either axis
    weight : (2, m) probability of each model
    radius : (m,) of the disc that holds the mover
    sensing : of all of them
    is_met : (m,) whether it was ever seen; of others nothing is believed
    """

    mean: Array
    covariance: Array
    weight: Array
    radius: Array
    sensing: Sensing
    is_met: NDArray[np.bool_]

    @classmethod
    def seen(
        cls, positions: Array, radius: Array, sensing: Sensing, is_seen: NDArray[np.bool_] | None = None
    ) -> "Movers":
        """Return the beliefs after one observation, (m, 2), of those that `is_seen` names: velocities unknown."""
        m = positions.shape[0]
        is_met = np.ones(m, dtype=np.bool_) if is_seen is None else is_seen
        mean = np.concatenate([positions, np.zeros((m, 2))], axis=1)
        covariance = np.tile(np.diag([sensing.noise**2, FIRST_SPEED**2]), (2, m, 1, 1))
        weight = np.tile(np.array([[0.9], [0.1]]), (1, m))
        return cls(np.stack([mean, mean]), covariance, weight, np.asarray(radius, dtype=np.float64), sensing, is_met)

    def advanced(self, dt: float) -> "Movers":
        """Return the beliefs `dt` seconds later, nothing seen since."""
        goes_on, manoeuvres = np.array(STAYS_IN_MODE) ** dt
        switch = np.array([[goes_on, 1 - goes_on], [1 - manoeuvres, manoeuvres]])  # from row to column
        joint = switch[:, :, None] * self.weight[:, None]  # (from, to, m)
        weight = joint.sum(axis=0)
        share = joint / np.maximum(weight, 1e-300)
        mixed = np.einsum("ijm,imk->jmk", share, self.mean)
        gap = self.mean[:, None] - mixed[None]  # (from, to, m, 4)
        # both axes share a covariance: the mean of the two axes' spread between the models is added to it
        pairs = gap.reshape(2, 2, -1, 2, 2)  # (from, to, m, position or velocity, axis)
        between = 0.5 * np.einsum("ijmpa,ijmqa->ijmpq", pairs, pairs)
        covariance = np.einsum("ijm,ijmpq->jmpq", share, self.covariance[:, None] + between)
        means, covariances = [], []
        for model in MODELS:
            step, noise = transition(model, dt, self.sensing.wander[model])
            means.append((step @ mixed[model].reshape(-1, 2, 2)).reshape(-1, 4))
            covariances.append(step @ covariance[model] @ step.T + noise)
        return replace(self, mean=np.stack(means), covariance=np.stack(covariances), weight=weight)

    def updated(self, positions: Array, is_seen: NDArray[np.bool_] | None = None) -> "Movers":
        """Return the beliefs after positions (m, 2) were observed of those that `is_seen` names (all without)."""
        noise = self.sensing.noise**2
        innovation = positions - self.mean[..., :2]  # (2, m, 2)
        variance = self.covariance[..., 0, 0] + noise  # (2, m)
        gain = self.covariance[..., :, 0] / variance[..., None]  # (2, m, 2)
        pairs = self.mean.reshape(2, -1, 2, 2) + gain[..., :, None] * innovation[..., None, :]
        covariance = self.covariance - gain[..., :, None] * self.covariance[..., None, 0, :]
        log_likelihood = -np.log(variance) - 0.5 * (innovation**2).sum(axis=-1) / variance
        weight = self.weight * np.exp(log_likelihood - log_likelihood.max(axis=0))
        weight = weight / weight.sum(axis=0)
        after = replace(self, mean=pairs.reshape(2, -1, 4), covariance=covariance, weight=weight)
        is_seen = np.ones_like(self.is_met) if is_seen is None else is_seen
        met = self._merged(after, is_seen & self.is_met)
        return met._merged(Movers.seen(positions, self.radius, self.sensing), is_seen & ~self.is_met)

    def _merged(self, after: "Movers", is_seen: NDArray[np.bool_]) -> "Movers":
        if not is_seen.any():
            return self
        return replace(
            self,
            mean=np.where(is_seen[None, :, None], after.mean, self.mean),
            covariance=np.where(is_seen[None, :, None, None], after.covariance, self.covariance),
            weight=np.where(is_seen[None], after.weight, self.weight),
            is_met=self.is_met | is_seen,
        )

    @property
    def position(self) -> Array:
        """Mean positions over both models, (m, 2)."""
        return np.asarray(np.einsum("im,imk->mk", self.weight, self.mean[..., :2]))

    @property
    def velocity(self) -> Array:
        """Mean velocities over both models, (m, 2)."""
        return np.asarray(np.einsum("im,imk->mk", self.weight, self.mean[..., 2:]))

    def ahead(self, times: Array) -> "Ahead":
        """Return where the movers will be at `times` (t,) from now: one Gaussian per model, with its probability."""
        where, spread = [], []
        for model in MODELS:
            means, deviations = self._of(model, times)
            where.append(means)
            spread.append(deviations)
        met = self.is_met
        return Ahead(np.stack(where)[:, :, met], np.stack(spread)[:, :, met], self.weight[:, met], self.radius[met])

    def _of(self, model: int, times: Array) -> tuple[Array, Array]:
        """Return means (t, m, 2) and standard deviations (t, m) of positions under one model."""
        position, velocity = self.mean[model, :, :2], self.mean[model, :, 2:]
        travel, _, wandered, _, _ = wandering(model, times[:, None], self.sensing.foreseen[model])
        where = position + travel[..., None] * velocity
        p = self.covariance[model]
        grown = p[:, 0, 0] + 2 * travel * p[:, 0, 1] + travel**2 * p[:, 1, 1]
        if model == MANOEUVRES:
            grown = grown + (VEERING * travel) ** 2 * (velocity**2).sum(axis=1)
        return where, np.sqrt(np.maximum(grown + wandered, 0.0))


@dataclass(frozen=True)
class Ahead:
    """Movers at T times ahead, as a mixture of two models.

    Attributes
    ----------
    where : (2, T, m, 2) means
    spread : (2, T, m) standard deviations along any direction
    weight : (2, m) probabilities of the models
    radius : (m,)
    """

    where: Array
    spread: Array
    weight: Array
    radius: Array


def transition(model: int, dt: float, wander: float) -> tuple[Array, Array]:
    """Return how (position, velocity) of one axis change in `dt`, (2, 2), and the covariance that is added, (2, 2)."""
    travels, keeps, positions, both, velocities = wandering(model, np.array(dt), wander)
    return np.array([[1.0, travels], [0.0, keeps]]), np.array([[positions, both], [both, velocities]])


def wandering(model: int, times: Array, wander: float) -> tuple[Array, Array, Array, Array, Array]:
    """Return what becomes of one axis in `times`, exactly: of dv = -rate v dt + wander dW (Uhlenbeck & Ornstein 1930).

    In order, each shaped as `times`: the way that is gone per speed, s; the share of the speed that is left; and the
    variance of position, covariance of position and velocity, and variance of velocity that are added.
    """
    q = wander**2
    if model == GOES_ON:
        return times, np.ones_like(times), q * times**3 / 3, q * times**2 / 2, q * times
    travels, keeps = -np.expm1(-FADING * times) / FADING, np.exp(-FADING * times)
    twice = -np.expm1(-2 * FADING * times) / (2 * FADING)
    return travels, keeps, q / FADING**2 * (times - 2 * travels + twice), q * travels**2 / 2, q * twice


class Foresight(Protocol):
    """Whatever knows where movers will be."""

    def ahead(self, times: Array) -> Ahead:
        """Return where the movers will be at `times` (t,) from now."""
