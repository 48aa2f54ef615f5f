"""Datasets in a real browser: upload, audit, repair, ask, delete; what cannot be read says why."""

from pathlib import Path

from dash.testing.browser import Browser
from selenium.webdriver.common.by import By

from tests.browser.accessibility import assert_accessible
from tests.browser.steps import (
    assert_fits,
    body_text,
    click,
    console_errors,
    eventually,
    eventually_at,
    find,
    forget_emulation,
    open_page,
    see,
    use_phone,
)

CHUNK_BYTES = 8 * 2**20


def write_csv(path: Path, rows: list[str], header: str = "day,units") -> Path:
    """Write a small CSV file."""
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def daily(count: int, first: int = 1) -> list[str]:
    """Return rows of January 2025, one a day."""
    return [f"2025-01-{day:02d},{100 + 3 * day % 7 + day}" for day in range(first, first + count)]


def upload(ui: Browser, path: Path) -> None:
    """Choose a file on the datasets page, as the file dialog would."""
    open_page(ui, "/datasets")
    field = eventually(
        lambda: ui.driver.find_element(By.CSS_SELECTOR, ".la-drop-input"), "the field for files is there"
    )
    field.send_keys(str(path))


def heading(ui: Browser) -> str:
    """Return the page's heading."""
    return str(find(ui, "h1").text)


def test_uploaded_file_becomes_a_dataset_with_chart_columns_and_rows(ui: Browser, tmp_path: Path) -> None:
    upload(ui, write_csv(tmp_path / "clean week.csv", daily(28)))
    eventually(lambda: heading(ui) == "clean week", "the dataset is shown")
    see(ui, "28 rows, 2 columns, daily from 2025-01-01 to 2025-01-28")
    find(ui, ".js-plotly-plot .scatterlayer path")
    see(ui, "Forecast units")
    eventually(lambda: len(ui.driver.find_elements(By.CSS_SELECTOR, ".ag-row")) > 5, "rows are shown")
    assert_accessible(ui)
    assert_fits(ui)
    assert console_errors(ui) == []


def test_repair_makes_a_new_version_and_keeps_the_old_one(ui: Browser, tmp_path: Path) -> None:
    rows = daily(20)
    rows[4], rows[5] = rows[5], rows[4]
    upload(ui, write_csv(tmp_path / "shuffled.csv", rows))
    eventually(lambda: heading(ui) == "shuffled", "the dataset is shown")
    before = ui.driver.current_url
    see(ui, "In the file's order")
    click(ui, "Put rows in time order")
    see(ui, "Over time")
    versions = find(ui, "nav[aria-label=Versions]")
    assert "Upload" in versions.text
    assert ui.driver.current_url != before
    click(ui, "Upload")
    see(ui, "In the file's order")


def test_columns_are_sorted_by_their_headers_and_all_repairs_are_made_at_once(ui: Browser) -> None:
    open_page(ui, "/datasets?id=messy-sales")
    header = find(ui, ".la-table th .la-sort")

    def names() -> list[str]:
        return [cell.text for cell in ui.driver.find_elements(By.CSS_SELECTOR, ".la-table tbody th")]

    header.click()
    eventually(lambda: names() == sorted(names(), key=str.lower), "sorted up")
    header.click()
    eventually(lambda: names() == sorted(names(), key=str.lower, reverse=True), "sorted down")
    use_phone(ui)
    widths = "return [...document.querySelectorAll('.la-finding-text')].map(e => e.getBoundingClientRect().width)"
    eventually(lambda: min(ui.driver.execute_script(widths)) > 200, "what the audit found has the width of the phone")
    forget_emulation(ui)
    button = find(ui, "#datasets-repair-all")
    assert button.text.startswith("Repair all ")
    button.click()
    eventually_at(ui, lambda url: "id=messy-sales" not in url, "the repair is followed")
    see(ui, "Over time")
    see(ui, "Forecast Units")


def test_rows_are_read_as_the_reader_scrolls_and_a_column_leads_to_its_forecast(ui: Browser) -> None:
    open_page(ui, "/datasets?id=air-passengers")
    viewport = find(ui, ".ag-body-viewport")
    ui.driver.execute_script("arguments[0].scrollIntoView(); arguments[0].scrollTop = 1e6", viewport)
    eventually(lambda: "1960-12-01" in find(ui, ".ag-root").text, "the last row is shown")
    click(ui, "Forecast passengers")
    eventually(lambda: "/forecast?" in ui.driver.current_url, "the forecast page is open")
    assert "dataset=air-passengers" in ui.driver.current_url
    assert "column=passengers" in ui.driver.current_url


def test_ambiguous_days_are_asked_for_and_read_again_as_answered(ui: Browser, tmp_path: Path) -> None:
    rows = [f"{day:02d}/{month:02d}/2025,{day + month}" for month in (1, 2, 3) for day in (1, 5, 9)]
    upload(ui, write_csv(tmp_path / "slashes.csv", rows))
    eventually(lambda: heading(ui) == "slashes", "the dataset is shown")
    see(ui, "Is this how the file is meant?")
    assert_accessible(ui)
    find(ui, "#datasets-day-first").click()
    click(ui, "3 April")
    click(ui, "Import again")
    see(ui, "from 2025-01-01 to 2025-03-09")
    assert "Is this how the file is meant?" not in body_text(ui)


