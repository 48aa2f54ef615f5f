"""Assets read from datasets and requests, and moments that are estimated once per content."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from compute.job import ignore_progress
from compute.portfolio.assets import DatasetAssets, PriceTable
from compute.portfolio.frontier.request import FrontierRequest
from compute.portfolio.optimization.request import OptimizeRequest
from compute.schema import RequestError
from services.assets import check_assets, read_values
from services.export import write_csv
from services.model_cache import ModelCache, open_moments_cache
from services.portfolio import RememberedMoments, run_frontier, run_optimize
from services.settings import Settings
from services.workspace import Workspace, open_workspace

FUNDS = {"dataset": "imaginary-funds"}


def run(workspace: Workspace, **fields: Any) -> Any:
    request = OptimizeRequest.model_validate({"assets": FUNDS, "frontier": False, **fields})
    return run_optimize(request, workspace, ignore_progress, "cpu")


def refusal(workspace: Workspace, **assets: Any) -> tuple[tuple[Any, ...], str]:
    request = OptimizeRequest.model_validate({"assets": assets})
    with pytest.raises(RequestError) as caught:
        check_assets(request.assets, workspace.datasets)
    return caught.value.problems[0].loc, caught.value.problems[0].msg


def test_days_choose_the_rows(workspace: Workspace) -> None:
    reference = DatasetAssets(
        dataset="imaginary-funds", columns=("Iris Bonds", "Kestrel Gold"), start=date(2022, 1, 3), end=date(2022, 1, 7)
    )
    values = read_values(reference, workspace.datasets)
    assert values.names == ("Iris Bonds", "Kestrel Gold")
    assert values.values.shape == (5, 2)
    assert values.timestamps is not None
    assert str(values.timestamps[-1])[:10] == "2022-01-07"


def test_a_table_of_the_request_has_a_column_per_asset(workspace: Workspace) -> None:
    values = read_values(PriceTable(prices={"a": (1.0, None, 3.0), "b": (4.0, 5.0, 6.0)}), workspace.datasets)
    np.testing.assert_array_equal(values.values, [[1, 4], [np.nan, 5], [3, 6]])


@pytest.mark.parametrize(
    ("assets", "place", "words"),
    [
        ({"dataset": "nowhere"}, ("assets", "dataset"), "no dataset"),
        ({**FUNDS, "columns": ["Iris Bonds", "Yew"]}, ("assets", "columns"), "no column 'Yew'"),
        ({**FUNDS, "start": "2024-01-01", "end": "2023-01-01"}, ("assets", "start"), "after the last day"),
        ({"prices": {"a": [1, 2], "b": [1, 2, 3]}}, ("assets", "prices", "b"), "b has 3 values and a 2"),
        ({"prices": {"a": [1, 2]}, "timestamps": ["2024-01-01"]}, ("assets", "timestamps"), "1 timestamps for 2 rows"),
        ({"expected_returns": {"a": 1, "b": 2}, "covariance": [[1]]}, ("assets", "covariance"), "one row"),
    ],
)
def test_what_cannot_be_read_is_blamed_at_its_field(
    workspace: Workspace, assets: Any, place: tuple[Any, ...], words: str
) -> None:
    loc, message = refusal(workspace, **assets)
    assert loc == place
    assert words in message


def test_moments_are_estimated_once_per_content(workspace: Workspace) -> None:
    first, again = run(workspace), run(workspace, objective={"kind": "min_variance"})
    other = run(workspace, covariance={"kind": "oas"})
    assert (first.moments_cache, again.moments_cache, other.moments_cache) == ("miss", "hit", "miss")
    assert run(workspace).weights == first.weights
    assert set(first.notes) == set(run(workspace).notes)


def test_moments_are_forgotten_after_their_time(workspace: Workspace) -> None:
    now = 1000.0
    cache = ModelCache(workspace.settings.data_dir / "moments", 16, 20 / 1440, lambda: now)
    request = OptimizeRequest.model_validate({"assets": FUNDS})
    from compute.portfolio.returns import prepare_returns

    returns = prepare_returns(read_values(request.assets, workspace.datasets), request.assets)  # type: ignore[arg-type]
    remembered = RememberedMoments(cache)
    assert remembered(returns, request.estimation)[1] == "miss"
    now += 19 * 60
    assert remembered(returns, request.estimation)[1] == "hit"
    now += 21 * 60
    assert remembered(returns, request.estimation)[1] == "miss"


def test_nothing_is_kept_where_the_setting_says_so(settings: Settings) -> None:
    quiet = open_workspace(settings.model_copy(update={"moments_cache_minutes": 0.0}))
    assert not open_moments_cache(quiet.settings).is_kept
    assert run(quiet).moments_cache is None
    quiet.jobs.engine.dispose()


def test_tables_hold_every_weight(workspace: Workspace) -> None:
    result = run(workspace)
    lines = "".join(write_csv("optimize", result)).splitlines()
    assert lines[0].startswith("asset,weight,risk_contribution")
    assert [float(line.split(",")[1]) for line in lines[1:]] == list(result.weights.values())
    asked = FrontierRequest.model_validate({"assets": FUNDS, "n_points": 4})
    traced = run_frontier(asked, workspace, ignore_progress, "cpu")
    rows = "".join(write_csv("frontier", traced)).splitlines()
    assert [row.split(",")[0] for row in rows] == ["point", "1", "2", "3", "4", "min_variance", "max_sharpe"]
