"""Keeping a portfolio that somebody holds: what is typed or pasted, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, State, callback, html, no_update

from components.form.problems import NEEDED
from components.form.tables import parse_table
from components.icons import icon
from compute.schema import FieldProblem, RequestError
from pages._workspace import workspace
from services.saved_portfolios import parse_portfolio

PLACEHOLDER = "AAPL, 0.6\nMSFT, 0.4"
FIELDS = ("name", "positions", "value", "cash")
ABOUT = "A line per asset: its name and weight, or its name, how many units, and the price of one."


def entry_card(*, is_open: bool) -> html.Details:
    """Return the fields of a portfolio that is held, folded away unless there is nothing else to see."""
    fields = [
        dmc.TextInput(id=_part("name"), label="Name", w="100%"),
        dmc.Textarea(
            id=_part("positions"),
            label="Positions",
            description=ABOUT,
            placeholder=PLACEHOLDER,
            autosize=True,
            minRows=3,
            maxRows=12,
        ),
        dmc.SimpleGrid(
            [
                dmc.NumberInput(
                    id=_part("value"),
                    label="Value",
                    description="In money; with units it is their sum.",
                    hideControls=True,
                ),
                dmc.NumberInput(
                    id=_part("cash"), label="Cash", description="In money, within the value.", hideControls=True
                ),
            ],
            cols={"base": 1, "sm": 2},
        ),
        dmc.Button("Keep it", id=_part("keep"), w="fit-content"),
    ]
    summary = html.Summary([html.Span("Add one you hold"), icon("chevron-down", 16)], className="la-fold-summary")
    return html.Details(
        [summary, dmc.Stack(fields, gap="sm", mt="md", maw=560, className="la-pop-form")],
        open=is_open,
        className="la-card la-fold",
    )


def register_entry(root: str, draw: Any) -> None:
    """Register what the button does: keep the portfolio and `draw` the page, in `root`, with it."""

    @callback(
        output={
            "body": Output(root, "children", allow_duplicate=True),
            "errors": {name: Output(_part(name), "error") for name in FIELDS},
        },
        inputs={"clicks": Input(_part("keep"), "n_clicks"), "enter": Input(_part("name"), "n_submit")},
        state={"given": {name: State(_part(name), "value") for name in FIELDS}},
        prevent_initial_call=True,
    )
    def keep(clicks: int | None, enter: int | None, given: dict[str, Any]) -> dict[str, Any]:
        """Keep what is given; say at its field what is wrong."""
        nothing: dict[str, Any] = dict.fromkeys(FIELDS, None)
        if not (clicks or enter):
            return {"body": no_update, "errors": dict.fromkeys(FIELDS, no_update)}
        try:
            workspace().portfolios.add(parse_portfolio(portfolio_data(given)))
        except RequestError as error:
            return {"body": no_update, "errors": nothing | problems_by_field(error)}
        return {"body": draw(), "errors": nothing}


def portfolio_data(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the fields mean, as JSON; what cannot be read stays, for the schema to refuse."""
    refuse_empty(given, ("name", "positions"))
    table = parse_table("pair", given["positions"] or "")
    positions: Any = []
    if isinstance(table, dict):
        positions = [_position(name, numbers) for name, numbers in table.items()]
    elif table is not None:
        raise RequestError.at("positions", msg="these lines cannot be read; give a name and a weight in each, once")
    money = {name: None if given[name] in (None, "") else given[name] for name in ("value", "cash")}
    return {"name": given["name"], "positions": positions, **money}


def refuse_empty(given: Mapping[str, Any], names: Sequence[str]) -> None:
    """Raise RequestError at each of the named fields that holds nothing."""
    missing = [FieldProblem(loc=(name,), msg=NEEDED) for name in names if not str(given[name] or "").strip()]
    if missing:
        raise RequestError(missing)


def problems_by_field(error: RequestError) -> dict[str, str]:
    """Return the first problem of each field; what belongs to none of them stands at the positions."""
    placed: dict[str, str] = {}
    for problem in error.problems:
        field = str(problem.loc[0]) if problem.loc and problem.loc[0] in FIELDS else "positions"
        placed.setdefault(field, problem.msg)
    return placed


def _position(name: str, numbers: Any) -> dict[str, Any]:
    given = numbers if isinstance(numbers, list) else [numbers]
    if len(given) == 1:
        return {"asset": name, "weight": given[0]}
    return {"asset": name, "units": given[0], "price": given[1]}


def _part(name: str) -> dict[str, str]:
    return {"page": "portfolios", "part": f"entry/{name}"}
