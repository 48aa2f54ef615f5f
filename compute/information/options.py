"""What all questions about information are asked: how it is estimated, in which unit, against which surrogates.

Each field is written once, here, with its bounds and its help; its default is the constant below it.
"""

from typing import Annotated, Literal

from pydantic import Field

from compute.job import Seed
from compute.schema import Record
from compute.series import SeriesReference

MAX_LAG = 10_000
MAX_LAGS = 500  # more than this no chart tells apart
MAX_HISTORY = 10  # neighbours in more dimensions than this are all equally far away
MAX_CONDITIONS = 8

EstimatorName = Literal["ksg", "ksg2", "binned", "symbolic", "gaussian"]
SurrogateName = Literal["circular", "block", "shuffle", "iaaft"]
UnitName = Literal["nats", "bits"]
DeviceName = Literal["auto", "cpu", "cuda"]

Estimator = Annotated[
    EstimatorName,
    Field(
        title="Estimator",
        description="KSG: nearest neighbours (Kraskov, estimator 1), for any shape of dependence. KSG2: its second "
        "form. Binned: counts in bins. Symbolic: counts of ups and downs. Gaussian: linear dependence only, exact "
        "for normal data.",
    ),
]
DEFAULT_ESTIMATOR: EstimatorName = "ksg"

Neighbours = Annotated[
    int,
    Field(
        ge=1,
        le=100,
        title="Neighbours",
        description="How many nearest neighbours KSG looks at. More: less noise, more bias.",
        json_schema_extra={"unit": "points"},
    ),
]
DEFAULT_NEIGHBOURS = 4

Bins = Annotated[
    int | None,
    Field(
        ge=2,
        le=1000,
        title="Bins",
        description="Equal bins per series, for the binned estimator. Empty: as many as Freedman and Diaconis advise.",
        json_schema_extra={"advanced": True},
    ),
]

Order = Annotated[
    int,
    Field(
        ge=2,
        le=7,
        title="Pattern length",
        description="Successive values whose order makes one symbol, for the symbolic estimator.",
        json_schema_extra={"unit": "values", "advanced": True},
    ),
]
DEFAULT_ORDER = 3

Correction = Annotated[
    bool,
    Field(
        title="Miller-Madow correction",
        description="Adds what counts in few values miss of entropy, on average. For the binned and symbolic "
        "estimators.",
        json_schema_extra={"advanced": True},
    ),
]

Theiler = Annotated[
    int,
    Field(
        ge=0,
        le=10_000,
        title="Theiler window",
        description="Points this close in time are no neighbours, for slowly varying series. 0: all may be.",
        json_schema_extra={"unit": "steps", "advanced": True},
    ),
]

Noise = Annotated[
    float,
    Field(
        ge=0,
        le=0.1,
        title="Noise against ties",
        description="Standard deviation of the noise that tells equal values apart, as a share of the series' own. "
        "Drawn from the seed.",
        json_schema_extra={"advanced": True},
    ),
]
DEFAULT_NOISE = 1e-8

Differencing = Annotated[
    bool,
    Field(
        title="Changes instead of values",
        description="Looks at the difference of each value from the one before: for series whose level wanders.",
    ),
]

Permutations = Annotated[
    int,
    Field(
        ge=0,
        le=10_000,
        title="Surrogates",
        description="Series like the source, but without its link to the target, that a value is compared with. 0: no "
        "test.",
        json_schema_extra={"unit": "series"},
    ),
]
DEFAULT_PERMUTATIONS = 100

Surrogate = Annotated[
    SurrogateName,
    Field(
        title="Kind of surrogate",
        description="Circular: rotated in time. Block: runs of neighbours in another order. Shuffle: any order, for "
        "series without memory only. IAAFT: same values and spectrum, random phases.",
    ),
]
DEFAULT_SURROGATE: SurrogateName = "circular"

Bootstrap = Annotated[
    int,
    Field(
        ge=0,
        le=10_000,
        title="Bootstrap samples",
        description="Resamples, in blocks, behind the 95 % interval of each value. 0: none.",
        json_schema_extra={"unit": "samples", "advanced": True},
    ),
]
DEFAULT_BOOTSTRAP = 200

Units = Annotated[UnitName, Field(title="Unit", description="Nats count with the natural logarithm, bits with base 2.")]
DEFAULT_UNITS: UnitName = "nats"

Device = Annotated[
    DeviceName,
    Field(
        title="Device",
        description="Auto: the GPU where there is one and the work is large enough for it.",
        json_schema_extra={"advanced": True},
    ),
]
DEFAULT_DEVICE: DeviceName = "auto"

Conditions = Annotated[
    tuple[SeriesReference, ...],
    Field(
        max_length=MAX_CONDITIONS,
        title="Conditions",
        description="Series whose own part in the link is taken out: common drivers.",
    ),
]


class InformationRequest(Record):
    """What every question about information is asked."""

    estimator: Estimator = DEFAULT_ESTIMATOR
    k: Neighbours = DEFAULT_NEIGHBOURS
    units: Units = DEFAULT_UNITS
    n_permutations: Permutations = DEFAULT_PERMUTATIONS
    surrogate: Surrogate = DEFAULT_SURROGATE
    differencing: Differencing = False
    n_bootstrap: Bootstrap = DEFAULT_BOOTSTRAP
    bins: Bins = None
    order: Order = DEFAULT_ORDER
    correction: Correction = True
    theiler: Theiler = 0
    noise: Noise = DEFAULT_NOISE
    seed: Seed = 0
    device: Device = DEFAULT_DEVICE
