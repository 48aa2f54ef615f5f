"""Several models as one: their combination, and the choice among them. How it is done lives in `combination`."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from compute.forecast.auto_arima import AutoArima
from compute.forecast.ets import Ets
from compute.forecast.naive import SeasonalNaive
from compute.forecast.single import Single
from compute.forecast.theta import Theta
from compute.schema import Record

MAX_MEMBERS = 8  # the gain of a combination is nearly all in its first few members

Members = Annotated[
    tuple[Annotated[Single, Field(discriminator="kind")], ...],
    Field(min_length=2, max_length=MAX_MEMBERS, json_schema_extra={"control": "kinds"}),
]


class _Several(Record):
    """What a combination and a choice have in common."""

    @property
    def several(self) -> tuple[Single, ...]:
        """The models it is made of."""
        raise NotImplementedError

    @property
    def is_costly_to_fit(self) -> bool:
        """True when a model in it is: accuracy then trains once, before the first fold."""
        return any(getattr(model, "is_costly_to_fit", False) for model in self.several)


def _refuse_repeats(models: tuple[Single, ...]) -> tuple[Single, ...]:
    for i, model in enumerate(models):
        if model in models[:i]:
            raise ValueError(f"model {i + 1} repeats an earlier one; give each once, or change its parameters")
    return models


class Ensemble(_Several, title="Ensemble"):
    """The combined forecast of several models: usually better than the best of them chosen beforehand."""

    kind: Literal["ensemble"] = "ensemble"
    members: Members = Field(
        default=(Theta(), Ets(), AutoArima()),
        title="Members",
        description="Models that forecast together. One that cannot forecast a series is left out there.",
    )
    weights: Literal["equal", "median", "accuracy"] = Field(
        default="equal",
        title="Weights",
        description="Equal: the mean. Median: of the members' forecasts at each step. Accuracy: members that erred "
        "less on held-out folds count more.",
    )
    _unique = field_validator("members")(_refuse_repeats)

    @property
    def several(self) -> tuple[Single, ...]:
        """The members."""
        return self.members


class Best(_Several, title="Best"):
    """The model that erred least on held-out folds of the series."""

    kind: Literal["best"] = "best"
    candidates: Members = Field(
        default=(SeasonalNaive(), Theta(), Ets(), AutoArima()),
        title="Candidates",
        description="Models to choose from, by their scaled errors at rolling origins; near ties go to the simpler.",
    )
    _unique = field_validator("candidates")(_refuse_repeats)

    @property
    def several(self) -> tuple[Single, ...]:
        """The candidates."""
        return self.candidates
