"""The pages of information flow: what was found is drawn, what may mislead is told with the way out."""

import json
from typing import Any
from urllib.parse import parse_qs, urlparse

import numpy as np

from app import create_app
from pages._job_records import Finished
from pages._shell import job_row
from services.submission import submit_job
from services.workspace import Workspace
from tests.components.information import QUICK, driven, mutual, network, storage, transfer
from tests.pages.conftest import all_of, texts_of

LAGS = {"first": 1, "last": 5}


def done(web: Workspace, kind: str, asked: dict[str, Any], result: Any) -> Finished:
    return Finished(submit_job(web, kind, asked | QUICK, owner="test"), result)


def hrefs(drawn: Any) -> list[str]:
    return [each.href for each in all_of(drawn) if getattr(each, "href", None)]


def test_a_pair_is_drawn_with_the_ways_on(web: Workspace) -> None:
    create_app(web.settings, web)
    import pages.information as page

    gas, steam, _ = driven()
    finished = done(web, "transfer_entropy", {"source": gas, "target": steam, "lags": LAGS}, transfer())
    drawn = page.PAGE.draw(finished, None)
    assert "Lag by lag" in texts_of(drawn)
    ways = {urlparse(href).path for href in hrefs(drawn)}
    assert {"/forecast", "/information", "/mutual-information"} <= ways
    answer = page.PAGE.answer(finished, None)
    assert answer.title == "gas → steam"
    assert "at lag 3" in answer.sentence
    assert "This may mislead" not in texts_of(drawn)
    assert job_row(web.jobs.page().jobs[0]).subject == "gas and steam"


def test_series_that_wander_lead_to_their_changes_in_one_click(web: Workspace) -> None:
    create_app(web.settings, web)
    import pages.information as page

    walks = np.cumsum(np.random.default_rng(2).normal(size=(2, 300)), axis=1)
    source, target = ({"values": walk.tolist(), "name": name} for walk, name in zip(walks, "ab", strict=True))
    asked = {"source": source, "target": target, "lags": LAGS}
    drawn = page.PAGE.draw(done(web, "transfer_entropy", asked, transfer(**asked)), None)
    assert "This may mislead" in texts_of(drawn)
    [run] = [href for href in hrefs(drawn) if "?run=" in href]
    again = json.loads(parse_qs(urlparse(run).query)["run"][0])
    assert again["differencing"] is True
    assert again["source"]["values"] == source["values"]


def test_every_pair_is_a_network_a_map_a_table_and_ways_to_forecasts(web: Workspace) -> None:
    create_app(web.settings, web)
    import pages.information as page

    finished = done(web, "transfer_entropy", {"series": driven(), "lags": LAGS}, network())
    drawn = page.PAGE.draw(finished, None)
    words = texts_of(drawn)
    for title in ("Who drives whom?", "From whom to whom?", "Link by link", "Use as regressors"):
        assert title in words
    assert "Forecast steam" in words
    assert page.PAGE.answer(finished, None).title == "Who drives whom among 3 series"
    assert page.PAGE.describe(web.jobs.page().jobs[0]) == "every pair of 3 series"


def test_two_series_that_share_lead_to_who_drives_whom(web: Workspace) -> None:
    create_app(web.settings, web)
    import pages.mutual_information as page

    gas, steam, _ = driven()
    finished = done(web, "mutual_information", {"x": gas, "y": steam}, mutual())
    drawn = page.PAGE.draw(finished, finished)
    assert "Does gas drive steam?" in texts_of(drawn)
    assert "where gas leads by 3 steps" in page.PAGE.answer(finished, None).sentence


def test_what_a_series_remembers_leads_to_what_drives_it_beyond(web: Workspace) -> None:
    create_app(web.settings, web)
    import pages.information_storage as page

    _, steam, _ = driven()
    finished = done(web, "information_storage", {"series": steam}, storage())
    drawn = page.PAGE.draw(finished, finished)
    words = texts_of(drawn)
    for title in ("How many past values are enough?", "History by history", "Best prediction (Ragwitz)"):
        assert title in words
    [way] = [href for href in hrefs(drawn) if urlparse(href).path == "/information"]
    asked = json.loads(parse_qs(urlparse(way).query)["fill"][0])
    assert asked["target"]["name"] == "steam"
    assert asked["target_history"] == finished.result.best_history
    assert page.PAGE.answer(finished, None).title == "What steam remembers"


def test_a_dataset_in_the_address_is_asked_about_whole(web: Workspace) -> None:
    application = create_app(web.settings, web)
    import pages.information as page

    with application.server.test_request_context("http://127.0.0.1:8050/information"):
        drawn = page.layout(dataset="imaginary-furnace")
    fields = [each for each in all_of(drawn) if isinstance(getattr(each, "id", None), dict) and "field" in each.id]
    values = {each.id["field"]: getattr(each, "value", None) for each in fields}
    assert values["series/columns/dataset"] == "imaginary-furnace"
    assert values["source/form"] is None
