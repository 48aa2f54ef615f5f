"""What the codes mean that NVML returns in place of an answer."""

TRY_AGAIN_S = 3600.0
"""After so long, what could not be answered is asked again."""
UNANSWERABLE = {3, 4, 13, 25, 26}  # not supported, no permission, function not found, version mismatch, deprecated
LOST = {15, 16, 28}  # GPU is lost, reset required, GPU not found
DRIVER_GONE = {1, 9, 18}  # uninitialized, driver not loaded, library and kernel module differ
NOTHING_FOUND = 6
