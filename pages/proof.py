"""The page of the proof-of-compute worker and its verifier: start it, follow it, look into its receipts."""

from enum import StrEnum
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, callback, ctx, dcc, html, no_update
from dash.development.base_component import Component
from flask import request

from components.attributes import aria
from components.icons import icon
from components.page_frame import page_heading
from components.proof import INSPECT, LOCK, RESEND
from components.status import empty_state
from compute.schema import RequestError
from pages._proof_ids import ProofId, desk
from pages._proof_lists import (
    devices_card,
    devices_list,
    export_links,
    found_in,
    inspector_card,
    receipts_card,
    receipts_list,
)
from pages._proof_live import CHARTED, config_card, live_part
from services.proof.control import prepare_here, start_worker
from services.proof.prove import config_path

dash.register_page(
    __name__, path="/proof", name="Proof", order=45, icon="receipt", shortcut="o", title="Proof of compute | Lookahead"
)

CLOCK_MS = 3000
SUBTITLE = "A worker proves that this machine did a known amount of work, and a verifier checks its receipts."


class Action(StrEnum):
    """What a button of the page does."""

    START = ProofId.START
    STOP = ProofId.STOP
    RELOAD = ProofId.RELOAD
    SET_UP = ProofId.SET_UP


def layout(**_query: str) -> Component:
    """Return the page."""
    is_running = desk().pid() is not None
    return html.Div(
        [
            page_heading("Proof of compute", SUBTITLE, html.Div(_buttons(is_running), id=ProofId.ACTIONS)),
            html.Div(id=ProofId.SAID, **aria(live="polite")),
            html.Div(_live(is_running), id=ProofId.LIVE, className="la-stack"),
            receipts_card(),
            inspector_card(),
            devices_card(),
            html.Div(config_card(desk().status()), id=ProofId.CONFIG),
            dcc.Interval(id=ProofId.CLOCK, interval=CLOCK_MS, disabled=not is_running),
            dcc.Store(id=ProofId.CHANGED),
        ],
        className="la-page la-page-proof la-stack",
    )


@callback(
    output={
        "said": Output(ProofId.SAID, "children"),
        "changed": Output(ProofId.CHANGED, "data"),
        "actions": Output(ProofId.ACTIONS, "children"),
        "is_idle": Output(ProofId.CLOCK, "disabled"),
    },
    inputs={"clicks": [Input(action.value, "n_clicks") for action in Action]},
    running=[(Output(action.value, "disabled"), True, False) for action in Action],
    prevent_initial_call=True,
)
def act(clicks: list[int | None]) -> dict[str, Any]:
    """Start, stop or set up the worker, or have it read its configuration again; say what was wrong."""
    if not any(clicks):
        return dict.fromkeys(("said", "changed", "actions", "is_idle"), no_update)
    try:
        said = _do(Action(str(ctx.triggered_id)))
    except RequestError as error:
        rows = [html.Li(problem.msg) for problem in error.problems]
        said = dmc.Alert(html.Ul(rows, className="la-problems"), title="That cannot be done", color="red")
    is_running = desk().pid() is not None
    return {
        "said": said,
        "changed": f"{ctx.triggered_id} {sum(click or 0 for click in clicks)}",
        "actions": _buttons(is_running),
        "is_idle": not is_running,
    }


@callback(
    output={
        "live": Output(ProofId.LIVE, "children"),
        "config": Output(ProofId.CONFIG, "children"),
        "devices": Output(ProofId.DEVICES, "children", allow_duplicate=True),
    },
    inputs={"_tick": Input(ProofId.CLOCK, "n_intervals"), "_changed": Input(ProofId.CHANGED, "data")},
    prevent_initial_call=True,
)
def follow(_tick: int | None, _changed: str | None) -> dict[str, Any]:
    """Read how the worker does."""
    is_running = desk().pid() is not None
    return {"live": _live(is_running), "config": config_card(desk().status()), "devices": devices_list()}


@callback(
    output={"receipts": Output(ProofId.RECEIPTS, "children"), "export": Output(ProofId.EXPORT, "children")},
    inputs={
        "_tick": Input(ProofId.CLOCK, "n_intervals"),
        "_changed": Input(ProofId.CHANGED, "data"),
        "state": Input(ProofId.STATE, "value"),
        "protocol": Input(ProofId.PROTOCOL, "value"),
        "is_live": Input(ProofId.IS_LIVE, "checked"),
    },
)
def list_receipts(
    _tick: int | None, _changed: str | None, state: str | None, protocol: str | None, is_live: bool | None
) -> dict[str, Any]:
    """Draw the newest receipts that pass the filters; with the clock only while the list is live."""
    if not is_live and ctx.triggered_id == ProofId.CLOCK:
        return {"receipts": no_update, "export": no_update}
    is_filtered = ctx.triggered_id in (ProofId.STATE, ProofId.PROTOCOL)
    export = export_links(state, protocol) if is_filtered else no_update
    return {"receipts": receipts_list(state, protocol), "export": export}


