"""What a reader waits for, measured in the browser: `python -m benchmarks.clicks [REPEATS]`.

The real server on a temporary data directory, driven through headless Chromium. The page itself notes the time of each
click, and of the frame in which the chart is first seen; until then nothing asks it anything, for each look through the
driver would keep it from drawing. When a job started or ended is what its row in the table says. Both clocks are the
machine's own.
With PyTorch installed the workers import it beforehand, as they would for a neural model.
"""

import json
import sys
import tempfile
import time
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import urllib3
from dash.testing.browser import Browser

from benchmarks.jobs import show, wait_until_warm
from tests.browser.conftest import chromium_options
from tests.browser.forecasting import (
    QUICK,
    RUN,
    SLOW_MODEL,
    ask,
    choose,
    enter_model,
    started_job,
    wait_for_state,
)
from tests.browser.steps import click, find, open_page
from tests.live import live_server

REPEATS = 15
PAUSE_S = 1.0  # between clicks: nobody clicks faster, and page and workers are idle again
LOOK_S = 1.0  # between looks at whether the page has noted its chart
SLOW = {"series": {"dataset": "electric-load", "column": "load_mw"}, "horizon": 24, "model": SLOW_MODEL}
_LISTEN = """
window.clickedAt = null;
document.addEventListener("click", event => {
  if (event.target.closest(arguments[0])) window.clickedAt = performance.timeOrigin + event.timeStamp;
}, true);
"""
_NOTE_CHART = """
window.drawnAt = null;
const look = () => {
  const chart = document.querySelector('[data-graph="fan"] .main-svg');
  if (chart && chart.getBoundingClientRect().width) window.drawnAt = performance.timeOrigin + performance.now();
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


def main(repeats: int) -> None:
    """Measure and print the table."""
    warm = "torch" if find_spec("torch") else ""
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "data"
        variables = {"LOOKAHEAD_WORKERS": "2", "LOOKAHEAD_WARM_MODULES": warm or ",", "LOOKAHEAD_CACHE_TTL_S": "0"}
        with live_server(data_dir, **variables) as server, chromium(Path(folder)) as browser:
            browser._url = server.url
            wait_until_warm(data_dir, workers=2)
            print(f"two workers, warm: {warm or '-'}")
            print(f"{'measure':<46} {'median':>10} {'range':>19}   {'aim'}")
            starts, charts = zip(*(click_to_start_ms(browser) for _ in range(repeats)), strict=True)
            show("click to job started", list(starts), "ms", "<= 150")
            show("click to chart drawn, seasonal naive", list(charts), "ms", "<= 1000")
            thousands = [click_to_start_ms(browser, send_thousand(browser, seed))[1] for seed in range(repeats)]
            show("the same, automatic ARIMA, 1000 months", thousands, "ms", "<= 1000")
            show("click on Cancel to worker free", [cancel_to_idle_ms(browser) for _ in range(repeats)], "ms", "<= 500")


def chromium(folder: Path) -> Browser:
    """Return one headless Chromium that compiles JavaScript as a reader's does; the tests' own compiles less."""
    options = chromium_options()
    for flag in [flag for flag in options.arguments if flag.startswith("--js-flags")]:
        options.arguments.remove(flag)
    return Browser(
        browser="Chrome",
        headless=True,
        options=[options],
        percy_run=False,
        percy_finalize=False,
        download_path=str(folder),
    )


def send_thousand(ui: Browser, seed: int) -> dict[str, Any]:
    """Send a series of 1000 months with a trend and a season; return the request that forecasts it as by default."""
    rng = np.random.default_rng(seed)
    steps = np.arange(1000)
    values = 50 + 10 * np.sin(2 * np.pi * steps / 12) + rng.normal(size=1000).cumsum() + rng.normal(size=1000)
    months = np.datetime64("1940-01", "M") + steps
    rows = "\n".join(f"{month},{value:.4f}" for month, value in zip(months, values, strict=True))
    sent = urllib3.request(
        "POST",
        f"{ui.server_url}/api/v1/datasets",
        fields={"file": (f"thousand-{seed}.csv", f"month,level\n{rows}".encode())},
        headers={"Prefer": "wait=60"},
        timeout=90.0,
    )
    dataset = json.loads(sent.data)["data"]["id"]
    return {"series": {"dataset": dataset, "column": "level"}, "horizon": 12, "model": {"kind": "auto_arima"}}


def click_to_start_ms(ui: Browser, request: dict[str, Any] = QUICK) -> tuple[float, float]:
    """Run a forecast from the form; return the time to its start and to its chart."""
    open_request(ui, request)
    time.sleep(PAUSE_S)
    ui.driver.execute_script(_LISTEN + _NOTE_CHART, "[data-run-button]")
    click(ui, RUN)
    drawn = None
    while drawn is None:
        time.sleep(LOOK_S)
        drawn = ui.driver.execute_script("return window.drawnAt")
    clicked, job = clicked_at(ui), started_job(ui)
    return moment(ask(ui, "GET", f"/jobs/{job}")["started_at"]) - clicked, drawn - clicked


def cancel_to_idle_ms(ui: Browser) -> float:
    """Cancel a job that would take minutes; return how long until it is over."""
    open_request(ui, SLOW)
    click(ui, RUN)
    job = started_job(ui)
    wait_for_state(ui, job, "running")
    ui.driver.execute_script(_LISTEN, "[data-cancel]")
    find(ui, "[data-cancel]").click()
    wait_for_state(ui, job, "cancelled")
    return moment(ask(ui, "GET", f"/jobs/{job}")["finished_at"]) - clicked_at(ui)


def open_request(ui: Browser, request: dict[str, Any]) -> None:
    """Show the form filled in with `request`, nothing running."""
    time.sleep(PAUSE_S)
    done = ask(ui, "POST", "/timeseries/forecast", request | {"model": {"kind": "naive"}})
    assert done["mean"]
    open_page(
        ui, "/forecast?" + urlencode({"dataset": request["series"]["dataset"], "column": request["series"]["column"]})
    )
    set_model(ui, request["model"])


def set_model(ui: Browser, model: dict[str, Any]) -> None:
    """Choose a model and enter its orders."""
    if model["kind"] == "arima":
        enter_model(ui, model)
    else:
        choose(ui, "model/kind", model["kind"])


def clicked_at(ui: Browser) -> float:
    """Return when the click happened, in Unix milliseconds."""
    return float(ui.driver.execute_script("return window.clickedAt"))


def moment(text: str) -> float:
    """Return the Unix milliseconds of a time in a job's record."""
    return datetime.fromisoformat(text).timestamp() * 1000


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else REPEATS)
