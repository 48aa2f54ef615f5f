"""The shell: what stands in the page before anything else, and navigation drawn from the registry."""

import json
import re
from typing import Any

import pytest
from dash.development.base_component import Component

from components.ids import ShellId, cancel_id, notice
from components.shell import INDEX_HTML, SHORTCUTS, layout, navbar, navigable
from components.theme import TEMPLATES


def page(name: str, **facts: Any) -> dict[str, Any]:
    """Return a page as the registry holds it."""
    path = f"/{name.lower()}"
    return {"module": f"pages.{name.lower()}", "name": name, "relative_path": path, "order": None, **facts}


def test_pages_stand_in_their_order_and_hidden_ones_do_not_stand() -> None:
    pages = [
        page("Zeta"),
        page("Second", order=2),
        page("Secret", order=1, is_hidden=True),
        page("First", order=1),
        page("Alpha"),
        page("Lost", module="pages.not_found_404"),
    ]
    assert [each["name"] for each in navigable(pages)] == ["First", "Second", "Alpha", "Zeta"]


def test_page_of_order_zero_comes_first() -> None:
    assert [each["name"] for each in navigable([page("Next", order=1), page("Home", order=0)])] == ["Home", "Next"]


def test_every_part_that_pages_and_callbacks_name_is_in_the_layout_once() -> None:
    found = [each.id for each in _all(layout()) if isinstance(getattr(each, "id", None), str)]
    for wanted in ShellId:
        assert found.count(wanted) == 1, wanted


def test_templates_travel_with_the_layout_as_they_are() -> None:
    carriers = [each for each in _all(layout()) if getattr(each, "className", "") == "la-templates"]
    carried = json.loads(carriers[0].to_plotly_json()["props"]["data-templates"])
    plain = {scheme: template.to_plotly_json() for scheme, template in TEMPLATES.items()}
    assert carried == json.loads(json.dumps(plain))


def test_document_names_its_language_and_holds_no_inline_script() -> None:
    assert '<html lang="en">' in INDEX_HTML
    assert re.findall(r"<script(?![^>]*\bsrc=)", INDEX_HTML) == []
    assert not re.search(r"https?://|\bon[a-z]+=", INDEX_HTML)


def test_navigation_covers_a_phone_only_when_opened() -> None:
    assert navbar(is_open=False)["collapsed"] == {"mobile": True}
    assert navbar(is_open=True)["collapsed"] == {"mobile": False}


def test_no_shortcut_has_two_meanings() -> None:
    keys = [keys for keys, _ in SHORTCUTS]
    assert len(set(keys)) == len(keys)
    assert ("g",) not in keys  # begins the shortcuts of pages


@pytest.mark.parametrize("stays", [True, False])
def test_notice_that_stays_does_not_close_by_itself(stays: bool) -> None:
    made = notice("Saved", "all of it", colour="green", stays=stays)
    assert (made.get("autoClose") is False) == stays
    assert made["action"] == "show"


def test_cancel_buttons_of_two_jobs_differ() -> None:
    assert cancel_id("a") != cancel_id("b")


def _all(root: Component) -> list[Any]:
    return [root, *root._traverse()]
