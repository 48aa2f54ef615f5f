"""One server and one browser for all journeys; each test starts with empty storage and a clean console."""

from collections.abc import Iterator

import pytest
from dash.testing.browser import Browser
from selenium.webdriver.chrome.options import Options

from services.alerts.rules import FILE as ALERT_RULES
from tests.browser.forecasting import cancel_live_jobs
from tests.browser.steps import console_errors, forget_emulation
from tests.live import LiveServer, live_server

WIDTH, HEIGHT = 1400, 1000
BARE = "/health"  # of the same origin as the pages: the process that draws them stays, and what it compiled
CHROMIUM_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--js-flags=--no-opt --no-maglev",  # a page lives for seconds: compiling it well takes longer than it saves
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-features=BackForwardCache",  # pages that were left would be kept, at 100 MB each
    "--force-prefers-reduced-motion",  # without a GPU a moving stripe costs a core
    f"--window-size={WIDTH},{HEIGHT}",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder as a browser test."""
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker("browser")


def chromium_options() -> Options:
    """Options for a headless Chromium that talks to nobody but the server under test."""
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for flag in CHROMIUM_FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return options


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The real application in its own process, with workers, on a temporary data directory."""
    warm = {"LOOKAHEAD_WARM_MODULES": "compute.forecast.warming,tests.resting", "LOOKAHEAD_SAMPLE_HZ": "1"}
    folder = tmp_path_factory.mktemp("live") / "data"
    folder.mkdir(mode=0o700)
    (folder / ALERT_RULES).write_text("shipped = false\n")  # a busy machine is no news here
    with live_server(folder, **warm) as server:
        yield server


@pytest.fixture(scope="session")
def session_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One headless Chromium."""
    with Browser(
        browser="Chrome",
        headless=True,
        options=[chromium_options()],
        percy_run=False,
        percy_finalize=False,
        download_path=str(tmp_path_factory.mktemp("downloads")),
    ) as browser:
        yield browser


@pytest.fixture
def ui(session_browser: Browser, live: LiveServer) -> Browser:
    """The browser, cleaned, on the live application: `ui.driver` is selenium's, `ui.server_url` the address."""
    driver = session_browser.driver
    driver.set_window_size(WIDTH, HEIGHT)
    driver.get(live.url + BARE)
    forget_emulation(session_browser)  # here nothing is drawn anew for it
    driver.delete_all_cookies()
    driver.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": live.url, "storageTypes": "all"})
    driver.execute_script("sessionStorage.clear()")
    session_browser.reset_log_timestamp()
    session_browser._url = live.url  # the setter of `server_url` opens the home page; a journey opens its own
    return session_browser


@pytest.fixture
def quiet_afterwards(ui: Browser) -> Iterator[None]:
    """Leave no job behind; fail where the console complained."""
    yield
    cancel_live_jobs(ui)
    assert console_errors(ui) == []
