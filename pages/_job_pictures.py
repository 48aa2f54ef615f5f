"""One drawing of a result for all looks at it that come together. What is drawn belongs to `_job_views`.

When a job ends, its page looks up to three times: Dash answers the click, the progress and the delivery one by one, and
shows the answer to the last question only. Each drawing takes 0.1 s of the server; drawn at the same time, the last of
four was there after 0.35 s.
"""

import sys
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future

from pages._job_records import View

KEPT_S = 5.0  # from the end of a job until its page has asked for the last time, on a slow machine
MOST = 16  # results kept at once; the oldest goes first


class Pictures:
    """What was drawn a moment ago, by what it shows."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[Hashable, tuple[float, Future[View]]] = {}

    def see(self, key: Hashable, draw: Callable[[], View]) -> View:
        """Return what `draw` returned for this key a moment ago, or returns now; who comes meanwhile waits for it.

        Raises whatever `draw` raises, for everybody who waited; the next to come draws again.
        """
        with self._lock:
            self._forget_old()
            _, picture = self._kept.get(key, (0.0, None))
            if is_first := picture is None:
                picture = Future()
                self._kept[key] = (self._clock(), picture)
        assert picture is not None
        if is_first:
            self._draw(key, draw, picture)
        return picture.result()

    def _draw(self, key: Hashable, draw: Callable[[], View], picture: Future[View]) -> None:
        try:
            picture.set_result(draw())
        finally:
            if not picture.done():
                with self._lock:
                    self._kept.pop(key, None)
                picture.set_exception(sys.exception() or RuntimeError("the drawing was given up"))

    def _forget_old(self) -> None:
        limit = self._clock() - KEPT_S
        for key in [key for key, (drawn_at, _) in self._kept.items() if drawn_at < limit]:
            del self._kept[key]
        while len(self._kept) >= MOST:
            del self._kept[next(iter(self._kept))]
