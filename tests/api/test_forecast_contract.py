"""What programs may rely on in forecasts: names, choices and defaults that must stay. More may be added."""

from typing import Any, get_args

import pytest

from compute.forecast.backtest.request import BacktestRequest
from compute.forecast.backtest.result import BacktestResult
from compute.forecast.batch.request import BatchForecastRequest
from compute.forecast.batch.result import BatchForecastResult
from compute.forecast.options import Wanted
from compute.forecast.request import ForecastRequest
from compute.forecast.result import ForecastResult
from services.tasks import TASKS

SERIES = {"values": [1.0, 2.0, 3.0], "timestamps": ["2020-01-01", "2020-02-01", "2020-03-01"], "name": "three"}
NETWORK = {"hidden_size": 8, "num_layers": 1, "window": 12, "epochs": 2, "learning_rate": 0.01, "dropout": 0.1}
MODELS: tuple[dict[str, Any], ...] = (
    {"kind": "arima", "p": 1, "d": 1, "q": 1, "P": 0, "D": 1, "Q": 1, "constant": True},
    {"kind": "auto_arima", "max_p": 3, "max_q": 3, "max_P": 1, "max_Q": 1, "max_d": 1, "max_D": 1, "criterion": "aicc"},
    {"kind": "lstm", **NETWORK},
    {"kind": "gru", **NETWORK},
    {"kind": "ets"},
    {"kind": "theta"},
    {"kind": "naive"},
    {"kind": "seasonal_naive"},
    {"kind": "ensemble", "members": [{"kind": "naive"}, {"kind": "theta"}]},
    {"kind": "best"},
)
ANSWERED = {
    ForecastResult: {
        "timestamps", "mean", "fitted", "residuals", "intervals.level", "intervals.lower", "intervals.upper",
        "model.kind", "model.description", "model.parameters", "model.log_likelihood", "model.aic", "model.aicc",
        "model.bic", "model.sigma2", "accuracy.folds", "accuracy.mae", "accuracy.rmse", "accuracy.smape",
        "accuracy.mase", "accuracy.coverage", "accuracy.reason", "baseline", "diagnostics.ljung_box_p",
        "diagnostics.acf", "diagnostics.pacf",
    },
    BatchForecastResult: {"series.mean", "series.intervals", "series.status"},
    BacktestResult: {
        "rows.mae", "rows.rmse", "rows.smape", "rows.mase", "rows.crps", "rows.coverage", "rows.fit_ms",
        "rows.fold_forecasts",
    },
}  # fmt: skip


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model["kind"])
def test_every_model_is_asked_for_by_its_names(model: dict[str, Any]) -> None:
    request = ForecastRequest.model_validate({"series": SERIES, "horizon": 3, "model": model})
    kept = request.model.model_dump(mode="json")
    assert {name: kept[name] for name in model if name != "members"} == {
        name: value for name, value in model.items() if name != "members"
    }


def test_what_is_not_asked_for_has_its_default() -> None:
    request = ForecastRequest.model_validate({"series": {"dataset": "d", "column": "c"}, "horizon": 3})
    assert (request.levels, request.intervals, request.n_bootstrap, request.seed) == ((80, 95), "auto", 1000, 0)
    assert request.season_length is None
    assert {"auto", "analytic", "bootstrap", "conformal", "none"} <= set(get_args(Wanted))


def test_a_batch_and_a_comparison_are_asked_for_by_their_names() -> None:
    model = {"kind": "naive"}
    for series in ([SERIES], {"dataset": "d"}):
        BatchForecastRequest.model_validate({"series": series, "horizon": 3, "model": model, "levels": [80]})
    models = [model, {"kind": "theta"}]
    BacktestRequest.model_validate({"series": SERIES, "horizon": 3, "models": models, "folds": 2, "step": 1})


@pytest.mark.parametrize("result", ANSWERED, ids=lambda result: result.__name__)
def test_answers_keep_their_names(result: Any) -> None:
    schema = result.model_json_schema()
    assert {path for path in ANSWERED[result] if not _is_known(schema, schema, path.split("."))} == set()


def test_routes_keep_their_addresses() -> None:
    wanted = {"/timeseries/forecast", "/timeseries/batch", "/timeseries/backtest", "/timeseries/trajectory"}
    assert wanted <= {task.route for task in TASKS.values()}


def _is_known(root: dict[str, Any], node: dict[str, Any], path: list[str]) -> bool:
    """Return whether the schema has a field of this path, through lists, references and choices."""
    if "$ref" in node:
        return _is_known(root, root["$defs"][node["$ref"].rpartition("/")[2]], path)
    if "items" in node:
        return _is_known(root, node["items"], path)
    if not path:
        return True
    if "anyOf" in node:
        return any(_is_known(root, choice, path) for choice in node["anyOf"])
    return path[0] in node.get("properties", {}) and _is_known(root, node["properties"][path[0]], path[1:])
