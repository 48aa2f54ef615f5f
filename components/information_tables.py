"""Information between series in tables: lag by lag, link by link, and how it was computed. Words are beside it."""

from collections.abc import Sequence

from dash import html

from components.defined import defined
from components.information_words import ALPHA, PairResult, links_of
from components.numbers import ABSENT, percent, significant
from components.tables import Cell, Column, shown_number, table
from components.words import count_words
from compute.information.result import (
    InformationResult,
    InformationStorageResult,
    LagEstimate,
    Matrix,
    SeriesFacts,
    TransferEntropyResult,
)

SHOWN_LINKS = 200  # in the table; all of them are in the exports
ESTIMATORS = {
    "ksg": "Kraskov, Stögbauer and Grassberger, first form",
    "ksg2": "Kraskov, Stögbauer and Grassberger, second form",
    "binned": "Counts in bins",
    "symbolic": "Counts of ups and downs",
    "gaussian": "Gaussian closed form, linear dependence only",
}
SURROGATES = {"circular": "rotated in time", "block": "in blocks", "shuffle": "shuffled", "iaaft": "IAAFT"}
METHODS = {
    "tree": "k-d tree",
    "walk": "walk along a sorted axis",
    "brute": "all distances",
    "counts": "counts",
    "closed form": "closed form",
}
P_HELP = (
    "Share of the surrogates, the series itself among them, that reach the value: small means that chance hardly does."
)
ADJUSTED_HELP = "The p value adjusted for how many {what} were tested (Benjamini and Hochberg)."
Z_HELP = "Standard deviations of the surrogates by which the value exceeds their mean."
EFFECTIVE_HELP = "The value less the mean of the surrogates: what is left when the bias of the estimate is gone."
LINEAR_HELP = "What the Gaussian closed form finds: the part that correlation alone would show."


def lag_table(result: PairResult) -> html.Div:
    """Return what was found at each lag."""
    return _estimates_table(result, result.by_lag, Column("Lag (steps)", is_number=True), "By lag", "lags")


def history_table(result: InformationStorageResult) -> html.Div:
    """Return what a history of each length tells of the next value."""
    length = Column("History (values)", is_number=True, help="How many past values are looked at together.")
    return _estimates_table(result, result.by_history, length, "By history", "histories")


def embedding_table(result: InformationStorageResult) -> html.Div:
    """Return the past values that each way of choosing finds, and what it compared."""
    columns = [
        Column("Way of choosing"),
        Column("History (values)", is_number=True),
        Column("Delay (steps)", is_number=True),
        Column("What was compared"),
    ]
    rows: list[list[Cell]] = [
        [each.method, each.history, each.delay, each.criterion_name.capitalize()] for each in result.embeddings
    ]
    return table("Past values that tell where the series stands", columns, rows)


def _estimates_table(
    result: InformationResult, estimates: Sequence[LagEstimate], first: Column, title: str, what: str
) -> html.Div:
    columns = [
        first,
        Column("Value", is_number=True, help="As estimated; by chance it may be below 0 where there is none."),
        Column("Standard error", is_number=True, help="From means over blocks in time."),
        Column("p", is_number=True, help=P_HELP),
        Column("Adjusted p", is_number=True, help=ADJUSTED_HELP.format(what=what)),
        Column("Chance, 95 %", is_number=True, help="One surrogate in twenty is above this."),
        Column("Effective", is_number=True, help=EFFECTIVE_HELP),
        Column("Normalised", is_number=True, help=f"Between 0 and 1: {result.normalisation}."),
        Column("Linear", is_number=True, help=LINEAR_HELP),
        Column("z", is_number=True, help=Z_HELP),
        Column("Low", is_number=True, help="Lower end of the 95 % interval, from resampling in blocks."),
        Column("High", is_number=True, help="Upper end of the 95 % interval, from resampling in blocks."),
    ]
    return table(f"{title}, in {result.units}", columns, [_lag_row(each) for each in estimates])


