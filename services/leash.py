"""The leash of a child: its standard input, which closes when the process at its other end ends, however that ends."""

import os
import select
import threading

STDIN = 0


def end_with_leash(code: int = 0) -> None:
    """End this process with `code` as soon as the leash is cut, whatever it is doing."""
    threading.Thread(target=_end, args=(code,), name="leash", daemon=True).start()


def is_leash_cut() -> bool:
    """True once nobody holds the other end."""
    readable, _, _ = select.select([STDIN], [], [], 0)
    return bool(readable) and os.read(STDIN, 1) == b""


def _end(code: int) -> None:
    while os.read(STDIN, 1):
        pass
    os._exit(code)
