"""A result as one file: opened without a network it shows what the page showed, and it prints on few pages."""

import base64
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from dash.testing.browser import Browser

from tests.browser.steps import click, eventually, find, open_page

MOST_PAGES = 3  # A4
CASES = [
    ("/portfolio", "Highest Sharpe ratio", "frontier", ["Weights, risk and what each asset is alone", "Duality gap"]),
    ("/risk", "A mixed portfolio", "rolling", ["Losses over the horizon", "Information ratio"]),
    ("/portfolio-backtest", "Least variance against three others", "rolling", ["After costs", "Tracking error"]),
]

pytestmark = pytest.mark.usefixtures("quiet_afterwards")


def saved_report(ui: Browser) -> Path:
    """Return the file that the export menu saves."""
    folder = Path(ui.download_path)
    before = set(folder.glob("*.html"))
    click(ui, "Export")
    click(ui, "Report (HTML)")

    def arrived() -> Path | None:
        return next(iter(set(folder.glob("*.html")) - before), None)

    return eventually(arrived, "a report is downloaded")


@pytest.mark.parametrize(("path", "sample", "last", "words"), CASES, ids=[case[0].strip("/") for case in CASES])
def test_a_report_needs_nothing_else_and_prints_on_few_pages(
    ui: Browser, path: str, sample: str, last: str, words: list[str]
) -> None:
    open_page(ui, path)
    click(ui, sample)
    find(ui, f'[data-graph="{last}"] .main-svg')
    title = find(ui, ".la-head h2").text
    charts = len(ui.driver.find_elements("css selector", "[data-graph] .js-plotly-plot"))
    file = saved_report(ui)
    page = BeautifulSoup(file.read_text(), "html.parser")
    assert page.h1 is not None
    assert page.h1.get_text() == title
    assert not page.find_all(["script", "link", "button", "input", "iframe"])
    images = [str(each["src"]) for each in page.find_all("img")]
    assert len(images) == charts
    assert all(source.startswith("data:image/svg+xml") for source in images)
    text = page.get_text(" ")
    assert [word for word in words if word not in text] == []
    assert "SHA-256" in text
    ui.driver.get(file.as_uri())
    assert ui.driver.execute_script("return [...document.images].every(each => each.naturalWidth > 0)")
    assert ui.driver.execute_script("return performance.getEntriesByType('resource').every(e => e.name[4] == ':')")
    printed = ui.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})
    pages = len(re.findall(rb"/Type\s*/Page\b", base64.b64decode(printed["data"])))
    assert 1 <= pages <= MOST_PAGES, f"{pages} pages"
