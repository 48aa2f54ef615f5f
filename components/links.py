"""Links that look like buttons: for what leads somewhere, where a button is for what does something."""

from dash import dcc, html

from components.icons import icon


def link_button(label: str, href: str, *, icon_name: str | None = None, is_primary: bool = False) -> dcc.Link:
    """Return a link to a page of the application, drawn as a button."""
    return dcc.Link(
        [icon(icon_name, 18) if icon_name else None, html.Span(label)],
        href=href,
        className=f"la-button {'la-button-primary' if is_primary else 'la-button-plain'}",
    )


def download_button(label: str, href: str, file_name: str) -> html.A:
    """Return a link that downloads from the application."""
    return html.A(
        [icon("download", 18), html.Span(label)],
        href=href,
        download=file_name,
        className="la-button la-button-plain",
    )
