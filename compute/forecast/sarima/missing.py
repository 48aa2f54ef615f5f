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
from scipy.linalg import cho_solve_banded, cholesky_banded

from compute.forecast.sarima.filters import impulse_response, run_backwards, run_filter
from compute.forecast.sarima.polynomials import Polynomials
from compute.forecast.sarima.sample import Sample

Array = NDArray[np.float64]

NEGLIGIBLE = 1e-14  # of the largest term of a response: beyond it products are rounding
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
    try:
        root = cholesky_banded(columns.gram_bands(effects, past.kernel), lower=True)
    except LinAlgError:
        return None
    log_determinant = 2 * float(np.log(root[0]).sum())
    return Integrated(log_determinant, cross.T @ cho_solve_banded((root, True), cross))


@dataclass(frozen=True)
class _Columns:
    """The columns X of the placeholders, (n, k): the early ones written out, then `X[t, j] = g[t - first_row_j]`."""

    whole: Array
    ma: Array
    n: int
    early: Array
    """(early, n)"""
    first_rows: NDArray[np.intp]
    """Of the others, increasing, (k - early,)."""
    response: Array
    """g, its terms that count."""
    past_response: Array
    """h of `1/ma(B)`, (n,)."""

    @classmethod
    def of(cls, sample: Sample, polynomials: Polynomials) -> "_Columns":
        whole = np.convolve(polynomials.ar, sample.difference)
        return cls(
            whole=whole,
            ma=polynomials.ma,
            n=sample.n,
            early=early_columns(sample, polynomials),
            first_rows=sample.missing[sample.missing >= sample.lost] - sample.lost,
            response=_cut(impulse_response(whole, polynomials.ma, sample.level.size)),
            past_response=impulse_response(_ONE, polynomials.ma, sample.n),
        )

    def times(self, rows: Array) -> Array:
        """Return X'Y, (k, c), for Y given as rows, (c, n)."""
        return np.vstack([self.early @ rows.T, self._others_times(rows)])

    def effects(self, r: int) -> Array:
        """Return (H'X)', (k, r): the columns of H are h, shifted, less its last terms where they fall off the end."""
        h, shifts = self.past_response, np.arange(r)
        if r == 0 or np.abs(h[-r:]).max() > NEGLIGIBLE * np.abs(h).max():
            columns = [np.concatenate([np.zeros(shift), h[: self.n - shift]]) for shift in shifts]
            return self.times(np.array(columns).reshape(r, self.n))
        early = run_backwards(_ONE, self.ma, self.early)[:, :r]
        return np.vstack([early, self._read(h[None, :], self.first_rows[:, None] - shifts)[0]])

    def gram_bands(self, effects: Array, kernel: Array) -> Array:
        """Return the lower bands of `X'X - (X'H) K (H'X)`, (bandwidth, k).

        Without an end, columns at distance l have the product `sum_s g_s g_(s+l)`; what falls off is subtracted.
        """
        g, rows, n_early = self.response, self.first_rows, self.early.shape[0]
        products = np.append(run_backwards(self.whole, self.ma, g[None, :])[0], 0.0)
        starts = np.concatenate([np.zeros(n_early, dtype=np.intp), rows])
        # The unobserved past acts on rows 0 to r + its length.
        reach = max(g.size, _cut(self.past_response).size + effects.shape[1])
        width = int((np.searchsorted(starts, starts + reach) - np.arange(starts.size)).max())
        late = int(np.searchsorted(rows, self.n - g.size))
        beyond = self._beyond(rows[late:])
        lost = beyond.T @ beyond
        weighted = effects @ kernel
        bands = np.zeros((width, starts.size))
        for offset in range(width):
            pairs = slice(n_early, max(starts.size - offset, n_early))
            distances = rows[offset:] - rows[: max(rows.size - offset, 0)]
            bands[offset, pairs] = products[np.minimum(distances, g.size)]
            bands[offset, n_early + late : starts.size - offset] -= lost.diagonal(offset)
        for j, column in enumerate(self.times(self.early).T):
            bands[: starts.size - j, j] = column[j : j + width]
        for offset in range(width):
            pairs = slice(0, starts.size - offset)
            bands[offset, pairs] -= np.einsum("ij,ij->i", weighted[offset:], effects[pairs])
        return bands

    def _others_times(self, rows: Array) -> Array:
        return np.asarray(self._read(rows, self.first_rows[:, None]).squeeze(-1).T)

    def _beyond(self, first_rows: NDArray[np.intp]) -> Array:
        """Return what the columns would be after the end of the sample, (length of g, columns)."""
        index = np.arange(self.n, self.n + self.response.size)[:, None] - first_rows
        return np.asarray(np.append(self.response, 0.0)[np.minimum(index, self.response.size)])

    def _read(self, rows: Array, first_rows: NDArray[np.intp]) -> Array:
        """Return `sum_t y_t g_(t - first_row)` for each row y, (c, n), and each first row, which may be negative."""
        front = max(0, -int(first_rows.min(initial=0)))
        padded = np.concatenate([np.zeros((rows.shape[0], front)), rows], axis=1)
        backwards = run_backwards(self.whole, self.ma, padded)
        return np.asarray(backwards[:, first_rows + front])


def early_columns(sample: Sample, polynomials: Polynomials) -> Array:
    """Return the columns of the placeholders among the values that differencing uses up, (early, n)."""
    early = sample.missing[sample.missing < sample.lost]
    differenced = np.zeros((early.size, sample.n))
    for row, position in enumerate(early):
        tail = sample.difference[sample.lost - position :][: sample.n]
        differenced[row, : tail.size] = tail
    return run_filter(polynomials.ar, polynomials.ma, differenced)


def _cut(response: Array) -> Array:
    """Return a response without the end that has died out."""
    size = np.abs(response)
    return response[: int(np.flatnonzero(size > NEGLIGIBLE * size.max())[-1]) + 1]
