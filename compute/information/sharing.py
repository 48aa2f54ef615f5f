"""Work in portions, shared by threads: the loops over neighbours hold no lock of Python. Results keep their order."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Portion = TypeVar("Portion")
Result = TypeVar("Result")


def share_out(
    work: Callable[[Portion], Result], portions: Sequence[Portion], threads: int, done: Callable[[Result], None]
) -> list[Result]:
    """Return the result of each portion, telling `done` of each in turn, in this thread; when it raises, work ends."""
    results = []
    if threads <= 1 or len(portions) <= 1:
        for portion in portions:
            results.append(work(portion))
            done(results[-1])
        return results
    pool = ThreadPoolExecutor(min(threads, len(portions)), "information")
    try:
        for result in pool.map(work, portions):
            results.append(result)
            done(result)
    finally:
        pool.shutdown(cancel_futures=True)
    return results
