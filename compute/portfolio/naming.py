"""Numbers by the names of assets, as arrays in the order of the assets; names that are none are told."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from compute.schema import Location, RequestError

SHOWN = 12  # names a sentence lists


def weights_of(
    given: Mapping[str, float], names: Sequence[str], loc: Location, missing: float = 0.0
) -> NDArray[np.float64]:
    """Return the numbers in the order of `names`, (n,); `missing` where one is not given."""
    check_names(given, names, loc)
    return np.array([given.get(name, missing) for name in names], dtype=np.float64)


def check_names(given: Iterable[str], names: Sequence[str], loc: Location) -> None:
    """Raise RequestError at `loc` for a name that is no asset's."""
    known = set(names)
    for name in given:
        if name not in known:
            raise RequestError.at(*loc, msg=unknown_name(name, names))


def unknown_name(name: str, names: Sequence[str]) -> str:
    """Return that there is no asset of this name, with the one that may be meant."""
    alike = get_close_matches(name, names, n=1)
    way = f"did you mean {alike[0]!r}?" if alike else f"there are: {_listed(names)}"
    return f"there is no asset {name!r}; {way}"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
