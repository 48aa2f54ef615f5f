"""A forecast in numbers and words: accuracy beside the baseline, parameters, diagnostics."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from dash import html

from components.defined import defined
from components.icons import icon
from components.numbers import ABSENT, p_value, percent, significant
from components.tables import Cell, Column, table
from compute.forecast.result import Accuracy, Diagnostics, FittedModel, ForecastResult, NetworkCache

ALPHA = 0.05  # a Ljung-Box or Jarque-Bera p value below it is worth a word
_BASELINE_NAMES = {"seasonal_naive": "Seasonal naive (baseline)", "naive": "Naive (baseline)"}
ACCURACY_HELP = {
    "MAE": "Mean absolute error, in the unit of the series, over all held-out values.",
    "RMSE": "Root mean square error, in the unit of the series; large misses weigh more than in MAE.",
    "sMAPE (%)": "Symmetric mean absolute percentage error: 200 |error| / (|value| + |forecast|), from 0 to 200 %.",
    "MASE": "Mean absolute error divided by that of the seasonal naive forecast inside the training part. "
    "Below 1 is better than naive.",
    "CRPS": "Continuous ranked probability score, in the unit of the series: how far the whole forecast distribution "
    "was from what came. Lower is better; without spread it is the absolute error.",
    "MSIS": "Mean scaled interval score: the width of the interval, plus a penalty for what fell outside, in the "
    "scale of MASE. Lower is better.",
    "Coverage": "Share of held-out values inside the interval; its nominal level when the interval is honest.",
}
_FOLDS = "Rolling origin: how often the model was fitted on a beginning of this series and measured on what followed."


def accuracy_table(rows: Sequence[tuple[str, Accuracy]], unit: str) -> html.Div:
    """Return the measured accuracy of each model, with the definitions on hover; coverage beside its nominal level."""
    levels = sorted({level for _, accuracy in rows for level in accuracy.coverage}, key=float)
    widest = levels[-1] if levels else None
    columns = [
        Column("Model"),
        *(Column(name, is_number=True, help=ACCURACY_HELP[name]) for name in ("MAE", "RMSE", "sMAPE (%)", "MASE")),
        Column("CRPS", is_number=True, help=ACCURACY_HELP["CRPS"]),
        *([Column(f"MSIS {widest} %", is_number=True, help=ACCURACY_HELP["MSIS"])] if widest else []),
        *(Column(f"In {level} %", is_number=True, help=ACCURACY_HELP["Coverage"]) for level in levels),
        Column("Folds", is_number=True, help=_FOLDS),
    ]
    caption = f"Measured on held-out parts of this series; MAE, RMSE and CRPS in {unit}"
    return table(caption, columns, [_accuracy_row(name, accuracy, levels, widest) for name, accuracy in rows])


def baseline_rows(result: ForecastResult) -> list[tuple[str, Accuracy]]:
    """Return the reference models that were measured on the same folds."""
    return [(_BASELINE_NAMES.get(name, name), accuracy) for name, accuracy in result.baseline.items()]


def parameter_table(model: FittedModel) -> html.Div:
    """Return the estimated parameters with their standard errors."""
    columns = [
        Column("Parameter"),
        Column("Estimate", is_number=True),
        Column("Standard error", is_number=True, help="Spread of the estimate over samples of this length."),
    ]
    rows: list[list[Cell]] = [
        [name, significant(value), significant(model.standard_errors.get(name))]
        for name, value in model.parameters.items()
    ]
    return table("Parameters", columns, rows)


def fit_facts(model: FittedModel, networks: NetworkCache | None = None) -> html.Dl:
    """Return the measures of the fit, and how many trainings of networks were known from earlier jobs."""
    converged = {True: "yes", False: "no", None: ABSENT}[model.converged]
    facts = (
        ("Log-likelihood", significant(model.log_likelihood, 6), "Of the data under the model; higher is better."),
        ("AICc", significant(model.aicc, 6), "Akaike's criterion for short series; lower is better, same data only."),
        ("BIC", significant(model.bic, 6), "Bayesian criterion; lower is better, penalises parameters more."),
        ("Variance of errors", significant(model.sigma2), "Of the one-step errors, in squared units of the series."),
        ("Converged", converged, "Whether the search for estimates ended well."),
        ("Networks", _trainings(networks), "Weights are kept, and found again for the same values and parameters."),
    )  # fmt: skip
    return html.Dl(
        [
            html.Div([html.Dt(defined(name, meaning)), html.Dd(value)])
            for name, value, meaning in facts
            if value != ABSENT
        ],
        className="la-facts",
    )


def _trainings(networks: NetworkCache | None) -> str:
    if networks is None:
        return ABSENT
    return f"{networks.trained} trained, {networks.remembered} known"


def diagnostics_sentence(diagnostics: Diagnostics) -> str:
    """Return in words whether anything is left in the residuals."""
    return " ".join(part for part in (_ljung_box(diagnostics), _jarque_bera(diagnostics)) if part)


def skill_sentence(result: ForecastResult) -> str:
    """Return in words how the model did against the baseline, on the folds of this very series."""
    accuracy = result.accuracy
    if accuracy.mae is None:
        reason = accuracy.reason or "too few values"
        return f"Its accuracy could not be measured: {reason}."
    baseline = result.baseline.get("seasonal_naive")
    share = _coverage_words(accuracy)
    if baseline is None or not baseline.mae:
        return f"Mean absolute error {significant(accuracy.mae, 3)} on {accuracy.folds} held-out folds.{share}"
    change = 1 - accuracy.mae / baseline.mae
    words = (
        f"{percent(change)} less than"
        if change >= 0.005
        else f"{percent(-change)} more than"
        if change <= -0.005
        else "the same as"
    )
    return (
        f"Mean absolute error {significant(accuracy.mae, 3)}, {words} the seasonal naive forecast, "
        f"on {accuracy.folds} held-out folds.{share}"
    )


def notes_list(notes: Sequence[str]) -> dmc.Alert | None:
    """Return what a reader must know, or None."""
    if not notes:
        return None
    return dmc.Alert(
        html.Ul([html.Li(note) for note in notes], className="la-notes"),
        title="Worth knowing",
        color="gray",
        icon=icon("info"),
    )


def _accuracy_row(name: str, accuracy: Accuracy, levels: Sequence[str], widest: str | None) -> list[Cell]:
    measures = [accuracy.mae, accuracy.rmse, accuracy.smape, accuracy.mase, accuracy.crps]
    if widest:
        measures.append(accuracy.msis.get(widest))
    covered = [percent(accuracy.coverage.get(level)) for level in levels]
    return [name, *(significant(value, 3) for value in measures), *covered, str(accuracy.folds)]


def _coverage_words(accuracy: Accuracy) -> str:
    known = {level: share for level, share in accuracy.coverage.items() if share is not None}
    if not known:
        return ""
    level = max(known, key=float)
    return f" The {level} % interval held {percent(known[level])} of the held-out values."


def _ljung_box(diagnostics: Diagnostics) -> str:
    if diagnostics.ljung_box_p is None:
        return "There are too few residuals to test them for autocorrelation."
    lags = f" up to lag {diagnostics.ljung_box_lags}" if diagnostics.ljung_box_lags else ""
    test = f"(Ljung-Box{lags}, {p_value(diagnostics.ljung_box_p)})"
    if diagnostics.ljung_box_p < ALPHA:
        return f"The residuals are still correlated {test}: the model leaves something to be explained."
    return f"The residuals look like noise {test}."


def _jarque_bera(diagnostics: Diagnostics) -> str:
    if diagnostics.jarque_bera_p is None:
        return ""
    test = f"(Jarque-Bera, {p_value(diagnostics.jarque_bera_p)})"
    if diagnostics.jarque_bera_p < ALPHA:
        return f"They are not normally distributed {test}: bootstrap intervals keep their shape."
    return f"Nothing speaks against a normal distribution {test}."
