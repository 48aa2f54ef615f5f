"""Ways out of a page: downloads drawn in the browser, links to files, text for the clipboard.

`assets/export.js` does what the attributes say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import html

from components.attributes import aria, data
from components.icons import icon


@dataclass(frozen=True)
class ExportFile:
    """One form in which a result can be saved."""

    ending: str
    label: str
    href: str


def export_menu(
    graph_id: str, file_name: str, files: Sequence[ExportFile], *, has_report: bool = False
) -> html.Details:
    """Return the menu that saves the graph as an image, the result as a file, and, where wanted, all that is shown of
    it as a page to keep and print."""
    kinds = [("png", "Chart as PNG"), ("svg", "Chart as SVG"), *([("report", "Report (HTML)")] if has_report else [])]
    images = [
        html.Button(
            label, type="button", className="la-export-link", **data(export=kind, graph=graph_id, file=file_name)
        )
        for kind, label in kinds
    ]
    links = [
        html.A(
            each.label,
            href=each.href,
            download=f"{file_name}.{each.ending}",
            className="la-export-link",
            **data(export=each.ending),
        )
        for each in files
    ]
    return pop_up("Export", "download", [*images, *links])


def pop_up(label: str, icon_name: str, content: Any, *, is_wide: bool = False) -> html.Details:
    """Return a button that unfolds `content` above the page; a click elsewhere or Esc folds it."""
    return html.Details(
        [
            html.Summary([icon(icon_name, 16), html.Span(label)], className="la-tool"),
            html.Div(content, className="la-pop-body la-pop-wide" if is_wide else "la-pop-body"),
        ],
        className="la-pop",
    )


def copy_button(text: str, label: str = "Copy", icon_name: str = "copy", *, is_path: bool = False) -> html.Button:
    """Return a button that puts `text` on the clipboard; a path is completed with the page's origin."""
    return html.Button(
        [icon(icon_name, 16), html.Span(label)],
        type="button",
        className="la-tool",
        **data(**{"copy_path" if is_path else "copy": text}),
    )


def code_block(text: str, label: str) -> html.Div:
    """Return a command with a button that copies it."""
    return html.Div(
        [
            html.Pre(html.Code(text), className="la-code", tabIndex=0, **aria(label=label)),
            copy_button(text),
        ],
        className="la-code-block",
    )


def tool_button(label: str, icon_name: str, **properties: Any) -> html.Button:
    """Return a button of the result bar."""
    return html.Button([icon(icon_name, 16), html.Span(label)], type="button", className="la-tool", **properties)
