"""Why clocks are lower than they could be: NVML's bits, in words and in four groups for charts."""

from collections.abc import Mapping

REASONS_NAME = "reasons"
_REASONS: Mapping[int, str] = {  # nvml.h, nvmlClocksEventReason*; idle (0x1) is no reason to worry
    0x2: "held by application clocks",
    0x4: "power cap",
    0x8: "hardware slowdown",
    0x10: "held in step with other GPUs",
    0x20: "heat, by the driver",
    0x40: "heat, by the hardware",
    0x80: "power brake, by the hardware",
    0x100: "held by display clocks",
}
GROUPS: Mapping[str, int] = {
    "throttle_power": 0x4,
    "throttle_thermal": 0x20 | 0x40,
    "throttle_hardware": 0x8 | 0x80,
    "throttle_settings": 0x2 | 0x10 | 0x100,
}


def reasons_in_words(bits: int) -> tuple[str, ...]:
    """Return the reasons in `bits`; bits of newer drivers by their number."""
    known = tuple(words for bit, words in _REASONS.items() if bits & bit)
    unknown = bits & ~(sum(_REASONS) | 0x1)
    return (*known, f"reason {unknown:#x}") if unknown else known


def group_shares(bits: int | None) -> dict[str, float | None]:
    """Return per group 100 when one of its reasons is present, 0 when none is, None when the device does not tell."""
    if bits is None:
        return dict.fromkeys(GROUPS)
    return {name: 100.0 if bits & mask else 0.0 for name, mask in GROUPS.items()}
