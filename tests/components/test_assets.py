"""What is served to the browser: complete, and never asking another machine for anything."""

import re
from pathlib import Path

import pytest

ASSETS = Path(__file__).resolve().parents[2] / "assets"
SOURCES = sorted(path for pattern in ("*.css", "*.js", "*.svg") for path in ASSETS.rglob(pattern))
NAMESPACES = ("http://www.w3.org/2000/svg",)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ASSETS).as_posix())
def test_no_asset_names_another_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for namespace in NAMESPACES:
        text = text.replace(namespace, "")
    assert not re.search(r"https?://|@import|url\([\"']?//", text)


@pytest.mark.parametrize("path", sorted(ASSETS.glob("*.css")), ids=lambda path: path.name)
def test_every_file_a_style_sheet_names_is_there(path: Path) -> None:
    for name in re.findall(r"url\(\"([^\")]+)\"\)", path.read_text(encoding="utf-8")):
        assert (ASSETS / name).is_file(), name


@pytest.mark.parametrize("path", sorted(ASSETS.glob("*.js")), ids=lambda path: path.name)
def test_scripts_need_no_exception_from_the_content_policy(path: Path) -> None:
    assert not re.search(r"\beval\(|new Function\(|\.innerHTML\b|document\.write", path.read_text(encoding="utf-8"))


def test_every_font_has_its_licence() -> None:
    for font in (ASSETS / "fonts").glob("*.woff2"):
        licence = "Bricolage-Grotesque" if font.name.startswith("bricolage") else "Geist"
        assert "SIL Open Font License" in (ASSETS / "fonts" / f"LICENSE-{licence}.txt").read_text(encoding="utf-8")
