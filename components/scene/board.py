"""Where the browser builds its drawing board: an empty box, which `assets/scene_page.js` fills."""

from dash import html

from components.attributes import aria, data


def board(page: str) -> html.Section:
    """Return the box of the board of a page; its content never comes from here, so that Dash never draws over it."""
    return html.Section(className="la-scene", **data(scene=page), **aria(label="Scene"))
