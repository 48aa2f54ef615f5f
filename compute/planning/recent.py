"""What was used last, by key: a bounded memory of things that take long to make."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Recent(Generic[K, T]):
    """At most so many things; the one that was not used for longest makes room."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[K, T] = OrderedDict()

    def __iter__(self) -> Iterator[T]:
        return iter(self._kept.values())

    def get(self, key: K) -> T | None:
        """Return what is kept under a key, None where nothing is."""
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def keep(self, key: K, make: Callable[[], T]) -> T:
        """Return what is kept under a key; make it where nothing is."""
        known = self.get(key)
        if known is None:
            known = self._kept[key] = make()
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return known
