"""How information is estimated: one file per estimator, each the conditional mutual information I(x; y | z) of arrays.

`x` is (dx, n), `y` is (n,), `z` is (dz, n) and may have no rows: then it is the mutual information. Everything is in
nats and per point in time, so that errors can be told from the same numbers.
"""

from compute.information.estimators.estimator import Estimator, Link, Window
from compute.information.estimators.registry import make_estimator

__all__ = ["Estimator", "Link", "Window", "make_estimator"]
