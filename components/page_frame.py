"""The frame of every job page: a request panel beside the results. On a phone the panel stacks above and folds.

What stands in the panel and in the results belongs to the page.
"""

from typing import Any

import dash_mantine_components as dmc
from dash import html

from components.attributes import aria, data
from components.icons import icon


def page_frame(title: str, subtitle: str, panel: Any, results: Any, *, page_id: str, tabs: Any = None) -> html.Div:
    """Return the page: heading, `tabs`, `panel` (340 px, can be folded away), `results` filling the rest.

    `page_id` is the page's name in ids and classes, such as `forecast`. The panel is a native `<details>`: it folds
    by mouse and keyboard without a callback, `assets/shell.js` keeps what the reader chose.
    """
    return html.Div(
        [
            page_heading(title, subtitle),
            tabs,
            html.Div(
                [
                    html.Details(
                        [
                            html.Summary(
                                [icon("sliders", 18), html.Span("Request"), icon("chevron-down", 18)],
                                className="la-panel-summary",
                            ),
                            html.Div(panel, className="la-panel-body"),
                        ],
                        open=True,
                        className="la-panel",
                        **data(panel=page_id),
                    ),
                    html.Section(results, className="la-results", **aria(label=f"{title}: results")),
                ],
                className="la-frame",
            ),
        ],
        className=f"la-page la-page-{page_id}",
    )


def page_heading(title: str, subtitle: str, actions: Any = None) -> dmc.Group:
    """Return the head of a page: its one `h1`, a sentence, and actions at the right."""
    return dmc.Group(
        [
            html.Div(
                [dmc.Title(title, order=1), dmc.Text(subtitle, className="la-muted", maw=680)],
                className="la-heading-text",
            ),
            dmc.Group(actions or [], gap="xs"),
        ],
        justify="space-between",
        align="flex-end",
        className="la-heading",
    )
