"""Compiles the loops over neighbours by using them once, so that the first question does not wait for it."""

import numpy as np

from compute.information.estimators import Window
from compute.information.estimators.ksg import WORTH_LISTS, Ksg

IS_LONG = True
"""It takes some 10 s of processor time: for a process of its own, before anybody loads what it compiled."""
ROWS = 40


def warm_up() -> None:
    """Estimate once alone and once with many sources, with conditions and without."""
    generator = np.random.default_rng(0)
    y, sources = generator.normal(size=ROWS), generator.normal(size=(WORTH_LISTS, 1, ROWS))
    for conditions in (0, 1):
        link = Ksg().link(y, generator.normal(size=(conditions, ROWS)), Window(np.arange(ROWS)))
        link.local(sources[0])
        link.means(sources)
