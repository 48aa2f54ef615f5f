"""The application's own scripts and styles in one file each."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from components.bundle import FOLDER, script, style


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "icons").mkdir()
    (tmp_path / "icons" / "dot.svg").write_text('<svg xmlns="x">\n  <path d="M1 1#"/></svg>')
    (tmp_path / "b.css").write_text('.b { mask-image: url("icons/dot.svg"); }')
    (tmp_path / "a.css").write_text('@font-face { src: url("fonts/a.woff2"); }')
    (tmp_path / "b.js").write_text("second() // ends in a comment")
    (tmp_path / "a.js").write_text("first()")
    (tmp_path / "scheme.js").write_text("before_all()")
    return tmp_path


def test_scripts_follow_each_other_by_name_without_the_one_that_runs_first(folder: Path) -> None:
    assert script(folder).body == b"first();\nsecond() // ends in a comment"


def test_styles_hold_their_icons_and_find_their_fonts(folder: Path) -> None:
    text = style(folder).body.decode()
    assert text.index("/assets/fonts/a.woff2") < text.index(".b {")
    icon = re.search(r'url\("data:image/svg\+xml,([^"]+)"\)', text)
    assert icon is not None
    assert "#" not in icon[1]  # what follows one would be no part of the picture
    assert unquote(icon[1]) == '<svg xmlns="x"> <path d="M1 1#"/></svg>'


def test_another_content_has_another_name(folder: Path) -> None:
    before = script(folder).path
    assert script(folder).path == before
    (folder / "a.js").write_text("changed()")
    assert script(folder).path != before


def test_what_is_shipped_has_every_icon_within_and_every_font_in_its_place() -> None:
    text = style().body.decode()
    assert 'url("icons/' not in text
    fonts = re.findall(r'url\("/assets/(fonts/[^"]+)"\)', text)
    assert fonts
    assert all((FOLDER / font).is_file() for font in fonts)
