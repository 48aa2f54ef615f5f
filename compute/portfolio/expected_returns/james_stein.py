"""Expected returns shrunk towards a common one: what single means know least, they should say least."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from compute.schema import Record

Array = NDArray[np.float64]


class JamesStein(Record, title="James-Stein shrinkage"):
    """Past means, shrunk towards one target for all assets as far as their uncertainty suggests."""

    kind: Literal["james_stein"] = "james_stein"
    target: Literal["grand_mean", "min_variance"] = Field(
        default="grand_mean",
        title="Target",
        description="Grand mean: the average of all means (James and Stein). Min variance: the mean of the portfolio "
        "of least variance (Bayes-Stein, Jorion).",
    )


def james_stein(means: Array, covariance: Array, periods: int, target: str) -> tuple[Array, float]:
    """Return the shrunk means (n,) and the intensity of the shrinkage, 0 (none) to 1 (all alike).

    grand_mean: James and Stein (1961) with unequal variances, as in Jorion (1986, eq. 5):
    alpha = (n mean(lambda) - 2 max(lambda)) / (T |m - b|^2), lambda the eigenvalues of the covariance, positive part.
    min_variance: Jorion (1986, eq. 17): alpha = (n + 2) / (n + 2 + T (m - b)' S^-1 (m - b)).

    Parameters
    ----------
    means : (n,) per period
    covariance : (n, n) of single returns
    periods : T, from which the means were taken
    """
    n = means.size
    if target == "grand_mean":
        centre = float(means.mean())
        away = means - centre
        eigenvalues = np.linalg.eigvalsh(covariance)
        distance = float(away @ away)
        alpha = (eigenvalues.sum() - 2 * eigenvalues[-1]) / (periods * distance) if distance > 0 else 1.0
    else:
        solved = np.linalg.lstsq(covariance, np.column_stack([np.ones(n), means]), rcond=None)[0]
        total = float(solved[:, 0].sum())
        centre = float(means @ solved[:, 0] / total) if abs(total) > 0 else float(means.mean())
        away = means - centre
        distance = max(0.0, float(away @ (solved[:, 1] - centre * solved[:, 0])))
        alpha = (n + 2) / (n + 2 + periods * distance)
    alpha = float(np.clip(alpha, 0.0, 1.0))
    return centre + (1 - alpha) * away, alpha
