"""Information between 0 and 1, and the units it is told in."""

import numpy as np

from compute.information.options import UnitName

NATS: dict[UnitName, float] = {"nats": 1.0, "bits": float(np.log(2))}
"""One unit, in nats."""

CONTINUOUS = "Informational correlation √(1 − exp(−2 I)) of the effective information: |correlation| of normal series."
COUNTED = "Effective information as a share of what is uncertain of the target before."


def share_of(uncertainty: float, nats: float) -> float:
    """Return information as a share of what was uncertain, 0..1."""
    return min(max(nats, 0.0) / uncertainty, 1.0) if uncertainty > 0 else 0.0


def informational_correlation(nats: float) -> float:
    """Return sqrt(1 - exp(-2 I)), 0..1: the correlation of normal variables with that information (Linfoot 1957)."""
    return float(np.sqrt(-np.expm1(-2 * max(nats, 0.0))))
