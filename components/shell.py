"""The shell around every page: header, navigation, jobs drawer, help, notifications. Pages fill `page_container`.

What the shell does is in `assets/shell.js` (in the browser) and `pages/_shell.py` (on the server).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import dash
import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from components.alerts import alerts_button
from components.attributes import aria, data
from components.icons import icon
from components.ids import ShellId
from components.jobs_drawer import jobs_button, jobs_drawer
from components.theme import HEADER_HEIGHT, NAVBAR_WIDTH, PHONE, TEMPLATES, THEME

# scheme.js runs before anything is painted, so that a dark page never flashes light; as a file, because the
# Content-Security-Policy forbids inline scripts.
INDEX_HTML: Final = """<!DOCTYPE html>
<html lang="en">
  <head>
    {%metas%}
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>{%title%}</title>
    <link rel="icon" type="image/svg+xml" href="/assets/favicon.svg">
    <link rel="preload" as="font" type="font/woff2" crossorigin href="/assets/fonts/geist-latin-wght-normal.woff2">
    <script src="/assets/scheme.js"></script>
    {%css%}
  </head>
  <body>
    <noscript>Lookahead draws its pages in the browser and needs JavaScript for that.
      Without it there is the REST interface under /api/docs.</noscript>
    {%app_entry%}
    <footer>
      {%config%}
      {%scripts%}
      {%renderer%}
    </footer>
  </body>
</html>
"""

SHORTCUTS: Final = (
    (("?",), "Show this list"),
    (("j",), "Open the jobs"),
    (("s",), "Switch between light and dark"),
    (("Enter",), "Run, while in a request"),
    (("Esc",), "Close what is open, cancel what runs"),
)
DEFAULT_ICON: Final = "chart"


def layout() -> dmc.MantineProvider:
    """Return the shell with the pages that are registered now."""
    pages = navigable(dash.page_registry.values())
    return dmc.MantineProvider(
        [
            html.A("Skip to content", href=f"#{ShellId.MAIN}", className="la-skip"),
            html.Div(hidden=True, className="la-templates", **data(templates=_templates_json())),
            dcc.Location(id=ShellId.URL, refresh=False),
            dmc.NotificationContainer(id=ShellId.NOTIFICATIONS, position="bottom-right"),
            dmc.AppShell(
                [
                    dmc.AppShellHeader(_header()),
                    dmc.AppShellNavbar(_navigation(pages, _led_to(dash.page_registry.values())), **aria(label="Pages")),
                    dmc.AppShellMain(html.Div(dash.page_container, className="la-sheet"), id=ShellId.MAIN, tabIndex=-1),
                ],
                id=ShellId.FRAME,
                header={"height": HEADER_HEIGHT},
                navbar=navbar(is_open=False),
                padding=0,
                withBorder=False,
                transitionDuration=0,
            ),
            jobs_drawer(),
            _help(pages),
        ],
        theme=THEME,
        defaultColorScheme="auto",
    )


def navbar(*, is_open: bool) -> dict[str, Any]:
    """Return the navigation's width and whether it covers the page on a phone."""
    return {"width": NAVBAR_WIDTH, "breakpoint": PHONE, "collapsed": {"mobile": not is_open}}


def navigable(pages: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the pages that stand in the navigation, in their order.

    A page takes part unless it registers `is_hidden=True` or has no fixed path; `icon=` names its icon and
    `shortcut=` the letter that opens it after `g`. A hidden page says with `under=` whose entry is marked for it.
    """
    shown = (page for page in pages if not page.get("is_hidden") and "not_found_404" not in page["module"])
    return sorted(shown, key=lambda page: (page.get("order") is None, page.get("order") or 0, page["name"]))


def _header() -> html.Div:
    return html.Div(
        [
            dmc.Burger(id=ShellId.BURGER, opened=False, size="sm", hiddenFrom=PHONE, **aria(label="Pages")),
            dcc.Link(
                [
                    html.Img(src="/assets/favicon.svg", alt="", width=28, height=28),
                    html.Span("Lookahead", className="la-brand-name"),
                ],
                href="/",
                className="la-brand",
                title="Lookahead: home",
            ),
            html.Div(
                [
                    alerts_button(),
                    jobs_button(),
                    dmc.ColorSchemeToggle(
                        id=ShellId.SCHEME_BUTTON,
                        lightIcon=icon("sun"),
                        darkIcon=icon("moon"),
                        variant="subtle",
                        color="gray",
                        size="lg",
                        **aria(label="Switch between light and dark"),
                    ),
                    dmc.ActionIcon(
                        icon("help"),
                        id=ShellId.HELP_BUTTON,
                        variant="subtle",
                        color="gray",
                        size="lg",
                        **aria(label="Keyboard shortcuts"),
                    ),
                ],
                className="la-header-tools",
            ),
        ],
        className="la-header",
    )


def _led_to(pages: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return the paths of the hidden pages under each path."""
    led: dict[str, list[str]] = {}
    for page in pages:
        if "under" in page:
            led.setdefault(page["under"], []).append(page["relative_path"])
    return led


def _navigation(pages: Iterable[Mapping[str, Any]], led_to: Mapping[str, Sequence[str]]) -> html.Div:
    links = [
        dmc.NavLink(
            label=page["name"],
            href=page["relative_path"],
            leftSection=icon(page.get("icon", DEFAULT_ICON)),
            active="exact",
            className="la-nav-link",
            **data(shortcut=page.get("shortcut", ""), leads=" ".join(led_to.get(page["path"], ()))),
        )
        for page in pages
    ]
    reference = html.A(
        [icon("code", 16), html.Span("REST interface")], href="/api/docs", className="la-nav-foot", target="_blank"
    )
    return html.Div([html.Div(links, className="la-nav-links"), reference], className="la-nav")


def _help(pages: Iterable[Mapping[str, Any]]) -> dmc.Modal:
    going = [(("g", page["shortcut"]), f"Go to {page['name']}") for page in pages if page.get("shortcut")]
    rows = [
        html.Div(
            [html.Dt(_keys(keys)), html.Dd(meaning)],
            className="la-shortcut",
        )
        for keys, meaning in (*SHORTCUTS, *going)
    ]
    return dmc.Modal(
        html.Dl(rows, className="la-shortcuts"),
        id=ShellId.HELP,
        title=html.H2("Keyboard shortcuts", className="la-drawer-title"),
        centered=True,
        closeButtonProps=aria(label="Close keyboard shortcuts"),
    )


def _keys(keys: Iterable[str]) -> list[Component]:
    return [dmc.Kbd(key) for key in keys]


def _templates_json() -> str:
    return json.dumps({scheme: template.to_plotly_json() for scheme, template in TEMPLATES.items()})