def links_table(result: TransferEntropyResult, matrix: Matrix) -> html.Div:
    """Return the pairs, the strongest first, at most `SHOWN_LINKS`."""
    columns = [
        Column("Source"),
        Column("Target"),
        Column("Lag (steps)", is_number=True, help="Where the value is largest."),
        Column("Value", is_number=True),
        Column("Effective", is_number=True, help=EFFECTIVE_HELP),
        Column("Normalised", is_number=True, help=f"Between 0 and 1: {result.normalisation}."),
        Column("z", is_number=True, help=Z_HELP),
        Column("p", is_number=True, help=P_HELP),
        Column("Adjusted p", is_number=True, help=ADJUSTED_HELP.format(what="pairs")),
        Column("Significant", help=f"Adjusted p at most {ALPHA:g}."),
    ]
    rows: list[list[Cell]] = [
        [
            link.source,
            link.target,
            link.lag,
            _amount(link.value),
            _amount(link.effective),
            percent(link.normalised, 1),
            ABSENT if link.z_score is None else f"{link.z_score:.1f}",
            significant(link.p_value, 2),
            significant(link.adjusted_p, 2),
            "yes" if link.is_significant else "no" if link.adjusted_p is not None else ABSENT,
        ]
        for link in links_of(matrix)[:SHOWN_LINKS]
    ]
    count = len(matrix.names) * (len(matrix.names) - 1)
    which = "All" if len(rows) == count else f"The {len(rows)} strongest of"
    return table(f"{which} {count_words(count, 'link')}, in {result.units}", columns, rows)


def senders_table(result: TransferEntropyResult, matrix: Matrix) -> html.Div:
    """Return what each series sends less what it receives, the greatest sender first."""
    help_text = "Effective transfer entropy to all others less that from all others. Above 0: a driver."
    columns = [Column("Series"), Column("Sends on balance", is_number=True, help=help_text)]
    ranked = sorted(zip(matrix.names, matrix.net, strict=True), key=lambda each: -each[1])
    rows: list[list[Cell]] = [[name, _amount(net)] for name, net in ranked]
    return table(f"Who sends, who receives; in {result.units}", columns, rows)


def series_table(facts: Sequence[SeriesFacts]) -> html.Div:
    """Return what was looked at of each series."""
    kpss = "KPSS statistic; above 0.463 the level wanders, and series that wander seem linked by chance."
    columns = [
        Column("Series"),
        Column("Values", is_number=True),
        Column("Missing", is_number=True),
        Column("KPSS", is_number=True, help=kpss),
        Column("Level"),
    ]
    levels = {True: "steady", False: "wanders", None: "too short to tell"}
    rows: list[list[Cell]] = [
        [each.name, each.count, each.missing, significant(each.kpss, 3), levels[each.is_stationary]] for each in facts
    ]
    return table("What was looked at", columns, rows)


def how_facts(result: InformationResult) -> html.Dl:
    """Return how the values were computed."""
    how = result.how
    surrogates = f"{shown_number(result.n_permutations)}, {SURROGATES[result.surrogate]}"
    facts = (
        ("Estimator", ESTIMATORS[result.estimator], "How information is estimated from finitely many values."),
        ("Surrogates", surrogates if result.n_permutations else "none", "Like the source, but without its link."),
        ("Points in time", shown_number(how.n_observations), "At which every estimate looked."),
        ("Left out", shown_number(how.n_dropped), "Points at which a value was missing."),
        ("Estimates", shown_number(how.estimates), "How often information was estimated, surrogates included."),
        ("Computed by", METHODS.get(how.method, how.method), f"On the device: {how.device}."),
        ("Time", ABSENT if how.seconds is None else f"{significant(how.seconds, 2)} s", "From series to answer."),
    )  # fmt: skip
    return html.Dl(
        [html.Div([html.Dt(defined(name, meaning)), html.Dd(value)]) for name, value, meaning in facts],
        className="la-facts",
    )


def _lag_row(each: LagEstimate) -> list[Cell]:
    return [
        each.lag,
        _amount(each.value),
        _amount(each.standard_error),
        significant(each.p_value, 2),
        significant(each.adjusted_p, 2),
        _amount(each.surrogate_high),
        _amount(each.effective),
        percent(each.normalised, 1),
        _amount(each.linear),
        ABSENT if each.z_score is None else f"{each.z_score:.1f}",
        _amount(each.interval_low),
        _amount(each.interval_high),
    ]


def _amount(information: float | None) -> str:
    """Return information in nats or bits: estimates are hardly ever surer than to four decimals."""
    return ABSENT if information is None else f"{information:.4f}"
