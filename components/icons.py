"""Icons, served from `assets/icons` and coloured like the text around them."""

from pathlib import Path
from typing import Final

from dash import html

from components.attributes import aria

FOLDER: Final = Path(__file__).resolve().parent.parent / "assets" / "icons"
NAMES: Final = frozenset(path.stem for path in FOLDER.glob("*.svg"))


def icon(name: str, size: int = 20, label: str | None = None) -> html.Span:
    """Return the icon; silent to screen readers unless it has a `label`.

    The SVG is a CSS mask (`assets/icons.css`), so that one file serves every colour and both schemes.
    """
    if name not in NAMES:
        raise ValueError(f"no icon named {name!r}; there are {', '.join(sorted(NAMES))}")
    return html.Span(
        className=f"la-icon la-icon-{name}",
        style={"width": size, "height": size},
        role="img" if label else None,
        **(aria(label=label) if label else aria(hidden="true")),
    )
