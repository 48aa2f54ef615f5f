"""The application's own scripts and styles, each kind in one file: a page asks for two files instead of eighty.

Their names hold a digest of what is in them, so browsers may keep them for good.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

FOLDER: Final = Path(__file__).resolve().parent.parent / "assets"
ADDRESS: Final = "/assets"
FIRST: Final = "scheme.js"
"""Runs before anything is painted, and is asked for by itself."""
_ICON: Final = re.compile(r'url\("(icons/[^"]+\.svg)"\)')
_FILE: Final = re.compile(r'url\("(?!data:|/)([^"]+)"\)')


@dataclass(frozen=True)
class Bundle:
    """A file made of files."""

    path: str
    mimetype: str
    body: bytes


def script(folder: Path = FOLDER) -> Bundle:
    """Return all scripts of the folder in the order of their names, but the one that runs first."""
    files = sorted(file for file in folder.glob("*.js") if file.name != FIRST)
    return _named("js", "text/javascript", ";\n".join(file.read_text(encoding="utf-8") for file in files))


def style(folder: Path = FOLDER) -> Bundle:
    """Return all styles of the folder in the order of their names, icons within; fonts stay where they are."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.css")))
    text = _ICON.sub(lambda found: f'url("{_as_data((folder / found[1]).read_text(encoding="utf-8"))}")', text)
    return _named("css", "text/css", _FILE.sub(rf'url("{ADDRESS}/\1")', text))


def _as_data(svg: str) -> str:
    return "data:image/svg+xml," + quote(" ".join(svg.split()), safe=" /:=!*,;()'")


def _named(ending: str, mimetype: str, text: str) -> Bundle:
    body = text.encode()
    digest = hashlib.sha256(body).hexdigest()[:16]
    return Bundle(f"{ADDRESS}/lookahead-{digest}.{ending}", mimetype, body)
