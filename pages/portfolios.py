"""The page of saved portfolios: the list of them, several side by side, and what can be asked of each."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, callback, ctx, dcc, html, no_update
from dash.development.base_component import Component

from components.attributes import aria
from components.cards import card, graph
from components.figures.portfolio_comparison import HEIGHT, risk_return_chart
from components.icons import icon
from components.links import link_button
from components.numbers import money
from components.page_frame import page_heading
from components.page_tabs import page_tabs
from components.portfolio_comparison import Compared, figures_table, unknown_sentence, weights_table
from components.status import age, empty_state
from components.tables import Cell, Column, table
from pages._portfolio_entry import entry_card, register_entry
from pages._portfolio_links import PORTFOLIO_TABS, rebalance_link, risk_link
from pages._workspace import workspace
from services.saved_portfolios import SavedPortfolio

dash.register_page(
    __name__,
    path="/portfolios",
    name="Saved portfolios",
    order=19,
    icon="portfolios",
    shortcut="v",
    title="Saved portfolios | Lookahead",
)

SHOWN_FIRST = 4  # of the newest, side by side before anybody chooses
MOST = 8  # side by side: as many columns fit beside the names
DELETE = "portfolios-delete"


class PortfoliosId(StrEnum):
    """Components of the page."""

    ROOT = "portfolios-root"
    CHOSEN = "portfolios-chosen"
    COMPARED = "portfolios-compared"
    ASKED = "portfolios-asked"
    DIALOG = "portfolios-dialog"
    DIALOG_TEXT = "portfolios-dialog-text"
    KEEP = "portfolios-keep"
    SURE = "portfolios-sure"


def layout(**_query: str) -> Component:
    """Return the page."""
    return html.Div(_body(), id=PortfoliosId.ROOT, className="la-page la-stack")


@callback(
    output={"compared": Output(PortfoliosId.COMPARED, "children")},
    inputs={"chosen": Input(PortfoliosId.CHOSEN, "value")},
    prevent_initial_call=True,
)
def compare(chosen: list[str] | None) -> dict[str, Any]:
    """Draw the chosen portfolios side by side."""
    return {"compared": _comparison(workspace().portfolios.page(), chosen or [])}


@callback(
    output={
        "is_open": Output(PortfoliosId.DIALOG, "opened"),
        "asked": Output(PortfoliosId.ASKED, "data"),
        "text": Output(PortfoliosId.DIALOG_TEXT, "children"),
    },
    inputs={
        "deletes": Input({"type": DELETE, "portfolio": ALL}, "n_clicks"),
        "keep": Input(PortfoliosId.KEEP, "n_clicks"),
    },
    prevent_initial_call=True,
)
def ask_to_delete(deletes: list[int | None], keep: int | None) -> dict[str, Any]:
    """Open or close the question whether to delete."""
    asked = ctx.triggered_id["portfolio"] if isinstance(ctx.triggered_id, dict) and any(deletes) else None
    kept = workspace().portfolios.get(asked) if asked else None
    if kept is None:
        return {"is_open": False, "asked": None, "text": no_update}
    return {"is_open": True, "asked": kept.id, "text": f"{kept.name} is deleted from this machine, for everybody."}


@callback(
    output={"body": Output(PortfoliosId.ROOT, "children")},
    inputs={"clicks": Input(PortfoliosId.SURE, "n_clicks")},
    state={"asked": State(PortfoliosId.ASKED, "data")},
    prevent_initial_call=True,
)
def delete(clicks: int | None, asked: str | None) -> dict[str, Any]:
    """Delete the portfolio that was asked about, and draw the page without it."""
    if not clicks or not asked:
        return {"body": no_update}
    workspace().portfolios.delete(asked)
    return {"body": _body()}


register_entry(PortfoliosId.ROOT, lambda: _body())


def _body() -> list[Component]:
    known = workspace().portfolios.page()
    heading = page_heading(
        "Saved portfolios", "Keep portfolios under a name, see them side by side, and go on from them."
    )
    tabs = page_tabs(*PORTFOLIO_TABS, current="/portfolios")
    if not known:
        return [heading, tabs, _none_yet(), entry_card(is_open=True)]
    shown = [each.id for each in known[:SHOWN_FIRST]]
    picker = dmc.MultiSelect(
        id=PortfoliosId.CHOSEN,
        label="Side by side",
        data=[{"value": each.id, "label": each.name} for each in known],
        value=shown,
        maxValues=MOST,
        searchable=True,
        clearable=True,
        maw=680,
    )
    compared = html.Div(_comparison(known, shown), id=PortfoliosId.COMPARED, className="la-stack")
    kept = card("Kept here", _list(known))
    entry = entry_card(is_open=False)
    return [heading, tabs, kept, entry, picker, compared, _dialog(), dcc.Store(id=PortfoliosId.ASKED)]


def _none_yet() -> html.Div:
    return empty_state(
        "No portfolio is saved yet",
        "Find one on the page Portfolio and press “Save this portfolio” below its chart, or add one you hold.",
        [link_button("Find a portfolio", "/portfolio", icon_name="portfolio", is_primary=True)],
        icon_name="portfolios",
    )


def _list(known: Sequence[SavedPortfolio]) -> html.Div:
    columns = [
        Column("Name"),
        Column("Saved"),
        Column("Assets", is_number=True),
        Column("Value", is_number=True),
        Column("What next", is_silent=True),
    ]
    now = datetime.now(UTC)
    jobs = workspace().jobs.states([each.job_id for each in known if each.job_id])
    rows: list[list[Cell]] = [
        [
            _name(each, jobs),
            html.Span(age(each.created_at, now), className="la-one-line"),
            len(each.positions),
            money(each.value),
            _ways_on(each),
        ]
        for each in known
    ]
    return table("The newest first", columns, rows, can_copy=False)


def _name(kept: SavedPortfolio, jobs: Collection[str]) -> Cell:
    """Return the name, which leads to the result it was saved from while that is among the `jobs` that are kept."""
    if kept.job_id not in jobs:
        return kept.name
    return dcc.Link(kept.name, href=f"/portfolio?job={kept.job_id}", className="la-link")


def _ways_on(kept: SavedPortfolio) -> Component:
    trades = rebalance_link({}, kept.weights, value=kept.value)
    risk = risk_link(kept.assets.model_dump(mode="json"), kept.weights, value=kept.value) if kept.assets else None
    delete_button = html.Button(
        icon("trash", 16),
        type="button",
        id={"type": DELETE, "portfolio": kept.id},
        className="la-tool la-tool-small",
        **aria(label=f"Delete {kept.name}"),
    )
    parts = [
        _link("Rebalance", trades, f"Rebalance {kept.name}") if trades else None,
        _link("Risk", risk, f"Risk of {kept.name}") if risk else None,
        delete_button,
    ]
    return html.Div(parts, className="la-links la-links-right")


def _link(label: str, href: str, spoken: str) -> dcc.Link:
    return dcc.Link(label, href=href, className="la-tool la-tool-small", title=spoken)


def _comparison(known: Sequence[SavedPortfolio], chosen: Sequence[str]) -> list[Component | None]:
    by_id = {each.id: each for each in known}
    portfolios = [_compared(by_id[each]) for each in chosen if each in by_id]
    if not portfolios:
        return [dmc.Text("Choose portfolios above to see them side by side.", className="la-muted")]
    chart = risk_return_chart(portfolios)
    unknown = unknown_sentence(portfolios)
    return [
        card(
            "What do they earn and risk?",
            graph("portfolios", "risk-return", chart, HEIGHT, "Return against risk") if chart else None,
            dmc.Text(unknown, size="sm", my="sm") if unknown else None,
            html.Div(figures_table(portfolios), className="la-below"),
        ),
        card("What do they hold?", weights_table(portfolios)),
    ]


def _compared(kept: SavedPortfolio) -> Compared:
    figures = kept.figures.model_dump() if kept.figures else {}
    return Compared(kept.name, kept.weights, kept.value, kept.cash, **figures)


def _dialog() -> dmc.Modal:
    buttons = [
        dmc.Button("Keep it", id=PortfoliosId.KEEP, variant="default"),
        dmc.Button("Delete", id=PortfoliosId.SURE, color="red.9"),
    ]
    return dmc.Modal(
        [dmc.Text(id=PortfoliosId.DIALOG_TEXT), dmc.Group(buttons, justify="flex-end", mt="md")],
        id=PortfoliosId.DIALOG,
        title=html.H2("Delete this portfolio?", className="la-drawer-title"),
        centered=True,
        closeButtonProps=aria(label="Close without deleting"),
    )
