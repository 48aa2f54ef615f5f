"""Expected free energy by its parts: of a chosen motion, of the policies that were weighed, over a run. In nats."""

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go

from components.figures.panel import finish_panel
from components.numbers import percent, significant
from components.theme import DASHES, PALETTE
from compute.planning.execution.result import RunFrame
from compute.planning.motion_plan.result import FreeEnergy, WeighedPolicy

HEIGHT: Final = 260
TIME_HEIGHT: Final = 340  # with its legend, which takes three lines on a phone
PARTS: Final = ("risk", "ambiguity", "collision", "control", "novelty")
TITLES: Final = {
    "risk": "Risk",
    "ambiguity": "Ambiguity",
    "collision": "Collision",
    "control": "Control",
    "novelty": "Information gain",
}
MEANINGS: Final = {
    "risk": "How far the states differ from those it prefers: the way that is still left to the goal, summed over the "
    "motion.",
    "ambiguity": "How unsure what it will see is, given where it is: the expected entropy of observations.",
    "collision": "Divergence of the probability of touching something from the accepted one.",
    "control": "Divergence of the accelerations from none: what the effort costs.",
    "novelty": "What it expects to learn on the way; the more, the better, so it is subtracted.",
    "total": "Risk + ambiguity + collision + control - information gain. The least is chosen, the probability of a "
    "policy falls with it.",
}
_PATTERNS: Final = dict(zip(PARTS, ("", "/", "x", ".", "\\"), strict=True))
_COLOURS: Final = dict(zip(PARTS, PALETTE, strict=False))


def signed(energy: FreeEnergy, part: str) -> float:
    """Return what a part adds to the total, nats: what is learned is subtracted."""
    value = float(getattr(energy, part))
    return -value if part == "novelty" else value


def parts_chart(energy: FreeEnergy, *, revision: str = "") -> go.Figure:
    """Return a bar for each part of the expected free energy of one motion."""
    values = [signed(energy, part) for part in PARTS]
    figure = go.Figure(
        go.Bar(
            x=values,
            y=[TITLES[part] for part in PARTS],
            orientation="h",
            marker={
                "color": [_COLOURS[part] for part in PARTS],
                "pattern": {"shape": [_PATTERNS[part] for part in PARTS], "solidity": 0.25},
            },
            text=[significant(value, 3) for value in values],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{x:.4g} nats<extra>%{y}</extra>",
        )
    )
    return _finish_bars(figure, values, revision)


def policies_chart(policies: Sequence[WeighedPolicy], *, revision: str = "") -> go.Figure:
    """Return a stacked bar for each of the most probable policies, the most probable on top."""
    names = [f"{at}: {percent(each.probability, 1)}" for at, each in enumerate(policies, 1)]
    figure = go.Figure()
    for part in PARTS:
        values = [signed(each.expected_free_energy, part) for each in policies]
        if not any(values):
            continue
        figure.add_bar(
            x=values,
            y=names,
            name=TITLES[part],
            orientation="h",
            marker={"color": _COLOURS[part], "pattern": {"shape": _PATTERNS[part], "solidity": 0.25}},
            hovertemplate="%{x:.4g} nats<extra>" + TITLES[part] + "</extra>",
        )
    totals = [each.expected_free_energy.total for each in policies]
    figure.update_layout(barmode="relative", hovermode="y unified")
    return _finish_bars(figure, totals, revision, height=policies_height(policies), has_legend=True)


def policies_height(policies: Sequence[WeighedPolicy]) -> int:
    """Return the height in px that the policies need."""
    return 110 + 26 * max(len(policies), 1)


def energy_chart(frames: Sequence[RunFrame], *, revision: str = "") -> go.Figure:
    """Return the parts of what was chosen at each moment of a run."""
    known = [(frame.time, frame.expected_free_energy) for frame in frames if frame.expected_free_energy is not None]
    figure = go.Figure()
    for part, dash in zip(("total", *PARTS), DASHES, strict=False):
        values = [energy.total if part == "total" else signed(energy, part) for _, energy in known]
        if part != "total" and not any(values):
            continue
        name = "Total" if part == "total" else TITLES[part]
        figure.add_scatter(
            x=[time for time, _ in known],
            y=values,
            mode="lines",
            name=name,
            line={"color": _COLOURS.get(part, PALETTE[7]), "dash": dash, "width": 2.4 if part == "total" else 1.6},
            hovertemplate="%{y:.4g} nats<extra>" + name + "</extra>",
        )
    return finish_panel(figure, TIME_HEIGHT, "Time (s)", "Expected free energy (nats)", revision, has_legend=True)


def _finish_bars(
    figure: go.Figure, values: Sequence[float], revision: str, *, height: int = HEIGHT, has_legend: bool = False
) -> go.Figure:
    low, high = min([0.0, *values]), max([0.0, *values])
    room = 0.18 * (high - low or 1.0)  # for the numbers at the ends
    finish_panel(figure, height, "Expected free energy (nats)", "", revision, has_legend=has_legend)
    figure.update_xaxes(showgrid=True)
    if not has_legend:
        figure.update_xaxes(range=[low - room * (low < 0), high + room])
    return figure.update_yaxes(autorange="reversed", showgrid=False, type="category")
