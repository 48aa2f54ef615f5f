"""Icons: every drawing has its rule, every rule its drawing, and screen readers hear only what is labelled."""

import re

import pytest

from components.icons import FOLDER, NAMES, icon

RULES = (FOLDER.parent / "icons.css").read_text(encoding="utf-8")


def test_every_drawing_has_a_rule_and_every_rule_a_drawing() -> None:
    rules = re.findall(r'\.la-icon-([a-z-]+) \{ mask-image: url\("icons/([a-z-]+)\.svg"\); \}', RULES)
    assert all(name == file for name, file in rules)
    assert {name for name, _ in rules} == NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_drawing_is_a_plain_picture(name: str) -> None:
    drawing = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert drawing.startswith("<svg ")
    assert not re.search(r"<script|href|onload|<image|<foreignObject", drawing)


def test_icon_is_silent_without_a_label_and_spoken_with_one() -> None:
    silent = icon("home").to_plotly_json()["props"]
    assert silent["aria-hidden"] == "true"
    spoken = icon("home", label="Home").to_plotly_json()["props"]
    assert (spoken["role"], spoken["aria-label"]) == ("img", "Home")


def test_unknown_icon_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no icon named 'unicorn'"):
        icon("unicorn")
