"""Missing values as placeholders with a free offset each: the products of their columns, from one impulse response.

The column of a placeholder is the response g of `ar(B) (1-B)^d (1-B^m)^D / ma(B)` to an impulse where it stands, so
products of columns depend on their distance alone, but for what falls off the end of the sample. Columns further
apart than g is long have none: the products are a band matrix, and thousands of missing values cost little more than
a few. Placeholders among the values that differencing uses up are few, and their columns are written out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.linalg import LinAlgError
from numpy.typing import NDArray
from scipy.linalg import cho_solve, cho_solve_banded, cholesky, cholesky_banded

from compute.forecast.sarima.filters import impulse_response, run_backwards, run_filter
from compute.forecast.sarima.polynomials import Polynomials
from compute.forecast.sarima.sample import Sample

Array = NDArray[np.float64]
Index = NDArray[np.intp]

NEGLIGIBLE = 1e-14  # of the largest term of a response: beyond it products are rounding
FEW = 8  # times the bandwidth: with fewer columns than that a whole matrix is quicker than its bands
_ONE = np.ones(1)


@dataclass(frozen=True)
class Past:
    """What the unobserved past changes: `Y' V^-1 Y = Y'Y - effects K effects'`.

    `effects` is H'Y transposed, (columns, r), of the columns Y; `kernel` is K, (r, r).
    """

    effects: Array
    kernel: Array
    log_determinant: float


@dataclass(frozen=True)
class Integrated:
    """What integrating the offsets out leaves to add and to subtract."""

    log_determinant: float
    explained: Array
    """To subtract from the products of the other columns, (columns, columns)."""


def integrate_offsets(sample: Sample, polynomials: Polynomials, errors: Array, past: Past) -> Integrated | None:
    """Return the effect of the placeholders on the products of `errors`, (columns, n); None where it is singular."""
    columns = _Columns.of(sample, polynomials)
    effects = columns.effects(past.kernel.shape[0])
    cross = columns.times(errors) - effects @ past.kernel @ past.effects.T
    gram, is_banded = columns.gram(effects, past.kernel)
    try:
        root = cholesky_banded(gram, lower=True) if is_banded else cholesky(gram, lower=True)
    except LinAlgError:
        return None
    solved = cho_solve_banded((root, True), cross) if is_banded else cho_solve((root, True), cross)
    pivots = root[0] if is_banded else root.diagonal()
    return Integrated(2 * float(np.log(pivots).sum()), cross.T @ solved)


@dataclass(frozen=True)
class _Columns:
    """The columns X of the placeholders, (n, k): the early ones written out, then `X[t, j] = g[t - first_row_j]`."""

    whole: Array
    ma: Array
    n: int
    early: Array
    """(early, n)"""
    first_rows: Index
    """Of the others, increasing, (k - early,)."""
    response: Array
    """g, (n_y + r,): as far as a column shifted by the memory reaches."""
    length: int
    """Terms of g that count."""
    past_response: Array
    """h of `1/ma(B)`, (n,)."""

    @classmethod
    def of(cls, sample: Sample, polynomials: Polynomials) -> "_Columns":
        whole = np.convolve(polynomials.ar, sample.difference)
        reach = sample.level.size + max(polynomials.ar.size, polynomials.ma.size)
        response = impulse_response(whole, polynomials.ma, reach)
        return cls(
            whole=whole,
            ma=polynomials.ma,
            n=sample.n,
            early=early_columns(sample, polynomials),
            first_rows=sample.missing[sample.missing >= sample.lost] - sample.lost,
            response=response,
            length=_length(response),
            past_response=impulse_response(_ONE, polynomials.ma, sample.n),
        )

    def times(self, rows: Array) -> Array:
        """Return X'Y, (k, c), for Y given as rows, (c, n)."""
        return np.vstack([self.early @ rows.T, self._others_times(rows)])

    def effects(self, r: int) -> Array:
        """Return (H'X)', (k, r). Column i of H is h shifted by i, less its last i terms, which fall off the end."""
        h, shifts = self.past_response, np.arange(r)
        early = run_backwards(_ONE, self.ma, self.early)[:, :r]
        whole = self._read(h[None, :], self.first_rows[:, None] - shifts)[0]
        steps = np.arange(r)
        index = h.size - shifts[:, None] + steps  # of h that fell off: its last i terms
        fallen = np.where(steps < shifts[:, None], h[np.minimum(index, h.size - 1)], 0.0)
        others = whole - self._terms(h.size - self.first_rows[:, None] + steps) @ fallen.T
        return np.vstack([early, others])

    def gram(self, effects: Array, kernel: Array) -> tuple[Array, bool]:
        """Return `X'X - (X'H) K (H'X)`: whole, (k, k), or its lower bands, (bandwidth, k), and whether it is bands.

        Without an end, columns at distance l have the product `sum_s g_s g_(s+l)`; what falls off is subtracted.
        """
        starts = np.concatenate([np.zeros(self.early.shape[0], dtype=np.intp), self.first_rows])
        # The unobserved past acts on rows 0 to r + its length.
        reach = max(self.length, _length(self.past_response) + effects.shape[1])
        width = int((np.searchsorted(starts, starts + reach) - np.arange(starts.size)).max())
        if width * FEW > starts.size:
            return self._gram_whole() - effects @ kernel @ effects.T, False
        bands = self._gram_bands(width)
        weighted = effects @ kernel
        for offset in range(width):
            pairs = slice(0, starts.size - offset)
            bands[offset, pairs] -= np.einsum("ij,ij->i", weighted[offset:], effects[pairs])
        return bands, True

    def _gram_whole(self) -> Array:
        beyond, rows, n_early = self._beyond(self.first_rows), self.first_rows, self.early.shape[0]
        gram = np.empty((n_early + rows.size, n_early + rows.size))
        gram[n_early:, n_early:] = self._products()[np.abs(rows[:, None] - rows)] - beyond.T @ beyond
        gram[:, :n_early] = self.times(self.early)
        gram[:n_early] = gram[:, :n_early].T
        return gram

    def _gram_bands(self, width: int) -> Array:
        products, rows, n_early = self._products(), self.first_rows, self.early.shape[0]
        late = int(np.searchsorted(rows, self.n - self.length))
        beyond = self._beyond(rows[late:])
        lost = beyond.T @ beyond
        k = n_early + rows.size
        bands = np.zeros((width, k))
        for offset in range(min(width, rows.size)):
            bands[offset, n_early : k - offset] = products[rows[offset:] - rows[: rows.size - offset]]
            bands[offset, n_early + late : k - offset] -= lost.diagonal(offset)
        for j, column in enumerate(self.times(self.early).T):
            part = column[j : j + width]
            bands[: part.size, j] = part
        return bands

    def _products(self) -> Array:
        """Return `sum_s g_s g_(s+l)` by distance l, (n,), over the terms of g that count."""
        g = self.response[: self.length]
        return np.append(run_backwards(self.whole, self.ma, g[None, :])[0], np.zeros(self.n))

    def _others_times(self, rows: Array) -> Array:
        return np.asarray(self._read(rows, self.first_rows[:, None]).squeeze(-1).T)

    def _read(self, rows: Array, first_rows: Index) -> Array:
        """Return `sum_t y_t g_(t - first_row)` for each row y, (c, n), and each first row, which may be negative."""
        front = max(0, -int(first_rows.min(initial=0)))
        padded = np.concatenate([np.zeros((rows.shape[0], front)), rows], axis=1)
        backwards = run_backwards(self.whole, self.ma, padded)
        return np.asarray(backwards[:, first_rows + front])

    def _beyond(self, first_rows: Index) -> Array:
        """Return what the columns would be after the end of the sample, (length of g, columns)."""
        return self._terms(np.arange(self.n, self.n + self.length)[:, None] - first_rows)

    def _terms(self, index: Index) -> Array:
        """Return g at the given places, zero after the terms that count."""
        return np.where(index < self.length, self.response[np.minimum(index, self.length - 1)], 0.0)


def early_columns(sample: Sample, polynomials: Polynomials) -> Array:
    """Return the columns of the placeholders among the values that differencing uses up, (early, n)."""
    early = sample.missing[sample.missing < sample.lost]
    differenced = np.zeros((early.size, sample.n))
    for row, position in enumerate(early):
        tail = sample.difference[sample.lost - position :][: sample.n]
        differenced[row, : tail.size] = tail
    return run_filter(polynomials.ar, polynomials.ma, differenced)


def _length(response: Array) -> int:
    """Return the number of terms of a response before it has died out."""
    size = np.abs(response)
    return int(np.flatnonzero(size > NEGLIGIBLE * size.max())[-1]) + 1
