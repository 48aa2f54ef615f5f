"""The page that is open, as others see it: in the dark, and on a phone."""

from dash.testing.browser import Browser

from tests.browser.accessibility import assert_accessible
from tests.browser.steps import assert_fits, eventually, prefer_scheme, use_phone


def scheme_of(ui: Browser) -> str:
    """Return the scheme the page wears."""
    return str(ui.driver.execute_script("return document.documentElement.dataset.mantineColorScheme"))


def assert_looks_well(ui: Browser) -> None:
    """Fail where the open page is not accessible or scrolls sideways: in light, and on a phone in the dark.

    It is not opened anew for that: it follows the system and the window, as it must, and is left on the phone in the
    dark. What only a wide window shows in the dark is the frame of all pages, of which a test of the shell asks the
    contrast.
    """
    assert_accessible(ui)
    assert_fits(ui)
    prefer_scheme(ui, "dark")
    use_phone(ui)
    eventually(lambda: scheme_of(ui) == "dark", "the page turns dark")
    assert_fits(ui)
    assert_accessible(ui)
