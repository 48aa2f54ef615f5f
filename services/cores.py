"""How many processors this process may use."""

import os


def count_cores() -> int:
    """Return how many cores the process is allowed, not how many the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
