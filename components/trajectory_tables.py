"""A trajectory in numbers and words: accuracy beside naive predictions, the noises, the innovations."""

import dash_mantine_components as dmc
from dash import html

from components.defined import defined
from components.numbers import ABSENT, p_value, percent, significant
from components.tables import Cell, Column, table
from compute.trajectory.result import Accuracy, Consistency, TrajectoryResult

ALPHA = 0.05
_BASELINES = {"last_velocity": "Last velocity (baseline)", "last_position": "Last position (baseline)"}
_HELP = {
    "one": "Distance between predicted and observed position one step ahead, averaged over the held-out part.",
    "all": "Distance over all steps of the horizon.",
    "rmse": "Root mean square distance over all steps; large misses weigh more.",
    "normalised": "Squared error over the variance the model told, per axis. 1 when the covariances are honest, "
    "above 1 when they are too small.",
    "origins": "Rolling origin: positions in the held-out last part from which a prediction was made. The noises were "
    "estimated before it.",
}


def accuracy_table(result: TrajectoryResult) -> html.Div:
    """Return the measured accuracy beside the naive predictions, with coverage beside its nominal level."""
    accuracy = result.accuracy
    levels = sorted(accuracy.coverage, key=float)
    columns = [
        Column("Prediction"),
        Column("1 step", is_number=True, help=_HELP["one"]),
        Column("Mean", is_number=True, help=_HELP["all"]),
        Column("RMS", is_number=True, help=_HELP["rmse"]),
        *(
            Column(
                f"In {level} %",
                is_number=True,
                help=f"Share of held-out observed positions inside the {level} % ellipse; {level} % when it is honest.",
            )
            for level in levels
        ),
        Column("Normalised", is_number=True, help=_HELP["normalised"]),
        Column("Origins", is_number=True, help=_HELP["origins"]),
    ]
    rows = [("Kalman filter", accuracy)]
    rows += [(name, result.baseline[key]) for key, name in _BASELINES.items() if key in result.baseline]
    ahead = f"1 to {accuracy.horizon} steps" if accuracy.horizon != 1 else "1 step"
    caption = f"Distances {ahead} ahead in the held-out last part of this track, in the unit of the positions"
    return table(caption, columns, [_accuracy_row(name, each, levels) for name, each in rows])


def noise_table(result: TrajectoryResult) -> html.Div:
    """Return both noises with their standard errors, and whether they were given."""
    noise = result.noise
    columns = [
        Column("Noise"),
        Column("Value", is_number=True),
        Column("Standard error", is_number=True, help="Spread of the estimate over tracks of this length."),
        Column("Unit"),
        Column("Origin"),
    ]
    values = (
        ("measurement_noise", "Measurement, standard deviation", "units"),
        ("process_noise", "Process, spectral density of acceleration", "units²/s³"),
    )
    rows: list[list[Cell]] = [
        [
            title,
            significant(getattr(noise, key)),
            significant(getattr(noise, f"{key}_error")),
            unit,
            "estimated" if key in noise.estimated else "given",
        ]
        for key, title, unit in values
    ]
    return table("The noises of the model", columns, rows)


def motion_facts(result: TrajectoryResult) -> html.Dl:
    """Return where the track ends, how fast it is, and what the fit came to."""
    smoothed = result.smoothed
    observed = result.noise.n_observed
    consistency = result.consistency
    facts = (
        ("Speed at the end", significant(smoothed.speeds[-1]), "Length of the last velocity, in units per second."),
        ("Sure to", significant(smoothed.position_std[-1]), "Standard deviation of a coordinate of the last position."),
        ("Positions used", str(observed), "Observed positions that the gate did not refuse."),
        ("Log-likelihood", significant(result.noise.log_likelihood, 6), "Of the positions after the first two."),
        ("Mean NIS", significant(consistency.nis, 3),
         f"Normalised innovation squared. {len(result.axes)} is expected; noises estimated together make it so."),
    )  # fmt: skip
    return html.Dl(
        [
            html.Div([html.Dt(defined(name, meaning)), html.Dd(value)])
            for name, value, meaning in facts
            if value != ABSENT
        ],
        className="la-facts",
    )


def consistency_sentence(consistency: Consistency) -> str:
    """Return in words whether the innovations are what the model says."""
    if consistency.nis is None or consistency.nis_low is None or consistency.nis_high is None:
        return "There are too few innovations to examine them."
    size = (
        "The innovations are as large as the noises say"
        if consistency.nis_low <= consistency.nis <= consistency.nis_high
        else f"The innovations are {'larger' if consistency.nis > consistency.nis_high else 'smaller'} than expected"
    )
    white = consistency.whiteness_p
    order = ""
    if white is not None:
        words = "still correlated in time" if white < ALPHA else "not correlated in time"
        order = f" They are {words} (Ljung-Box, {p_value(white)})."
    normal = consistency.normality_p
    shape = ""
    if normal is not None:
        words = (
            "They are not normally distributed" if normal < ALPHA else "Nothing speaks against a normal distribution"
        )
        shape = f" {words} (Jarque-Bera, {p_value(normal)})."
    band = f"{significant(consistency.nis_low, 3)} to {significant(consistency.nis_high, 3)}"
    return f"{size} (mean NIS {significant(consistency.nis, 3)}, expected {band}).{order}{shape}"


def skill_sentence(result: TrajectoryResult) -> str:
    """Return in words how well the held-out part was predicted."""
    accuracy = result.accuracy
    if accuracy.one_step_mae is None:
        return f"Its accuracy could not be measured: {accuracy.reason or 'too few positions'}."
    words = f"One step ahead it misses by {significant(accuracy.one_step_mae, 3)} on average"
    naive = result.baseline.get("last_velocity")
    if naive is not None and naive.one_step_mae:
        change = 1 - accuracy.one_step_mae / naive.one_step_mae
        words += f", {percent(abs(change))} {'less' if change >= 0 else 'more'} than going on at the last velocity"
    covered = {level: share for level, share in accuracy.coverage.items() if share is not None}
    if not covered:
        return f"{words}."
    level = max(covered, key=float)
    return f"{words}. The {level} % ellipses held {percent(covered[level])} of the held-out positions."


def absent_accuracy(accuracy: Accuracy) -> dmc.Text | None:
    """Return why nothing was measured, or None."""
    if accuracy.one_step_mae is not None:
        return None
    return dmc.Text(f"Not measured: {accuracy.reason}.", size="sm", mb="sm")


def _accuracy_row(name: str, accuracy: Accuracy, levels: list[str]) -> list[Cell]:
    errors = (accuracy.one_step_mae, accuracy.mae, accuracy.rmse)
    return [
        name,
        *(significant(error, 3) for error in errors),
        *(percent(accuracy.coverage.get(level)) for level in levels),
        significant(accuracy.normalised_error, 3),
        str(accuracy.origins),
    ]
