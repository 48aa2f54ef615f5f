"""Several models as one: their combination, and the choice among them. How it is done lives in `combination`.

Defaults were chosen on ends held out of M3 and M4 weekly: over the four sets the median of Theta, ETS, automatic ARIMA
and the drift was 2.5 % off the best combination of each, every single model 5 to 20 %. Medians beat means, because what
ruins a forecast is one trend that runs away. On 180 ends held out of 60 weekly series, the median of the members with
the year and of automatic ARIMA with and without it had an MASE of 3.43 and an sMAPE of 8.2 %, without the year 3.66 and
9.9 %, automatic ARIMA with the year 4.01.
"""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from compute.forecast.auto_arima import AutoArima
from compute.forecast.ets import Ets
from compute.forecast.naive import Drift, SeasonalNaive
from compute.forecast.single import Single
from compute.forecast.theta import Theta
from compute.schema import Record

MAX_MEMBERS = 8  # the gain of a combination is nearly all in its first few members
LONG_SEASON = 24  # steps, from which the models below lose more than they add: on M4 hourly a tenth and more
POOR_AT_LONG_SEASONS = frozenset({"theta", "ets", "drift"})
WEEKS_OF_A_YEAR = 52  # a season that a year keeps to roughly: who follows it and who does not know more together
UNSEASONAL = AutoArima(seasonal=False)
DEFAULT_MEMBERS: tuple[Single, ...] = (Theta(), Ets(), AutoArima(), Drift())
DEFAULT_CANDIDATES: tuple[Single, ...] = (SeasonalNaive(), *DEFAULT_MEMBERS)

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
        default=DEFAULT_MEMBERS,
        title="Members",
        description="Models that forecast together. One that cannot forecast a series is left out there; of the "
        f"default ones, those that are poor at seasons of {LONG_SEASON} steps and more are left out of these; in weeks "
        "of a year, automatic ARIMA without the season joins instead.",
    )
    weights: Literal["equal", "median", "accuracy"] = Field(
        default="median",
        title="Weights",
        description="Median: of the members' forecasts at each step. Equal: the mean. Accuracy: members that erred "
        "less on held-out folds count more.",
    )
    _unique = field_validator("members")(_refuse_repeats)

    @property
    def several(self) -> tuple[Single, ...]:
        """The members."""
        return self.members


class Best(_Several, title="Best"):
    """The model that erred clearly less than the others on held-out folds of the series, else all of them together."""

    kind: Literal["best"] = "best"
    candidates: Members = Field(
        default=DEFAULT_CANDIDATES,
        title="Candidates",
        description="Models to choose from, by their scaled errors at rolling origins; near ties go to the simpler. Of "
        f"the default ones, those that are poor at seasons of {LONG_SEASON} steps and more are left out of these; in "
        "weeks of a year, automatic ARIMA without the season joins instead.",
    )
    hedged: bool = Field(
        default=True,
        title="Hedged",
        description="Forecasts with the median of all candidates, of three at least, unless one erred clearly less "
        "than it: few folds tell skill from luck badly.",
    )
    _unique = field_validator("candidates")(_refuse_repeats)

    @property
    def several(self) -> tuple[Single, ...]:
        """The candidates."""
        return self.candidates
