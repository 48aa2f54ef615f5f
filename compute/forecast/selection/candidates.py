"""Which orders are tried: where the search begins, and the neighbours of a good model."""

from collections.abc import Iterable
from dataclasses import dataclass

Spec = tuple[int, int, int, int, int]
"""(p, q, P, Q, has_mean)"""

LONG_ENOUGH = 60  # values from which larger seeds are worth their time
_STEPS = (
    (0, 0, -1, 0), (0, 0, 0, -1), (0, 0, 1, 0), (0, 0, 0, 1), (0, 0, -1, -1), (0, 0, -1, 1), (0, 0, 1, -1),
    (0, 0, 1, 1), (-1, 0, 0, 0), (0, -1, 0, 0), (1, 0, 0, 0), (0, 1, 0, 0), (-1, -1, 0, 0), (-1, 1, 0, 0),
    (1, -1, 0, 0), (1, 1, 0, 0),
)  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """The largest orders, their largest sum, and whether a mean (or drift) may be estimated."""

    p: int
    q: int
    P: int
    Q: int
    total: int
    may_have_mean: bool

    def admit(self, spec: Spec) -> bool:
        p, q, P, Q, has_mean = spec
        return (
            0 <= p <= self.p
            and 0 <= q <= self.q
            and 0 <= P <= self.P
            and 0 <= Q <= self.Q
            and p + q + P + Q <= self.total
            and (not has_mean or self.may_have_mean)
        )


def seeds(limits: Limits, n: int) -> list[Spec]:
    """Return where the search begins (Hyndman & Khandakar 2008), with long autoregressions for longer series."""
    c = int(limits.may_have_mean)
    P, Q = min(limits.P, 1), min(limits.Q, 1)
    found = [(2, 2, P, Q, c), (0, 0, 0, 0, c), (1, 0, P, 0, c), (0, 1, 0, Q, c), (0, 0, 0, 0, 0)]
    if n > LONG_ENOUGH:
        found += [(5, 0, P, 0, c), (4, 1, 0, Q, c), (5, 1, 0, Q, c), (1, 2, 0, Q, c), (0, 2, 0, Q, c), (3, 2, 0, Q, c)]
        found += [(1, 1, P, Q, c), (3, 0, P, Q, c)]
    return _admitted(limits, found)


def neighbours(limits: Limits, spec: Spec) -> list[Spec]:
    """Return the specs that differ by one in an order or two, or in the mean."""
    p, q, P, Q, c = spec
    found = [(p + dp, q + dq, P + dP, Q + dQ, c) for dp, dq, dP, dQ in _STEPS]
    return _admitted(limits, [*found, (p, q, P, Q, 1 - c)])


def _admitted(limits: Limits, specs: Iterable[Spec]) -> list[Spec]:
    return [spec for spec in dict.fromkeys(specs) if limits.admit(spec)]
