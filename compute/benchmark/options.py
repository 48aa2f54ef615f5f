"""What benchmarks choose between: kinds, number types, presets. Imported by every process, so nothing heavy here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

KindName = Literal[
    "matrix_multiply",
    "convolution",
    "memory_bandwidth",
    "transfer_entropy",
    "portfolio_optimization",
    "motion_planning",
    "forecasting",
]
KINDS: tuple[KindName, ...] = get_args(KindName)
NumberType = Literal["fp64", "fp32", "tf32", "fp16", "bf16", "int8"]
NUMBER_TYPES: tuple[NumberType, ...] = get_args(NumberType)
LibraryName = Literal["numpy", "torch", "cupy"]
PresetName = Literal["quick", "standard", "thorough"]


@dataclass(frozen=True)
class Preset:
    """How long each measurement lasts.

    Attributes
    ----------
    target_ms : time of one repeat
    repeats : how many are timed
    """

    target_ms: float
    repeats: int


PRESETS: Mapping[PresetName, Preset] = {
    "quick": Preset(30.0, 7),
    "standard": Preset(300.0, 11),
    "thorough": Preset(600.0, 21),
}
