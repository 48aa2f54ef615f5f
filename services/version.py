"""Which code made a result: the release and a digest of what computes."""

import hashlib
from functools import cache
from pathlib import Path

VERSION = "0.1.0"
_ROOT = Path(__file__).resolve().parent.parent
_WHAT_IS_COMPILED = "compute"
_WHAT_COMPUTES = (_WHAT_IS_COMPILED, "services")


@cache
def code_version() -> str:
    """Return `release+digest`; the digest changes when any file under compute/ or services/ does."""
    return _version_of(*_WHAT_COMPUTES)


@cache
def loops_version() -> str:
    """Return `release+digest` of compute/ alone, where all loops are that get compiled."""
    return _version_of(_WHAT_IS_COMPILED)


def _version_of(*folders: str) -> str:
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted((_ROOT / folder).rglob("*.py")):
            digest.update(path.relative_to(_ROOT).as_posix().encode())
            digest.update(path.read_bytes())
    return f"{VERSION}+{digest.hexdigest()[:12]}"
