"""A module whose warming leaves a note, and ends badly when there is a file that says so."""

import os
from pathlib import Path

from services.environment import COMPILED

NOTES = "notes"
BROKEN = "broken"


def warm_up() -> None:
    """Leave a note of the niceness of the process."""
    folder = Path(os.environ[COMPILED])
    if (folder / BROKEN).exists():
        raise RuntimeError(BROKEN)
    with (folder / NOTES).open("a") as notes:
        notes.write(f"{os.nice(0)}\n")
