"""What the model left unexplained: residuals over time, their autocorrelation, their distribution."""

import math
from statistics import NormalDist

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from components.figures.decimate import min_max_indices
from components.figures.forecast import as_array, history_times, time_title
from components.figures.panel import finish_panel
from components.numbers import axis_format
from components.theme import PALETTE, with_alpha
from compute.forecast.result import Diagnostics, ForecastResult, Values

HEIGHT = 250
_COLOUR = PALETTE[0]
_REMARKABLE = PALETTE[1]
_LINE_COLOUR = "#7d7a73"
_MAX_BINS = 40
_MAX_QUANTILES = 500  # points of a quantile plot: more lie on top of each other


def residual_chart(result: ForecastResult, *, revision: str = "") -> go.Figure:
    """Return the one-step errors over time."""
    residuals = as_array(result.residuals)
    kept = min_max_indices(residuals)
    value_format = axis_format(np.nan_to_num(residuals[kept]).tolist())
    figure = go.Figure(
        go.Scatter(
            x=history_times(result)[kept],
            y=residuals[kept],
            mode="lines",
            name="Residual",
            line={"color": _COLOUR, "width": 1.3},
            hovertemplate=f"%{{y:{value_format}}}<extra>Residual</extra>",
        )
    )
    figure.add_hline(y=0, line={"width": 1, "color": _LINE_COLOUR})
    return finish_panel(figure, HEIGHT, time_title(result), f"Residual ({result.name})", revision)


def autocorrelation_chart(diagnostics: Diagnostics, *, revision: str = "") -> go.Figure:
    """Return the autocorrelation of the residuals by lag."""
    return lag_chart(diagnostics.acf, diagnostics.confidence, "Autocorrelation", revision=revision)


def lag_chart(correlations: Values, band: float | None, name: str, *, revision: str = "") -> go.Figure:
    """Return correlations at lags 0, 1, ... from lag 1 on; bars beyond the 95 % band of white noise are hatched."""
    lags = np.arange(1, len(correlations))
    values = as_array(correlations)[1:]
    beyond = np.abs(values) > (math.inf if band is None else band)
    figure = go.Figure(
        go.Bar(
            x=lags,
            y=values,
            width=0.45,
            marker={
                "color": np.where(beyond, _REMARKABLE, _COLOUR).tolist(),
                "pattern": {"shape": ["/" if each else "" for each in beyond], "fgcolor": "rgba(255,255,255,0.7)"},
            },
            name=name,
            hovertemplate="%{y:.3f}<extra>lag %{x}</extra>",
        )
    )
    if band is not None:
        figure.add_hrect(y0=-band, y1=band, fillcolor=with_alpha(_COLOUR, 0.12), line_width=0, layer="below")
        for edge in (-band, band):
            figure.add_hline(y=edge, line={"width": 1, "dash": "dash", "color": _LINE_COLOUR})
    return finish_panel(figure, HEIGHT, "Lag (steps)", name, revision)


def distribution_chart(result: ForecastResult, *, revision: str = "") -> go.Figure:
    """Return the histogram of the residuals with the normal distribution of the same mean and spread."""
    residuals = as_array(result.residuals)
    residuals = residuals[np.isfinite(residuals)]
    figure = go.Figure()
    if len(residuals) > 1 and np.ptp(residuals) > 0:
        counts, edges = np.histogram(residuals, bins=_bins(residuals))
        centres = (edges[1:] + edges[:-1]) / 2
        value_format = axis_format([float(np.abs(edges).max())])
        figure.add_trace(
            go.Bar(
                x=centres,
                y=counts,
                width=np.diff(edges) * 0.94,
                marker={"color": with_alpha(_COLOUR, 0.55)},
                name="Residuals",
                customdata=np.column_stack([edges[:-1], edges[1:]]),
                hovertemplate=f"%{{y}} from %{{customdata[0]:{value_format}}} to %{{customdata[1]:{value_format}}}"
                "<extra></extra>",
            )
        )
        figure.add_trace(_normal_curve(residuals, edges))
    figure.update_layout(bargap=0, hovermode="closest")
    return finish_panel(figure, HEIGHT, f"Residual ({result.name})", "Count", revision)


def quantile_chart(theoretical: Values, sample: Values, name: str, *, revision: str = "") -> go.Figure:
    """Return standardised errors against Gaussian ones: on the line where they are Gaussian."""
    x, y = as_array(theoretical), as_array(sample)
    ends = [float(x[0]), float(x[-1])] if x.size else []
    figure = go.Figure(
        [
            go.Scatter(
                x=x,
                y=y,
                mode="markers",
                marker={"size": 5, "color": with_alpha(_COLOUR, 0.7)},
                name=name,
                hovertemplate="%{y:.4~g}<extra>Gaussian: %{x:.4~g}</extra>",
            ),
            go.Scatter(
                x=ends,
                y=ends,
                mode="lines",
                line={"color": _REMARKABLE, "dash": "dash"},
                hoverinfo="skip",
                name="Gaussian",
            ),
        ]
    )
    figure.update_layout(hovermode="closest")
    return finish_panel(
        figure, HEIGHT, "If they were Gaussian (standard deviations)", f"{name} (standard deviations)", revision
    )


def residual_quantiles(result: ForecastResult) -> tuple[Values, Values]:
    """Return Gaussian quantiles and the standardised residuals at them, thinned evenly where there are many."""
    residuals = as_array(result.residuals)
    ordered = np.sort(residuals[np.isfinite(residuals)])
    if ordered.size < 2 or np.ptp(ordered) <= 0:
        return (), ()
    shown = np.unique(np.linspace(0, ordered.size - 1, min(ordered.size, _MAX_QUANTILES)).astype(int))
    gaussian = NormalDist()
    theoretical = (gaussian.inv_cdf((float(at) + 0.5) / ordered.size) for at in shown)
    return tuple(theoretical), tuple(((ordered - ordered.mean()) / ordered.std())[shown].tolist())


def _bins(residuals: NDArray[np.float64]) -> int:
    """Return the number of bins by Freedman and Diaconis (1981), between 5 and 40."""
    low, high = np.percentile(residuals, [25, 75])
    width = 2 * (high - low) / len(residuals) ** (1 / 3)
    return int(np.clip(np.ptp(residuals) / width if width > 0 else 5, 5, _MAX_BINS))


def _normal_curve(residuals: NDArray[np.float64], edges: NDArray[np.float64]) -> go.Scatter:
    mean, deviation = residuals.mean(), residuals.std(ddof=1)
    x = np.linspace(edges[0], edges[-1], 120)
    density = np.exp(-0.5 * ((x - mean) / deviation) ** 2) / (deviation * math.sqrt(2 * math.pi))
    return go.Scatter(
        x=x,
        y=density * len(residuals) * (edges[1] - edges[0]),
        mode="lines",
        name="Normal",
        line={"color": _REMARKABLE, "width": 1.6, "dash": "dash"},
        hoverinfo="skip",
    )
