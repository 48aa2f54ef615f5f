"""Trained networks that outlive a job: how a forecast finds one again, and counts what it found."""

from dataclasses import dataclass
from typing import Protocol


class Store(Protocol):
    """Where bytes are kept under a key; what is kept may be forgotten at any time."""

    def find(self, key: bytes) -> bytes | None:
        """Return what is kept under `key`, None where nothing is."""

    def keep(self, key: bytes, body: bytes) -> None:
        """Keep `body` under `key`."""


@dataclass
class KeptNetworks:
    """A store of trained networks, and how often it was of use to one job.

    Attributes
    ----------
    remembered : trainings whose weights were found
    trained : trainings that were done, and kept
    """

    store: Store
    remembered: int = 0
    trained: int = 0
