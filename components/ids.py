"""Ids of the shell: the parts that are on every page and that any page may write to."""

from enum import StrEnum
from typing import Any


class ShellId(StrEnum):
    """Components of the shell."""

    URL = "shell-url"
    FRAME = "shell-frame"
    BURGER = "shell-burger"
    MAIN = "main"
    NOTIFICATIONS = "shell-notifications"
    """Its `sendNotifications` takes a list of `notice(...)`; use `allow_duplicate=True`."""
    HELP = "shell-help"
    HELP_BUTTON = "shell-help-button"
    SCHEME_BUTTON = "shell-scheme-button"
    JOBS_BUTTON = "shell-jobs-button"
    JOBS_COUNT = "shell-jobs-count"
    JOBS_SPOKEN = "shell-jobs-spoken"
    JOBS_DRAWER = "shell-jobs-drawer"
    JOBS_LIST = "shell-jobs-list"
    JOBS_TICK = "shell-jobs-tick"
    """A store that asks for the list of jobs to be read again when its data changes."""
    JOBS_SEEN = "shell-jobs-seen"
    ALERTS_COUNT = "shell-alerts-count"
    ALERTS_SPOKEN = "shell-alerts-spoken"
    ALERTS_TICK = "shell-alerts-tick"
    """A store whose data changes whenever alerts began or ended."""
    ALERTS_SEEN = "shell-alerts-seen"


def cancel_id(job_id: str) -> dict[str, Any]:
    """Return the id of the button that cancels the job from the drawer."""
    return {"type": "shell-job-cancel", "job": job_id}


def notice(title: str, message: str, *, colour: str | None = None, stays: bool = False) -> dict[str, Any]:
    """Return a notification for `ShellId.NOTIFICATIONS.sendNotifications`."""
    made: dict[str, Any] = {
        "action": "show",
        "title": title,
        "message": message,
        "closeButtonProps": {"aria-label": f"Close: {title}"},
    }
    if colour:
        made["color"] = colour
    if stays:
        made["autoClose"] = False
    return made
