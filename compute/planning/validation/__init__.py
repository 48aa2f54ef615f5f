"""Whether a motion is what it claims to be. Nothing here is used by what made it."""

from compute.planning.validation.run import validate_path, validate_trajectory
from compute.planning.validation.verdict import TOUCHING, Clearance, Validation

__all__ = ["TOUCHING", "Clearance", "Validation", "validate_path", "validate_trajectory"]
