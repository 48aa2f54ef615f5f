"""Reads damaged copies of a Parquet file, each in a process of its own: `python -m tests.services.datasets.damage`.

Arrow's reader is C++ that some damage brings down with its process. A worker may die so, and the job engine tells the
owner; the process of the tests may not. What must not happen is any Python error but a refusal.
"""

import os
import random
import sys
import tempfile
from pathlib import Path

from compute.schema import RequestError
from tests.services.datasets.reading import parse
from tests.services.datasets.test_parquet import PLAIN

COPIES = 200
LONGEST = 8  # bytes overwritten in a row
OTHER_ERROR = 7


def main() -> int:
    """Return 0 when every copy was read, refused, or brought its reader down; name the others' seeds otherwise."""
    wrong = [seed for seed in range(COPIES) if _outcome(seed) == OTHER_ERROR]
    if wrong:
        sys.stderr.write(f"the damages of seeds {wrong} were neither read nor refused\n")
    return 1 if wrong else 0


def _outcome(seed: int) -> int | None:
    child = os.fork()
    if child == 0:
        os._exit(_read(_damaged(seed)))
    _, status = os.waitpid(child, 0)
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else None


def _damaged(seed: int) -> bytes:
    chance = random.Random(seed)
    what = chance.randbytes(chance.randint(1, LONGEST))
    at = chance.randrange(4, len(PLAIN))
    return PLAIN[:at] + what + PLAIN[at + len(what) :]


def _read(content: bytes) -> int:
    with tempfile.TemporaryDirectory() as folder:
        try:
            parse(Path(folder), content)
        except RequestError as refusal:
            return 0 if str(refusal) else OTHER_ERROR
        except BaseException as error:  # noqa: BLE001  # whatever it is, the parent must hear of it
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            return OTHER_ERROR
    return 0


if __name__ == "__main__":
    sys.exit(main())
