"""What a single forecast and a comparison of models are both asked for: how far, how sure, from which draws."""

from typing import Literal, Protocol

Wanted = Literal["auto", "analytic", "bootstrap", "conformal", "none"]
"""Kinds of intervals that can be asked for."""


class ForecastOptions(Protocol):
    """The part of a request that every model of it shares."""

    @property
    def horizon(self) -> int: ...

    @property
    def levels(self) -> tuple[float, ...]: ...

    @property
    def intervals(self) -> Wanted: ...

    @property
    def n_bootstrap(self) -> int: ...

    @property
    def season_length(self) -> int | None: ...

    @property
    def seed(self) -> int: ...
