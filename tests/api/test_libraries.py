"""Dash's libraries: the same bytes as in their packages, packed once, and not sent to who has them."""

import gzip
from pathlib import Path

import brotli
import plotly
import pytest
from flask.testing import FlaskClient

import api.libraries
from app import create_app
from services.settings import Settings

PLOTLY = "/_dash-component-suites/plotly/package_data/plotly.min.js"
SOURCE = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A client of the whole application."""
    settings = Settings(_env_file=None, data_dir=tmp_path_factory.mktemp("libraries") / "data")
    return create_app(settings).server.test_client()


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("deflate", None)])
def test_a_library_is_what_its_package_holds_in_every_encoding(
    pages: FlaskClient, accepted: str, encoding: str | None
) -> None:
    answer = pages.get(PLOTLY, headers={"Accept-Encoding": accepted})
    assert answer.status_code == 200
    assert answer.mimetype == "text/javascript"
    assert answer.headers.get("Content-Encoding") == encoding
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert (UNPACK[encoding](answer.data) if encoding else answer.data) == SOURCE.read_bytes()


@pytest.mark.parametrize("accepted", ["br", "gzip", "identity"])
def test_who_has_it_is_told_so_and_nothing_is_packed_twice(
    pages: FlaskClient, accepted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = pages.get(PLOTLY, headers={"Accept-Encoding": accepted})
    monkeypatch.setattr(api.libraries, "pack", None)  # what would be called to pack it again
    known = {"Accept-Encoding": accepted, "If-None-Match": first.headers["ETag"]}
    assert (pages.get(PLOTLY, headers=known).status_code, pages.get(PLOTLY, headers=known).data) == (304, b"")
    stale = pages.get(PLOTLY, headers=known | {"If-None-Match": '"another"'})
    assert (stale.status_code, stale.data) == (200, first.data)


def test_encodings_differ_in_their_tags(pages: FlaskClient) -> None:
    tags = {pages.get(PLOTLY, headers={"Accept-Encoding": each}).headers["ETag"] for each in ("br", "gzip", "identity")}
    assert len(tags) == 3


def test_a_file_of_no_library_is_refused_and_not_kept(pages: FlaskClient) -> None:
    for _ in range(2):
        assert pages.get("/_dash-component-suites/plotly/package_data/../__init__.py").status_code >= 400
        assert pages.get("/_dash-component-suites/os/path.py").status_code >= 400


def test_a_library_whose_address_tells_its_version_is_kept_by_the_browser(pages: FlaskClient) -> None:
    page = pages.get("/").get_data(as_text=True)
    source = next(part.split('"')[0] for part in page.split('src="') if "dash_renderer.v" in part.split('"')[0])
    assert "max-age=31536000" in pages.get(source, headers={"Accept-Encoding": "br"}).headers["Cache-Control"]
