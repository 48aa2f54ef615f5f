"""The lists of the page Proof: receipts with filters, the verifier's devices, and one receipt taken apart."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components.attributes import aria
from components.cards import card
from components.links import download_button
from components.proof import (
    CheckRow,
    DeviceRow,
    ReceiptRow,
    checks_list,
    devices_table,
    named_values,
    receipts_table,
    verdict_alert,
)
from components.status import empty_state
from pages._proof_ids import ProofId, desk
from services.proof.inspection import inspect_receipt
from services.proof.outbox import ReceiptFilter, ReceiptState, SentReceipt

SHOWN = 15
EXPORTED = 5000
PATH = "/api/v1/worker/receipts"


def receipts_card() -> html.Section:
    """Return the filters, the way out as files, and room for the list."""
    states = [{"value": "", "label": "Any state"}] + [
        {"value": state.value, "label": word}
        for state, word in zip(ReceiptState, ("To be sent", "Accepted", "Refused"), strict=True)
    ]
    protocols = [
        {"value": "", "label": "Any protocol"},
        {"value": "gemm_int8_relu_q_v1", "label": "v1"},
        {"value": "gemm_int8_relu_q_v2", "label": "v2"},
    ]
    filters = dmc.Group(
        [
            dmc.Select(id=ProofId.STATE, label="State", data=states, value="", allowDeselect=False, w=150),
            dmc.Select(id=ProofId.PROTOCOL, label="Protocol", data=protocols, value="", allowDeselect=False, w=150),
            dmc.Switch(id=ProofId.IS_LIVE, label="Live", checked=True, mb=8),
            dmc.Group(export_links("", ""), id=ProofId.EXPORT, gap="xs"),
        ],
        align="flex-end",
        mb="md",
    )
    return card("Receipts", filters, html.Div(id=ProofId.RECEIPTS))


def export_links(state: str | None, protocol: str | None) -> list[Component]:
    """Return the ways to the receipts that pass the filters as files."""
    filters = {name: value for name, value in (("state", state), ("kernel_ver", protocol)) if value}
    query = urlencode({"limit": EXPORTED, **filters})
    return [
        download_button("CSV", f"{PATH}?{query}&format=csv", "receipts.csv"),
        download_button("JSON", f"{PATH}?{query}", "receipts.json"),
    ]


def receipts_list(state: str | None, protocol: str | None) -> Component:
    """Return the newest receipts that pass the filters."""
    wanted = ReceiptFilter(state=ReceiptState(state) if state else None, kernel_ver=protocol or None)
    found = desk().outbox.page(wanted, SHOWN)
    if not found:
        said = "None passes these filters." if state or protocol else "They show up here as the worker makes them."
        return empty_state("No receipts", said, icon_name="table", is_small=True)
    return receipts_table([_row(each) for each in found], datetime.now(UTC))


def inspector_card() -> html.Section:
    """Return the field for a receipt and room for what is found in it."""
    about = (
        "Paste a receipt, or press Inspect in the list. Every check of the verifier is made, its work included; "
        "looking uses up no nonce."
    )
    return card(
        "Inspect a receipt",
        dmc.Text(about, size="sm", className="la-muted", mb="sm"),
        dmc.Textarea(
            id=ProofId.GIVEN, label="Receipt (JSON)", autosize=True, minRows=3, maxRows=10, className="la-form"
        ),
        dmc.Button("Check it", id=ProofId.CHECK, mt="sm", mb="md"),
        html.Div(id=ProofId.FOUND, **aria(live="polite")),
    )


def found_in(text: str) -> list[Component]:
    """Return the checks of the receipt in `text`."""
    try:
        data: Any = json.loads(text)
    except ValueError as error:
        checks = [CheckRow("JSON", False, f"this is no JSON: {error}")]
        return [verdict_alert(checks), checks_list(checks)]
    inspection = inspect_receipt(desk().verifier, data)
    checks = [CheckRow(each.title, each.is_passed, each.said) for each in inspection.checks]
    fields = inspection.fields | ({"digest": inspection.digest_hex} if inspection.digest_hex else {})
    return [verdict_alert(checks), checks_list(checks), named_values(fields, "Fields of the receipt")]


def devices_card() -> html.Section:
    """Return the registry with the fields to register a device."""
    fields = dmc.Group(
        [
            dmc.TextInput(id=ProofId.DEVICE_DID, label="Device", placeholder="did:web:lab.example", flex=1, miw=200),
            dmc.TextInput(id=ProofId.DEVICE_KEY, label="Public key", placeholder="33 bytes as hex", flex=1, miw=200),
            dmc.Button("Register", id=ProofId.REGISTER),
        ],
        align="flex-end",
        mt="md",
        className="la-form",
    )
    about = (
        "A device that is named by a did:key brings its key along; others are registered here. One that is locked out "
        "is refused whatever it sends."
    )
    said = dmc.Text(about, size="sm", className="la-muted", mb="sm")
    return card("Devices that the verifier knows", said, html.Div(devices_list(), id=ProofId.DEVICES), fields)


def devices_list() -> Component:
    """Return the registry."""
    rows = [
        DeviceRow(
            each.device_did, each.public_hex, each.is_active, each.is_registered, each.seen_at, each.accepted,
            each.refused,
        )
        for each in desk().devices.page()
    ]  # fmt: skip
    if not rows:
        said = "A device shows up with its first accepted receipt."
        return empty_state("No devices yet", said, icon_name="chip", is_small=True)
    return devices_table(rows, datetime.now(UTC))


def _row(receipt: SentReceipt) -> ReceiptRow:
    return ReceiptRow(
        id=receipt.id,
        nonce=receipt.nonce,
        state=receipt.state.value,
        protocol=receipt.kernel_ver,
        sizes=(receipt.m, receipt.n, receipt.k),
        time_ms=receipt.time_ms,
        tries=receipt.tries,
        created_at=receipt.created_at,
        reason=receipt.reason,
    )
