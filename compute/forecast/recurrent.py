"""Recurrent networks, LSTM and GRU: the records a user fills in. Networks and their training live in `neural`."""

from typing import ClassVar, Literal

from pydantic import Field

from compute.schema import Record


class _Recurrent(Record):
    """What an LSTM and a GRU have in common."""

    is_costly_to_fit: ClassVar[bool] = True
    """Accuracy trains once, on what precedes the first fold, and applies the same weights to the later ones."""

    hidden_size: int | None = Field(
        default=None,
        ge=1,
        le=512,
        title="Hidden size",
        description="Numbers the network remembers from step to step. Empty: 24 for one series, 64 for many.",
    )
    num_layers: int = Field(
        default=1,
        ge=1,
        le=4,
        title="Layers",
        description="Recurrent layers on top of each other; one is nearly always enough.",
    )
    window: int | None = Field(
        default=None,
        ge=2,
        le=1000,
        title="Window",
        description="Values the network reads before it forecasts. Empty: four seasons, within 16 and 120 steps, for "
        "one series; seven, within 16 and 336, for many, which are read a season at a time.",
        json_schema_extra={"unit": "steps"},
    )
    epochs: float | None = Field(
        default=None,
        gt=0,
        le=10_000,
        title="Epochs",
        description="Passes over all windows of the series, at most: training stops when the held-back end no longer "
        "improves. Empty: 250 to 1000 steps, the more the more windows there are.",
    )
    learning_rate: float | None = Field(
        default=None,
        gt=0,
        le=1,
        title="Learning rate",
        description="Peak of the one-cycle schedule. Empty: 0.005 for one series, 0.01 for many.",
    )
    dropout: float | None = Field(
        default=None,
        ge=0,
        le=0.9,
        title="Dropout",
        description="Share of what the head reads that is left out at random in each training step. "
        "Empty: 0.1 for one series, 0 for many.",
    )
    weight_decay: float = Field(
        default=0.01, ge=0, le=10, title="Weight decay", description="Pull of the weights towards zero (AdamW)."
    )
    loss: Literal["quantile", "l1"] = Field(
        default="quantile",
        title="Loss",
        description="Quantile: learns the median and the spread. L1: the median; the spread comes from its errors.",
    )
    n_seeds: int | None = Field(
        default=None,
        ge=1,
        le=20,
        title="Networks",
        description="Networks trained together from different random starts, whose median is the forecast. Empty: 3.",
    )
    mc_dropout: bool = Field(
        default=False,
        title="Dropout spread",
        description="Widen the intervals by how much the forecast varies under dropout (Gal & Ghahramani 2016).",
    )


class Lstm(_Recurrent, title="LSTM"):
    """Long short-term memory network that corrects the seasonal naive forecast."""

    kind: Literal["lstm"] = "lstm"


class Gru(_Recurrent, title="GRU"):
    """Gated recurrent network that corrects the seasonal naive forecast."""

    kind: Literal["gru"] = "gru"
