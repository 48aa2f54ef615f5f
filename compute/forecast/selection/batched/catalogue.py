"""All orders a search may try, numbered, so that what is known of many series' models fits into tables."""

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from compute.forecast.selection.candidates import LONG_ENOUGH, Limits, Spec, neighbours, seeds

Table = NDArray[np.bool_]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Catalogue:
    """The S specs within some limits.

    Attributes
    ----------
    limits : within which all are
    counts : (S, 5) rows (p, q, P, Q, has_mean)
    near : (S, most) numbers of each one's neighbours; S where it has no more
    """

    limits: Limits
    counts: Numbers
    near: Numbers

    @classmethod
    def of(cls, limits: Limits) -> "Catalogue":
        """Return the specs within the limits."""
        ranges = (limits.p, limits.q, limits.P, limits.Q, int(limits.may_have_mean))
        specs = [(p, q, P, Q, c) for p, q, P, Q, c in product(*(range(most + 1) for most in ranges))]
        specs = [spec for spec in specs if limits.admit(spec)]
        numbers = {spec: number for number, spec in enumerate(specs)}
        around = [[numbers[other] for other in neighbours(limits, spec)] for spec in specs]
        near = np.full((len(specs), max(map(len, around))), len(specs))
        for number, found in enumerate(around):
            near[number, : len(found)] = found
        return cls(limits, np.array(specs, dtype=np.int64), near)

    def admitted(self, most: Numbers) -> Table:
        """Return which specs series may try whose largest (p, q, P, Q, has_mean) are `most`, (B, 5); (B, S)."""
        return np.asarray((self.counts[None] <= most[:, None]).all(axis=2))

    def seeds(self, most: Numbers, lengths: Numbers) -> Table:
        """Return where the searches of series of these lengths begin, (B, S)."""
        found = np.zeros((lengths.size, len(self.counts)), dtype=np.bool_)
        kinds = np.column_stack([most, lengths > LONG_ENOUGH])
        different, which = np.unique(kinds, axis=0, return_inverse=True)
        for number, (p, q, P, Q, may_have_mean, is_long) in enumerate(different.tolist()):
            limits = replace(self.limits, p=p, q=q, P=P, Q=Q, may_have_mean=bool(may_have_mean))
            begun = seeds(limits, LONG_ENOUGH + is_long)
            found[which.ravel() == number] = self._table(begun)
        return found

    def around(self, numbers: Numbers, is_there: Table) -> Table:
        """Return the neighbours of specs, (B, k) numbers, where these are there; (B, S)."""
        found = np.zeros((numbers.shape[0], len(self.counts) + 1), dtype=np.bool_)
        for column in range(numbers.shape[1]):
            rows = np.flatnonzero(is_there[:, column])
            found[rows[:, None], self.near[numbers[rows, column]]] = True
        return found[:, :-1]

    def _table(self, specs: list[Spec]) -> Table:
        wanted = np.array(specs, dtype=np.int64).reshape(-1, 1, 5)
        return np.asarray((self.counts == wanted).all(axis=2).any(axis=0))
