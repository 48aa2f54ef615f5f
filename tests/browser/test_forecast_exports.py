"""Ways out of a result: files, the clipboard, and commands that do the same elsewhere."""

import csv
import io
import json
import os
import shlex
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dash.testing.browser import Browser
from selenium.webdriver.common.by import By

from tests.browser.accessibility import assert_accessible
from tests.browser.forecasting import PASSENGERS, ask, done_job, see_result
from tests.browser.steps import click, console_errors, eventually, find, open_page
from tests.live import ROOT, LiveServer

REQUEST = {
    "series": PASSENGERS,
    "horizon": 6,
    "model": {"kind": "arima", "p": 1, "d": 1, "q": 0},
    "intervals": "bootstrap",
}
COMMAND_TIMEOUT_S = 120


@pytest.fixture
def job(ui: Browser) -> Iterator[str]:
    """A finished job, open in the browser."""
    made = done_job(ui, REQUEST)
    open_page(ui, f"/forecast?job={made}")
    see_result(ui)
    yield made
    assert console_errors(ui) == []


def downloaded(ui: Browser, ending: str) -> Path:
    """Return the file of that ending that arrives, whole, in the folder of downloads."""
    folder = Path(ui.download_path)

    def arrived() -> Path | None:
        return next((file for file in folder.glob(f"*{ending}") if file.stat().st_size > 0), None)

    return eventually(arrived, f"a file *{ending} is downloaded")


def open_menu(ui: Browser, label: str) -> None:
    """Unfold one of the bar's menus, where it is folded."""
    find(ui, ".la-bar")
    for summary in ui.driver.find_elements(By.CSS_SELECTOR, ".la-pop:not([open]) > summary"):
        if summary.text == label:
            summary.click()


def command(ui: Browser, title: str) -> str:
    """Return the text of one of the commands below "Copy as"."""
    open_menu(ui, "Copy as")
    tab = next(each for each in ui.driver.find_elements(By.CSS_SELECTOR, "[role=tab]") if each.text == title)
    tab.click()
    return str(find(ui, ".la-pop[open] [role=tabpanel]:not([style*='none']) code").get_attribute("textContent"))


def stored_result(ui: Browser, job: str) -> Any:
    """Return the result of the job as the REST interface answers it."""
    return ask(ui, "GET", f"/jobs/{job}/result")


def test_the_chart_is_saved_as_picture_and_the_result_as_tables_and_json(ui: Browser, job: str) -> None:
    open_menu(ui, "Export")
    click(ui, "Chart as PNG")
    image = downloaded(ui, ".png")
    assert image.name == "passengers-arima-forecast.png"
    assert image.read_bytes().startswith(b"\x89PNG")
    open_menu(ui, "Export")
    click(ui, "Chart as SVG")
    drawing = downloaded(ui, ".svg").read_text()
    assert drawing.startswith("<svg")
    assert "ARIMA(1,1,0)" in drawing
    open_menu(ui, "Export")
    links = {
        kind: str(find(ui, f'a[data-export="{kind}"]').get_attribute("href"))  # absolute, as the browser resolves it
        for kind in ("csv", "json", "parquet", "arrow")
    }
    with urllib.request.urlopen(links["json"]) as answer:
        assert json.load(answer)["data"] == stored_result(ui, job)
    with urllib.request.urlopen(links["csv"]) as answer:
        rows = list(csv.DictReader(line.decode() for line in answer))
    means = [float(row["mean"]) for row in rows if row.get("mean")]
    assert means == pytest.approx(stored_result(ui, job)["mean"])
    for kind, read in (("parquet", pq.read_table), ("arrow", lambda source: pa.ipc.open_file(source).read_all())):
        with urllib.request.urlopen(links[kind]) as answer:
            table = read(io.BytesIO(answer.read()))
        assert [value for value in table.column("mean").to_pylist() if value is not None] == pytest.approx(means)


def test_what_is_copied_gives_the_same_result_from_every_door(
    ui: Browser, job: str, live: LiveServer, tmp_path: Path
) -> None:
    script = tmp_path / "again.py"
    script.write_text(command(ui, "Python"))
    program, *words = shlex.split(command(ui, "Terminal"))
    assert program == "python"
    ways = (["bash", "-c", command(ui, "curl")], [sys.executable, script], [sys.executable, *words])
    assert_accessible(ui)
    find(ui, ".la-pop[open] .la-code-block > button").click()
    eventually(lambda: "Copied" in find(ui, ".la-pop[open]").text, "the button says so")
    environment = {**os.environ, "LOOKAHEAD_DATA_DIR": str(live.data_dir)}
    running = [subprocess.Popen(way, cwd=ROOT, env=environment, stdout=subprocess.PIPE) for way in ways]
    answers = [json.loads(each.communicate(timeout=COMMAND_TIMEOUT_S)[0]) for each in running]
    assert [each.returncode for each in running] == [0, 0, 0]
    expected = stored_result(ui, job)
    assert [answers[0]["data"], *answers[1:]] == [expected] * 3
    ui.driver.execute_script("document.activeElement.blur()")
    find(ui, "body").send_keys("\ue00c")
    eventually(lambda: not ui.driver.find_elements(By.CSS_SELECTOR, ".la-pop[open]"), "the menu is folded")
    find(ui, ".la-made > summary").click()
    text = find(ui, ".la-made").text
    made_of = ask(ui, "GET", "/datasets/air-passengers")["sha256"]
    device = ask(ui, "GET", f"/jobs/{job}")["device"]
    assert [told for told in (job, made_of, device, "0.1.0+") if told not in text] == []
