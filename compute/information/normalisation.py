"""Information between 0 and 1, and the units it is told in."""

import numpy as np

from compute.information.options import UnitName

NATS: dict[UnitName, float] = {"nats": 1.0, "bits": float(np.log(2))}
"""One unit, in nats."""

CONTINUOUS = "Informational correlation √(1 − exp(−2 I)) of the effective information: |correlation| of normal series."
COUNTED = "Effective information as a share of what is uncertain of the target before."


def informational_correlation(nats: float) -> float:
    """Return sqrt(1 - exp(-2 I)), 0..1: the correlation of normal variables with that information (Linfoot 1957)."""
    return float(np.sqrt(-np.expm1(-2 * max(nats, 0.0))))
