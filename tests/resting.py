"""A module that workers under test warm up: networks that learn for an hour rest between their steps, so that a job
which only has to go on leaves the processors to the page that watches it."""

import threading
from typing import Any

LONG = 5_000  # steps
REST_S = 0.2
_NEVER = threading.Event()


def warm_up() -> None:
    """Have training rest in this process. The steps it makes are those it always makes."""
    from compute.forecast.neural import learning

    train = learning.train

    def train_at_ease(shape: Any, pool: Any, groups: Any, held: Any, plan: Any, report: Any, seed: int) -> Any:
        def tell(share: float, text: str) -> None:
            report(share, text)
            if plan.steps >= LONG:
                _NEVER.wait(REST_S)

        return train(shape, pool, groups, held, plan, tell, seed)

    learning.train = train_at_ease