@callback(
    output={"changed": Output(ProofId.CHANGED, "data", allow_duplicate=True)},
    inputs={"clicks": Input({"type": RESEND, "receipt": ALL}, "n_clicks")},
    prevent_initial_call=True,
)
def send_again(clicks: list[int | None]) -> dict[str, Any]:
    """Put a refused receipt back among those to be sent."""
    if not any(clicks) or not isinstance(ctx.triggered_id, dict):
        return {"changed": no_update}  # a button appeared; nobody clicked
    desk().outbox.revive(str(ctx.triggered_id["receipt"]))
    return {"changed": f"again {ctx.triggered_id['receipt']}"}


@callback(
    output={"given": Output(ProofId.GIVEN, "value"), "found": Output(ProofId.FOUND, "children", allow_duplicate=True)},
    inputs={"clicks": Input({"type": INSPECT, "receipt": ALL}, "n_clicks")},
    prevent_initial_call=True,
)
def inspect_chosen(clicks: list[int | None]) -> dict[str, Any]:
    """Check the receipt that was chosen in the list."""
    if isinstance(ctx.triggered_id, dict) and any(clicks):  # a list that is drawn anew brings buttons nobody clicked
        chosen = desk().outbox.get(str(ctx.triggered_id["receipt"]))
        if chosen is not None:
            return {"given": chosen.body, "found": found_in(chosen.body)}
    return {"given": no_update, "found": no_update}


@callback(
    output={"found": Output(ProofId.FOUND, "children")},
    inputs={"asked": Input(ProofId.CHECK, "n_clicks")},
    state={"given": State(ProofId.GIVEN, "value")},
    running=[(Output(ProofId.CHECK, "loading"), True, False)],
    prevent_initial_call=True,
)
def inspect_given(asked: int | None, given: str | None) -> dict[str, Any]:
    """Check the receipt that was pasted."""
    return {"found": found_in(given) if asked and given and given.strip() else no_update}


@callback(
    output={
        "devices": Output(ProofId.DEVICES, "children"),
        "did_error": Output(ProofId.DEVICE_DID, "error"),
        "key_error": Output(ProofId.DEVICE_KEY, "error"),
    },
    inputs={
        "clicks": Input(ProofId.REGISTER, "n_clicks"),
        "locks": Input({"type": LOCK, "device": ALL}, "n_clicks"),
    },
    state={"did": State(ProofId.DEVICE_DID, "value"), "key": State(ProofId.DEVICE_KEY, "value")},
    prevent_initial_call=True,
)
def register(clicks: int | None, locks: list[int | None], did: str | None, key: str | None) -> dict[str, Any]:
    """Register a device, lock one out or let it in; say at its field what is wrong."""
    errors: dict[str, Any] = {"did_error": None, "key_error": None}
    if isinstance(ctx.triggered_id, dict):
        if not any(locks):
            return {"devices": no_update, "did_error": no_update, "key_error": no_update}
        known = desk().devices.get(str(ctx.triggered_id["device"]))
        if known is not None:
            desk().devices.set_active(known.device_did, not known.is_active)
    elif clicks:
        if not did or not did.strip() or len(did) > 200:
            return {"devices": no_update, **errors, "did_error": "give its name, as its receipts have it"}
        try:
            desk().devices.register(did.strip(), key or "")
        except RequestError as error:
            return {"devices": no_update, **errors, "key_error": error.problems[0].msg}
    return {"devices": devices_list(), **errors}


def _do(action: Action) -> Component | None:
    settings = desk().settings
    match action:
        case Action.SET_UP:
            prepare_here(settings, request.host_url.rstrip("/"))
            start_worker(settings)
        case Action.START:
            start_worker(settings)
        case Action.STOP:
            desk().stop()
        case Action.RELOAD:
            desk().reload()
            return dmc.Alert("The worker reads its configuration again.", color="gray", icon=icon("info"))
    return None


def _buttons(is_running: bool) -> list[Component]:
    is_set_up = config_path(desk().settings).exists()
    can_start = not is_running
    return [
        dmc.Group(
            [
                _button("Set up and start here", ProofId.SET_UP, "play", can_start and not is_set_up, is_primary=True),
                _button("Start", ProofId.START, "play", can_start, is_primary=is_set_up),
                _button("Stop", ProofId.STOP, "stop", is_running),
                _button("Read configuration again", ProofId.RELOAD, "refresh", is_running),
            ],
            gap="xs",
        )
    ]


def _button(label: str, part: ProofId, icon_name: str, is_shown: bool, *, is_primary: bool = False) -> dmc.Button:
    return dmc.Button(
        label,
        id=part,
        leftSection=icon(icon_name, 16),
        variant="filled" if is_primary else "default",
        display=None if is_shown else "none",
    )


def _live(is_running: bool) -> list[Component | None]:
    status = desk().status()
    receipts = desk().outbox.page(limit=CHARTED)
    if status is None and not receipts and not is_running:
        return [
            empty_state(
                "Nothing was proved yet",
                "“Set up and start here” makes a key for this machine and a configuration that sends receipts to this "
                "very server; everything can be changed in proof/worker.env of the data directory. “Start” takes what "
                "the environment says.",
                icon_name="receipt",
            )
        ]
    return live_part(status, receipts, is_running)