def test_file_that_cannot_be_read_says_where_and_why(ui: Browser, tmp_path: Path) -> None:
    path = tmp_path / "picture.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\x00" * 40)
    upload(ui, path)
    alert = find(ui, ".la-state-failed")
    assert len(alert.text) > 20
    assert_accessible(ui)
    click(ui, "Choose another file")
    see(ui, "Drop a file here")


def test_empty_file_is_refused_before_anything_is_sent(ui: Browser, tmp_path: Path) -> None:
    path = tmp_path / "nothing.csv"
    path.touch()
    upload(ui, path)
    see(ui, "nothing.csv is empty")


def test_large_file_arrives_in_chunks_with_progress(ui: Browser, tmp_path: Path) -> None:
    remark = "a remark that makes the file large " * 30
    rows = [
        f"2025-01-01T{row // 3600:02d}:{row // 60 % 60:02d}:{row % 60:02d}Z,{row % 97},{remark}"
        for row in range(18_000)
    ]
    path = write_csv(tmp_path / "large.csv", rows, header="time,value,remark")
    chunks = -(-path.stat().st_size // CHUNK_BYTES)
    assert chunks > 2
    open_page(ui, "/datasets")
    ui.driver.execute_script("""
        const send = window.fetch; window.sent = []; window.progress = new Set();
        window.fetch = (url, options) => {
            if (options?.method === 'PUT') {
                window.sent.push(options.body.size);
                window.progress.add(document.querySelector('.la-drop-bar').value);
            }
            return send(url, options);
        };""")
    ui.driver.find_element(By.CSS_SELECTOR, ".la-drop-input").send_keys(str(path))
    eventually(lambda: heading(ui) == "large", "the dataset is shown", 120)
    sent = ui.driver.execute_script("return window.sent")
    assert len(sent) == chunks
    assert max(sent) <= CHUNK_BYTES
    assert sum(sent) == path.stat().st_size
    assert len(ui.driver.execute_script("return [...window.progress]")) == chunks
    see(ui, "18\u202f000 rows")


def test_upload_goes_on_after_chunks_were_lost(ui: Browser, tmp_path: Path) -> None:
    path = tmp_path / "patient.csv"
    path.write_text("day,units\n" + "\n".join(daily(28)), encoding="utf-8")
    open_page(ui, "/datasets")
    ui.driver.execute_script("""
        const send = window.fetch; let lost = 0;
        window.fetch = (url, options) => options?.method === 'PUT' && lost++ < 2
            ? Promise.reject(new TypeError('the line broke')) : send(url, options);
        window.lost = () => lost;""")
    ui.driver.find_element(By.CSS_SELECTOR, ".la-drop-input").send_keys(str(path))
    eventually(lambda: heading(ui) == "patient", "the dataset is shown")
    assert ui.driver.execute_script("return window.lost()") == 3


def test_upload_can_be_cancelled(ui: Browser, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "endless.csv", daily(28))
    open_page(ui, "/datasets")
    ui.driver.execute_script("""
        const send = window.fetch;
        window.fetch = (url, options) => options?.method === 'PUT'
            ? new Promise((_, fail) => options.signal.addEventListener('abort', () => fail(options.signal.reason)))
            : send(url, options);""")
    ui.driver.find_element(By.CSS_SELECTOR, ".la-drop-input").send_keys(str(path))
    see(ui, "endless.csv")
    click(ui, "Cancel")
    see(ui, "Drop a file here")
    assert "endless.csv" not in body_text(ui)


def test_dataset_is_deleted_only_after_asking(ui: Browser, tmp_path: Path) -> None:
    upload(ui, write_csv(tmp_path / "short lived.csv", daily(10)))
    eventually(lambda: heading(ui) == "short lived", "the dataset is shown")
    address = ui.driver.current_url
    click(ui, "Delete short lived")
    see(ui, "Delete this dataset?")
    assert_accessible(ui)
    click(ui, "Keep it")
    eventually(lambda: "Delete this dataset?" not in body_text(ui), "the question is gone")
    click(ui, "Delete short lived")
    click(ui, "Delete")
    see(ui, "Drop a file here")
    ui.driver.get(address)
    see(ui, "There is no such dataset")
    assert console_errors(ui) == []


def test_dropping_a_file_uploads_it(ui: Browser) -> None:
    open_page(ui, "/datasets")
    text = "day,units\\n" + "\\n".join(daily(14))
    ui.driver.execute_script(f"""
        const data = new DataTransfer();
        data.items.add(new File(["{text}"], "dropped.csv", {{type: "text/csv"}}));
        const zone = document.querySelector(".la-drop");
        zone.dispatchEvent(new DragEvent("drop", {{dataTransfer: data, bubbles: true, cancelable: true}}));""")
    eventually(lambda: heading(ui) == "dropped", "the dataset is shown")


def test_datasets_fit_a_phone_also_with_a_long_name(ui: Browser, tmp_path: Path) -> None:
    use_phone(ui)
    name = "a_name_without_any_space_that_is_much_longer_than_a_phone_is_wide_2025"
    upload(ui, write_csv(tmp_path / f"{name}.csv", daily(10), header=f"day,{name}"))
    eventually(lambda: heading(ui) == name, "the dataset is shown")
    assert_fits(ui)
    open_page(ui, "/datasets")
    assert_fits(ui)
