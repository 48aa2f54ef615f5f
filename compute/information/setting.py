"""Where a computation runs: whom it reports to, how it tells time, and which device it may use."""

from collections.abc import Callable
from dataclasses import dataclass

from compute.information.brute import LEAST_WORK
from compute.information.options import DeviceName
from compute.job import Report, ignore_progress
from compute.schema import RequestError

MOST_ROWS = 500_000  # compared with each other on a GPU: beyond that the tree should be quicker; not measured


@dataclass(frozen=True)
class Setting:
    """What a computation is given beside its request.

    Attributes
    ----------
    report : told how far it is
    clock : returns seconds
    device : what this process may use
    threads : that may share the work; the answer is the same for any number
    """

    report: Report = ignore_progress
    clock: Callable[[], float] = float
    device: str = "cpu"
    threads: int = 1


def choose_for(wanted: DeviceName, device: str, n: int, estimates: int) -> str:
    """Return the device for so many estimates of n rows, of the processors and what this process may use.

    Raises RequestError where a GPU is wanted and there is none.
    """
    if wanted == "cuda" and device == "cpu":
        raise RequestError.at("device", msg="'cuda' is not here: no GPU runs this; choose auto or cpu")
    is_worth_it = n * n * estimates >= LEAST_WORK and n <= MOST_ROWS
    return device if wanted == "cuda" or (wanted == "auto" and is_worth_it) else "cpu"
