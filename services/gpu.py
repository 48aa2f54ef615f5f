"""What NVML says about GPUs. The web process learns of them only from here: it never creates a CUDA context."""

from contextlib import suppress


def gpu_uuids() -> tuple[str, ...]:
    """Return the UUID of every GPU that NVML sees, in NVML's order; empty where there is no GPU or no driver."""
    try:
        import pynvml
    except ImportError:
        return ()
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return ()
    try:
        handles = [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())]
        return tuple(str(pynvml.nvmlDeviceGetUUID(handle)) for handle in handles)
    except pynvml.NVMLError:
        return ()
    finally:
        with suppress(pynvml.NVMLError):
            pynvml.nvmlShutdown()
