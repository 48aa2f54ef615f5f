"""Ids of the page Proof, and how its callbacks reach worker and verifier."""

from enum import StrEnum
from typing import cast

from flask import current_app

from services.proof.desk import DESK, ProofDesk


class ProofId(StrEnum):
    """Components of the page."""

    CLOCK = "proof-clock"
    CHANGED = "proof-changed"
    """A store that asks for everything to be read again when its data changes."""
    SAID = "proof-said"
    ACTIONS = "proof-actions"
    LIVE = "proof-live"
    START = "proof-start"
    STOP = "proof-stop"
    RELOAD = "proof-reload"
    SET_UP = "proof-set-up"
    STATE = "proof-state"
    PROTOCOL = "proof-protocol"
    IS_LIVE = "proof-is-live"
    RECEIPTS = "proof-receipts"
    EXPORT = "proof-export"
    GIVEN = "proof-given"
    CHECK = "proof-check"
    FOUND = "proof-found"
    DEVICES = "proof-devices"
    DEVICE_DID = "proof-device-did"
    DEVICE_KEY = "proof-device-key"
    REGISTER = "proof-register"
    CONFIG = "proof-config"


def desk() -> ProofDesk:
    """Return the desk of the running application; only within a request."""
    return cast(ProofDesk, current_app.extensions[DESK])
