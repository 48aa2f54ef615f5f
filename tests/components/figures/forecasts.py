"""Forecast results for the tests of what is drawn from them."""

import math
from datetime import UTC, datetime, timedelta

import numpy as np

from compute.forecast.result import Accuracy, Diagnostics, FittedModel, ForecastResult, Interval


def made_result(n: int = 120, horizon: int = 12, *, dated: bool = True, seed: int = 0) -> ForecastResult:
    """A plausible result on `n` observations: a random walk, its flat forecast and square-root intervals."""
    rng = np.random.default_rng(seed)
    walk = 100 + np.cumsum(rng.normal(size=n))
    start = datetime(2015, 1, 1, tzinfo=UTC)
    times = tuple(start + timedelta(days=step) for step in range(n + horizon))
    spread = [math.sqrt(step + 1) for step in range(horizon)]
    last = float(walk[-1])
    return ForecastResult(
        name="level",
        season_length=1,
        frequency="P1D" if dated else None,
        history_timestamps=times[:n] if dated else None,
        history=tuple(walk.tolist()),
        timestamps=times[n:] if dated else None,
        mean=(last,) * horizon,
        intervals=tuple(
            Interval(
                level=level,
                lower=tuple(last - z * each for each in spread),
                upper=tuple(last + z * each for each in spread),
            )
            for level, z in ((80.0, 1.28), (95.0, 1.96))
        ),
        intervals_method="analytic",
        fitted=(None, *walk[:-1].tolist()),
        residuals=(None, *np.diff(walk).tolist()),
        model=FittedModel(
            kind="arima",
            description="ARIMA(0,1,0)",
            parameters={"sigma2": 1.0},
            standard_errors={"sigma2": 0.1},
            aic=300.0,
        ),
        accuracy=Accuracy(folds=5, mae=1.2, rmse=1.5, smape=1.1, mase=0.9, coverage={"80": 0.78, "95": 0.94}),
        baseline={
            "seasonal_naive": Accuracy(folds=5, mae=1.4, rmse=1.8, smape=1.3, mase=1.0, coverage={"80": 0.8, "95": 1.0})
        },
        diagnostics=Diagnostics(
            ljung_box_p=0.4, ljung_box_lags=10, jarque_bera_p=0.5, acf=(1.0, 0.3, -0.02), pacf=(), confidence=0.18
        ),
    )
