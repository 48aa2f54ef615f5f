"""Bundled samples: there at once, clean where they should be, and as their sources have them."""

from pathlib import Path

import numpy as np
import pytest
from statsmodels.datasets import co2, elnino, macrodata, nile, sunspots

from compute.series import DatasetColumn
from services.samples import FOLDER, SAMPLES, make
from services.workspace import Workspace

CLEAN = sorted(SAMPLES.keys() - {"messy-sales", "co2-mauna-loa", "drone-flight"})


def values(workspace: Workspace, slug: str, column: str) -> np.ndarray:
    return workspace.datasets.read_series(DatasetColumn(dataset=slug, column=column)).values


@pytest.mark.parametrize("slug", SAMPLES)
def test_each_sample_tells_its_source_and_licence(workspace: Workspace, slug: str) -> None:
    info = workspace.datasets.get(slug)
    assert info is not None
    assert info.id == slug
    assert info.source
    assert info.licence in ("Apache-2.0", "public domain", "CC0-1.0")
    assert info.is_sample
    assert info.is_sure
    assert f"`{slug}.csv`" in (FOLDER / "README.md").read_text()


@pytest.mark.parametrize("slug", CLEAN)
def test_nothing_is_found_wrong_with_a_clean_sample(workspace: Workspace, slug: str) -> None:
    info = workspace.datasets.get(slug)
    assert info is not None
    assert info.findings == ()
    assert info.frequency is not None


def test_the_gaps_of_the_co2_series_are_all_that_is_found(workspace: Workspace) -> None:
    info = workspace.datasets.get("co2-mauna-loa")
    assert info is not None
    assert [(finding.code, finding.column) for finding in info.findings] == [("missing_values", "co2_ppm")]


def test_samples_are_what_their_sources_say(workspace: Workspace) -> None:
    np.testing.assert_array_equal(values(workspace, "co2-mauna-loa", "co2_ppm"), co2.load_pandas().data["co2"])
    np.testing.assert_array_equal(values(workspace, "nile", "flow_1e8_m3"), nile.load_pandas().data["volume"])
    np.testing.assert_array_equal(values(workspace, "sunspots", "sunspots"), sunspots.load_pandas().data["SUNACTIVITY"])
    months = elnino.load_pandas().data.drop(columns="YEAR").to_numpy().ravel()
    np.testing.assert_array_equal(values(workspace, "el-nino", "sea_surface_c"), months)
    macro = macrodata.load_pandas().data
    for ours, theirs in {"gdp": "realgdp", "unemployment_pct": "unemp", "inflation_pct": "infl"}.items():
        np.testing.assert_array_equal(values(workspace, "us-macro", ours), macro[theirs])


def test_air_passengers_are_the_series_of_box_and_jenkins(workspace: Workspace) -> None:
    passengers = values(workspace, "air-passengers", "passengers")
    assert passengers.size == 144
    assert passengers[:12].tolist() == [112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118]
    assert (passengers.sum(), passengers[-1]) == (40_363, 432)


def test_invented_samples_can_be_made_again(tmp_path: Path) -> None:
    make.main(tmp_path)
    invented = [slug for slug, sample in SAMPLES.items() if sample.source.startswith("invented")]
    assert len(invented) == 5
    for name in (f"{slug}.csv" for slug in invented):
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()


def test_samples_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) < 300_000


def test_a_fresh_installation_lists_its_samples(workspace: Workspace) -> None:
    assert [info.id for info in workspace.datasets.page()] == list(SAMPLES)
    assert list((workspace.settings.data_dir / "datasets").glob("*")) == []
