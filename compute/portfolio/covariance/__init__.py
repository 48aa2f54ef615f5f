"""Estimators of the covariance: each a record with its options, and the function it stands for."""

from typing import Annotated

from pydantic import Field

from compute.portfolio.covariance.denoised import Denoised
from compute.portfolio.covariance.ewma import EwmaCovariance
from compute.portfolio.covariance.factor import FactorCovariance
from compute.portfolio.covariance.ledoit_wolf import LedoitWolf
from compute.portfolio.covariance.oas import Oas
from compute.portfolio.covariance.sample import SampleCovariance

Covariance = Annotated[
    SampleCovariance | EwmaCovariance | LedoitWolf | Oas | Denoised | FactorCovariance, Field(discriminator="kind")
]

__all__ = ["Covariance", "Denoised", "EwmaCovariance", "FactorCovariance", "LedoitWolf", "Oas", "SampleCovariance"]
