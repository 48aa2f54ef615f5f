"""Proof in the browser: started, followed, a receipt taken apart, stopped; on a phone in the dark."""

from collections.abc import Iterator

import pytest
from dash.testing.browser import Browser

from services.proof.control import prepare_here, stop_worker
from services.proof.prove import config_path
from services.settings import Settings
from tests.browser.accessibility import assert_accessible
from tests.browser.steps import assert_fits, click, eventually, find, open_page, prefer_scheme, see, use_phone
from tests.live import LiveServer

pytestmark = pytest.mark.usefixtures("quiet_afterwards", "no_worker_afterwards")
START_S = 60.0  # the first attempt of an installation compiles its loops


@pytest.fixture
def no_worker_afterwards(live: LiveServer) -> Iterator[None]:
    """Leave no worker behind."""
    yield
    stop_worker(Settings(_env_file=None, data_dir=live.data_dir))


def test_a_worker_is_started_followed_and_stopped(ui: Browser, live: LiveServer) -> None:
    settings = Settings(_env_file=None, data_dir=live.data_dir)
    prepare_here(settings, live.url)
    with config_path(settings).open("a") as file:
        file.write("AUTOTUNE_PRESETS=64,64,64\nAUTOTUNE_DISABLE=1\nRATE_LIMIT_PER_SECOND=2\n")
    open_page(ui, "/proof")
    see(ui, "Nothing was proved yet")
    assert_accessible(ui)
    click(ui, "Start")
    see(ui, "32 sampled rows, done again, lead to the root", START_S)
    find(ui, '[data-graph="times"] .main-svg')
    click(ui, "Stop")
    see(ui, "No worker runs.", START_S)
    eventually(lambda: _click_first(ui, "Inspect"), "a receipt can be inspected")
    see(ui, "every field is as gemm_int8_relu_q_v2 has it", START_S)
    assert_accessible(ui)


def test_on_a_phone_in_the_dark_a_device_is_registered(ui: Browser) -> None:
    use_phone(ui)
    prefer_scheme(ui, "dark")
    open_page(ui, "/proof")
    click(ui, "Register")
    see(ui, "give its name, as its receipts have it")
    find(ui, "#proof-device-did").send_keys("did:web:lab.example")
    find(ui, "#proof-device-key").send_keys("no key")
    click(ui, "Register")
    see(ui, "'no key' is no public key")
    find(ui, "#proof-given").send_keys("{}")
    click(ui, "Check it")
    see(ui, "Refused: schema.")
    assert_fits(ui)
    assert_accessible(ui)


def _click_first(ui: Browser, word: str) -> bool:
    script = "const all=[...document.querySelectorAll('button')].filter(each => each.innerText.trim() === arguments[0])"
    return bool(ui.driver.execute_script(f"{script}; all[0]?.click(); return all.length > 0", word))
