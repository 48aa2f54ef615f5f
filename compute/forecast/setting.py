"""What a fit may depend on beside its model and its series."""

from dataclasses import dataclass

from compute.forecast.keeping import KeptNetworks
from compute.forecast.regressors import NO_REGRESSORS, Regressors


@dataclass(frozen=True)
class Setting:
    """Where and for what a model is fitted.

    Attributes
    ----------
    horizon : steps that will be forecast; models that learn all steps at once need to know
    seed : of everything random in the estimation
    device : name of the device that may do the work, `cpu` or `cuda:0`
    regressors : what explains the series, from its first value on
    networks : those trained before, None where none are kept
    """

    horizon: int = 1
    seed: int = 0
    device: str = "cpu"
    regressors: Regressors = NO_REGRESSORS
    networks: KeptNetworks | None = None


ANYWHERE = Setting()
"""For models that depend on none of it."""
