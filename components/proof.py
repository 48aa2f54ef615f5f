"""What is shown of proof-of-compute receipts: their list, the checks of one, devices and configuration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components.attributes import aria, data
from components.icons import icon
from components.numbers import significant
from components.status import age
from components.tables import Cell, Column, table

STATE_WORDS = {"pending": "to be sent", "accepted": "accepted", "dead": "refused"}
STATE_COLOURS = {"pending": "gray", "accepted": "teal", "dead": "red"}
PROTOCOL_WORDS = {"gemm_int8_relu_q_v1": "v1", "gemm_int8_relu_q_v2": "v2"}
INSPECT, RESEND, LOCK = "proof-inspect", "proof-resend", "proof-lock"
SHOWN_HASH = 10


@dataclass(frozen=True)
class ReceiptRow:
    """One receipt in the list."""

    id: str
    nonce: int
    state: str
    protocol: str
    sizes: tuple[int, int, int]
    time_ms: float
    tries: int
    created_at: datetime
    reason: str


@dataclass(frozen=True)
class DeviceRow:
    """One device in the registry."""

    did: str
    key: str
    is_active: bool
    is_registered: bool
    seen_at: datetime | None
    accepted: int
    refused: int


@dataclass(frozen=True)
class CheckRow:
    """One check of a receipt; None where it was not made."""

    title: str
    is_passed: bool | None
    said: str


def receipts_table(rows: Sequence[ReceiptRow], now: datetime) -> html.Div:
    """Return the receipts with buttons to look into each and to send refused ones again."""
    columns = [
        Column("Nonce", is_number=True),
        Column("State"),
        Column("Made"),
        Column("Protocol", help="v1 is what others speak; v2 commits to all rows before it knows which are opened."),
        Column("Size", help="Rows of A, columns of W1, columns of A."),
        Column("Time (ms)", is_number=True, help="How long the attempt took."),
        Column("Tries", is_number=True, help="How often it was sent."),
        Column("Reason"),
        Column("What next", is_silent=True),
    ]
    cells: list[list[Cell]] = [
        [
            row.nonce,
            _badge(STATE_WORDS.get(row.state, row.state), STATE_COLOURS.get(row.state, "gray")),
            html.Span(age(row.created_at, now), className="la-one-line"),
            PROTOCOL_WORDS.get(row.protocol, row.protocol),
            html.Span(" × ".join(map(str, row.sizes)), className="la-one-line"),
            significant(row.time_ms, 3),
            row.tries,
            html.Span(row.reason, className="la-proof-reason") if row.reason else None,
            _receipt_buttons(row),
        ]
        for row in rows
    ]
    return table("The newest first", columns, cells, can_copy=False)


def devices_table(rows: Sequence[DeviceRow], now: datetime) -> html.Div:
    """Return the verifier's registry with a button to lock each device out or let it in."""
    columns = [
        Column("Device"),
        Column("Key"),
        Column("State"),
        Column("Seen"),
        Column("Accepted", is_number=True),
        Column("Refused", is_number=True),
        Column("What next", is_silent=True),
    ]
    cells: list[list[Cell]] = [
        [
            html.Span(_short(row.did), title=row.did),
            html.Code(_short(row.key), title=row.key),
            _badge("locked out", "red") if not row.is_active else _origin(row),
            html.Span("never" if row.seen_at is None else age(row.seen_at, now), className="la-one-line"),
            row.accepted,
            row.refused,
            _button("Let in" if not row.is_active else "Lock out", LOCK, "device", row.did, f"{_short(row.did)}"),
        ]
        for row in rows
    ]
    return table("Those seen last first", columns, cells, can_copy=False)


def checks_list(checks: Sequence[CheckRow]) -> html.Ul:
    """Return each check with its outcome and what was found."""
    return html.Ul([html.Li(_check(check)) for check in checks], className="la-checks")


def named_values(values: Mapping[str, str], label: str) -> html.Dl:
    """Return names with their values, which may be long."""
    items = [html.Div([html.Dt(name), html.Dd(html.Code(value or "–"))]) for name, value in values.items()]
    return html.Dl(items, className="la-facts la-provenance", **aria(label=label))


def verdict_alert(checks: Sequence[CheckRow]) -> dmc.Alert:
    """Return in a sentence whether the receipt would count."""
    failed = [check.title.lower() for check in checks if check.is_passed is False]
    unknown = [check.title.lower() for check in checks if check.is_passed is None]
    if failed:
        said, colour, name = f"Refused: {', '.join(failed)}.", "red", "alert"
    elif unknown:
        said, colour, name = f"Sound, but it would not count now: see {', '.join(unknown)}.", "gray", "info"
    else:
        said, colour, name = "Every check passed: the verifier would accept it.", "teal", "check"
    return dmc.Alert(said, color=colour, icon=icon(name), mb="md")


def _check(check: CheckRow) -> list[Component]:
    words: dict[bool | None, tuple[str, str]]
    words = {True: ("passed", "teal"), False: ("failed", "red"), None: ("not decided", "gray")}
    word, colour = words[check.is_passed]
    return [_badge(word, colour), html.Strong(check.title), html.Span(check.said)]


def _receipt_buttons(row: ReceiptRow) -> html.Div:
    spoken = f"receipt of nonce {row.nonce}"
    again = _button("Send again", RESEND, "receipt", row.id, spoken) if row.state == "dead" else None
    return html.Div(
        [again, _button("Inspect", INSPECT, "receipt", row.id, spoken)], className="la-links la-links-right"
    )


def _button(label: str, kind: str, key: str, value: str, spoken: str) -> html.Button:
    attributes: dict[str, Any] = aria(label=f"{label}: {spoken}")
    return html.Button(
        label, type="button", id={"type": kind, key: value}, className="la-tool la-tool-small", **attributes
    )


def _origin(row: DeviceRow) -> html.Span:
    return _badge("registered", "teal") if row.is_registered else _badge("by did:key", "gray")


def _badge(text: str, colour: str) -> html.Span:
    """Return a word in the colours of job states, which can be read on both canvases."""
    state = {"teal": "done", "red": "failed", "gray": "queued"}[colour]
    return html.Span(text, className="la-badge la-proof-badge", **data(state=state))


def _short(text: str) -> str:
    return text if len(text) <= 2 * SHOWN_HASH + 8 else f"{text[: SHOWN_HASH + 6]}…{text[-SHOWN_HASH:]}"
