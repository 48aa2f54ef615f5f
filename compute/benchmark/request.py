"""What may be asked of a benchmark. How it is measured is in `run` and below."""

from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from compute.benchmark.options import KINDS, PRESETS, KindName, LibraryName, NumberType, Preset, PresetName
from compute.schema import Record

MAX_SIZE = 1_000_000


class BenchmarkRequest(Record):
    """Measure how fast this machine is, on its GPU or its processors: only what was checked to be right counts."""

    kinds: tuple[KindName, ...] = Field(
        default=KINDS, min_length=1, title="Workloads", description="What is measured, one after the other."
    )
    dtype: NumberType | Literal["all"] = Field(
        default="all",
        title="Number type",
        description="Of matrices and convolutions. Those that the device lacks are listed with the reason.",
    )
    device: Literal["auto", "cpu", "cuda"] = Field(
        default="auto", title="Device", description="Auto: the GPU where there is one."
    )
    preset: PresetName = Field(
        default="standard",
        title="Preset",
        description=" ".join(
            f"{name.capitalize()}: {preset.repeats} repeats of {preset.target_ms:g} ms each."
            for name, preset in PRESETS.items()
        ),
    )
    library: LibraryName | Literal["auto"] = Field(
        default="auto",
        title="Library",
        description="Of matrices, convolutions and memory. Auto: PyTorch, which has every number type.",
        json_schema_extra={"advanced": True},
    )
    size: int | None = Field(
        default=None,
        ge=1,
        le=MAX_SIZE,
        title="Size",
        description="Of one workload, in its own terms, such as the edge of matrices. Empty (or autotune): found so "
        "that one repeat takes the target time.",
        json_schema_extra={"advanced": True},
    )
    target_ms: float | None = Field(
        default=None,
        ge=1,
        le=10_000,
        title="Target time",
        description="Of one repeat. Empty: what the preset says.",
        json_schema_extra={"unit": "ms", "advanced": True},
    )
    duration_s: float | None = Field(
        default=None,
        ge=0.01,
        le=600,
        title="Duration",
        description="Repeats each measurement for so long. Empty: as often as the preset says.",
        json_schema_extra={"unit": "s", "advanced": True},
    )
    memory_mib: int = Field(
        default=1024,
        ge=16,
        le=1_000_000,
        title="Memory",
        description="The most that one measurement may use; sizes stay below it.",
        json_schema_extra={"unit": "MiB", "advanced": True},
    )
    seed: int = Field(
        default=0,
        ge=0,
        le=2**31 - 1,
        title="Seed",
        description="Equal seeds give equal matrices, series and maps.",
        json_schema_extra={"advanced": True},
    )

    @field_validator("kinds")
    @classmethod
    def _refuse_repeats(cls, kinds: tuple[KindName, ...]) -> tuple[KindName, ...]:
        if len(set(kinds)) != len(kinds):
            raise ValueError(f"{', '.join(kinds)} names a workload twice; name each once")
        return kinds

    @field_validator("size", mode="before")
    @classmethod
    def _read_autotune(cls, size: Any) -> Any:
        return None if size == "autotune" else size

    @field_validator("size")
    @classmethod
    def _check_size(cls, size: int | None, info: ValidationInfo) -> int | None:
        kinds = info.data.get("kinds", ())
        if size is not None and len(kinds) > 1:
            raise ValueError(f"{size} means something else to each of {len(kinds)} workloads; ask for one, or autotune")
        return size

    @property
    def timing(self) -> Preset:
        """The preset, with the target time that was asked for."""
        preset = PRESETS[self.preset]
        return preset if self.target_ms is None else Preset(self.target_ms, preset.repeats)
