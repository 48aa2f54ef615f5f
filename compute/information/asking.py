"""What mutual information, transfer entropy and their matrix do alike: from prepared series to a scan of one pair."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from compute.information.counted import Counted
from compute.information.design import Design, design_rows
from compute.information.estimators import make_estimator
from compute.information.normalisation import NATS, informational_correlation, share_of
from compute.information.options import InformationRequest
from compute.information.pair import Encoded, Links, Question, Test, encode_all, make_links, scan_pair
from compute.information.preparation import PreparedSeries
from compute.information.result import How
from compute.information.scan import LagScan, Telling
from compute.information.setting import Setting, choose_for
from compute.information.surrogates import count_rotations
from compute.schema import Location

ENOUGH = 6  # neighbours from which the second form, with conditions, tells hardly too much
MANY = 8  # values compared together, beyond which nearest neighbours are hardly nearer than others


@dataclass(frozen=True)
class Asker:
    """Series and a request about them, ready for questions."""

    request: InformationRequest
    prepared: PreparedSeries
    encoded: Encoded
    counted: Counted
    dimensions: int
    """Values in one row."""
    reach: int
    """The longest lag."""
    threads: int = 1

    def design(self, question: Question, loc: Location = ("lags", "last")) -> Design:
        """Return the rows at which a question can be answered; too few are blamed on the field at `loc`."""
        needed = [(self.encoded.series[series], steps) for series, steps in question.needed()]
        return design_rows(needed, self.request.k, loc, self.request.theiler)

    def links(self, question: Question, design: Design) -> Links:
        """Return the links of a question."""
        return make_links(self.encoded, question, design, self.request.theiler)

    def scan(self, question: Question, design: Design, links: Links) -> LagScan:
        """Return the information at each lag."""
        test = Test(self.request.n_permutations, self.request.surrogate, self.request.seed)
        threads = self.threads if links.chosen.device == "cpu" else 1
        return scan_pair(self.encoded, question, design, links, test, self.counted, threads)

    def telling(self, links: Links) -> Telling:
        """Return how estimates are told."""
        uncertainty = links.chosen.uncertainty
        normalise = informational_correlation if uncertainty is None else partial(share_of, uncertainty)
        return Telling(NATS[self.request.units], self.request.n_bootstrap, self.request.seed, normalise)

    def doubts(self, design: Design) -> list[str]:
        """Return what may mislead in the way of asking."""
        doubts = []
        if self.request.estimator == "ksg2" and self.dimensions > 2 and self.request.k < ENOUGH:
            doubts.append(
                f"The second form of KSG tells too much with {self.request.k} neighbours where something is known "
                f"beside: with 4 some 0.02 nats, with fewer more. Take {ENOUGH} or more, or the first form; surrogates "
                "show it too, so effective values and p values are not misled."
            )
        is_near = self.request.estimator in ("ksg", "ksg2")
        if is_near and self.dimensions > MANY:
            doubts.append(
                f"{self.dimensions} values are compared together: in so many dimensions no neighbour is near, and "
                "information is told too low; shorten the histories, or leave conditions out."
            )
        different = count_rotations(design.rows.size, self.reach)
        if self.request.surrogate == "circular" and different < self.request.n_permutations:
            doubts.append(
                f"So short a series has {different} rotations beyond the lags, so that some of its "
                f"{self.request.n_permutations} surrogates repeat; ask for fewer or for shorter lags, or another kind."
            )
        return doubts

    def how(self, design: Design, links: Links, seconds: float) -> How:
        """Return how it was computed."""
        n = int(design.rows.size)
        return How(
            device=links.chosen.device,
            method=links.chosen.method,
            estimates=self.counted.done,
            seconds=seconds,
            n_observations=n,
            n_dropped=design.total - n,
        )


def make_asker(
    request: InformationRequest,
    prepared: PreparedSeries,
    counted: Counted,
    dimensions: int,
    reach: int,
    setting: Setting,
) -> Asker:
    """Return what answers questions about the prepared series, with so many values in one row, the longest lag `reach`.

    The work decides whether the device of the setting is used.
    """
    chosen = choose_for(request.device, setting.device, prepared.values.shape[1], counted.total)
    estimator = make_estimator(request, dimensions, chosen)
    encoded = encode_all(estimator, prepared.values, request.seed)
    return Asker(request, prepared, encoded, counted, dimensions, reach, setting.threads)


def is_same_rows(one: Design, other: Design) -> bool:
    """Return whether two designs look at the same steps."""
    return np.array_equal(one.rows, other.rows)
