"""Benchmarks in the browser: measured, seen, measured again, and then compared with the run before."""

import json
from urllib.parse import quote

import pytest
from dash.testing.browser import Browser

from tests.browser.looks import assert_looks_well
from tests.browser.steps import console_errors, find, open_page, see

pytestmark = pytest.mark.usefixtures("quiet_afterwards")
REQUEST = {"kinds": ["matrix_multiply"], "dtype": "fp32", "preset": "quick", "library": "numpy", "target_ms": 5}
PATIENCE_S = 60.0


def test_the_second_run_is_compared_with_the_first(ui: Browser) -> None:
    address = f"/benchmarks?run={quote(json.dumps(REQUEST | {'size': 128}))}"
    open_page(ui, address)
    see(ui, "The first run", PATIENCE_S)
    see(ui, "Matrix product")
    open_page(ui, address)
    find(ui, '[data-graph="history"] .scatterlayer path.point', PATIENCE_S)
    see(ui, "Measured on")
    assert_looks_well(ui)
    assert console_errors(ui) == []
