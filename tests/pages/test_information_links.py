"""Ways between forecasts, portfolios and information flow: what is known is filled in, and can be asked as it is."""

import json
from typing import Any
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest

from compute.series import DatasetColumn
from pages import _information_links as links
from services.submission import parse_request
from services.workspace import Workspace

FURNACE = "imaginary-furnace"


def column(name: str, dataset: str = FURNACE) -> dict[str, str]:
    return {"dataset": dataset, "column": name}


def values_of(web: Workspace, name: str) -> np.ndarray:
    return web.datasets.read_series(DatasetColumn(dataset=FURNACE, column=name)).values


def asked(web: Workspace, link: str | None, kind: str) -> Any:
    """Return the request in a link, judged as its page would."""
    assert link is not None
    where = urlparse(link)
    assert where.path == web.tasks[kind].page
    request = json.loads(parse_qs(where.query)["fill"][0])
    return parse_request(web.tasks[kind], request, web)


def test_a_driver_of_three_steps_foretells_three_steps(web: Workspace) -> None:
    request = asked(web, links.regressors_link(column("steam_t_h"), [(column("gas_m3h"), 4)]), "forecast")
    gas = values_of(web, "gas_m3h")
    steam = values_of(web, "steam_t_h")
    [regressor] = request.regressors
    assert request.horizon == 4
    np.testing.assert_allclose(regressor.future, gas[-4:])
    np.testing.assert_allclose(regressor.series.values, gas[:-4][-len(regressor.series.values) :])
    np.testing.assert_allclose(request.series.values, steam[-len(request.series.values) :])
    assert len(regressor.series.values) == len(request.series.values)
    assert regressor.name == "gas_m3h, 4 steps before"


def test_of_several_drivers_the_nearest_sets_the_horizon(web: Workspace) -> None:
    found = [(column("gas_m3h"), 4), (column("outdoor_c"), 6), (column("steam_t_h"), 1)]
    request = asked(web, links.regressors_link(column("power_mw"), found), "forecast")
    assert request.horizon == 1
    assert [len(each.future) for each in request.regressors] == [4, 6, 1]
    lengths = {len(each.series.values) for each in request.regressors}
    assert lengths == {len(request.series.values)}


def test_an_address_stays_short_enough_to_be_answered(web: Workspace) -> None:
    load, weather = column("load_mw", "electric-load"), column("temperature_c", "electric-load")
    link = links.regressors_link(load, [(weather, 24)])
    assert link is not None
    assert len(link) <= links.MAX_LINK


@pytest.mark.parametrize("lag", [0, -2])
def test_what_does_not_come_before_is_no_regressor(web: Workspace, lag: int) -> None:
    assert links.regressors_link(column("co_ppm"), [(column("gas_m3h"), lag)]) is None


def test_series_of_other_times_are_no_regressors(web: Workspace) -> None:
    assert links.regressors_link(column("co_ppm"), [(column("sunspots", "sunspots"), 2)]) is None
    assert links.regressors_link(column("co_ppm"), [(column("gone", "deleted"), 2)]) is None


def test_a_forecast_leads_to_what_may_drive_its_series(web: Workspace) -> None:
    several = asked(web, links.drivers_of(column("co_ppm")), "transfer_entropy")
    assert several.series.dataset == FURNACE
    pair = asked(web, links.drivers_of(column("load_mw", "electric-load")), "transfer_entropy")
    assert (pair.source.column, pair.target.column) == ("temperature_c", "load_mw")
    assert links.drivers_of(column("sunspots", "sunspots")) is None
    assert links.drivers_of({"values": [1, 2, 3]}) is None


def test_a_portfolio_leads_to_the_network_of_its_assets(web: Workspace) -> None:
    weights = {"Atlas Tech": 0.6, "Iris Bonds": 0.4}
    request = asked(web, links.returns_network({"dataset": "imaginary-funds"}, weights), "transfer_entropy")
    assert request.series.columns == ("Atlas Tech", "Iris Bonds")
    assert request.differencing, "prices wander; their changes do not"
    assert links.returns_network({"prices": {"a": [1, 2]}}, {"a": 1.0}) is None
