"""Words of the field that tell what they mean."""

import dash_mantine_components as dmc
from dash import html

from components.attributes import aria


def defined(word: str, meaning: str) -> dmc.Tooltip:
    """Return a word that tells its definition on hover and on focus."""
    return dmc.Tooltip(
        html.Span(word, tabIndex=0, className="la-defined", **aria(label=f"{word}: {meaning}"), role="note"),
        label=meaning,
        multiline=True,
        maw=280,
        events={"hover": True, "focus": True, "touch": True},
    )
