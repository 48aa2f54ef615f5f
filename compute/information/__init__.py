"""Information between series, in which direction and at what lag, and within a series; with its significance."""

from compute.information.request import InformationStorageRequest, MutualInformationRequest, TransferEntropyRequest
from compute.information.result import InformationStorageResult, MutualInformationResult, TransferEntropyResult

__all__ = [
    "InformationStorageRequest",
    "InformationStorageResult",
    "MutualInformationRequest",
    "MutualInformationResult",
    "TransferEntropyRequest",
    "TransferEntropyResult",
]
