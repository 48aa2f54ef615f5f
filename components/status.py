"""The four states of every screen: empty, working, failed, done. What was done belongs to the page."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import dash_mantine_components as dmc
from dash import html

from components.attributes import aria
from components.icons import icon
from compute.schema import FieldProblem

_MIN_FRACTION = 0.02  # below this a rate is noise, and a time left computed from it jumps


def empty_state(
    title: str,
    message: str,
    actions: Any = None,
    *,
    icon_name: str = "chart",
    is_whole_page: bool = False,
    is_small: bool = False,
) -> html.Div:
    """Return what stands where nothing is yet: what could be here, and the way to get it.

    `is_whole_page` makes the title the page's `h1`; `is_small` is for a part of a page.
    """
    return html.Div(
        [
            html.Div(icon(icon_name, 32), className="la-state-icon"),
            dmc.Title(title, order=1 if is_whole_page else 3 if is_small else 2, size="h3" if is_small else "h2"),
            dmc.Text(message, className="la-muted", maw=520),
            dmc.Group(actions, justify="center", mt="sm") if actions else None,
        ],
        className=f"la-state la-state-empty{' la-state-small' if is_small else ''}",
    )


def working_state(
    title: str,
    fraction: float,
    message: str,
    *,
    started_at: datetime | None = None,
    now: datetime | None = None,
    cancel: Any = None,
) -> html.Div:
    """Return progress with its message and the time left; `cancel` is the page's own cancel button.

    `started_at` None means still queued.
    """
    percent = round(100 * min(max(fraction, 0.0), 1.0))
    waiting = started_at is None
    left = None if started_at is None else time_left(fraction, started_at, now or datetime.now(UTC))
    return html.Div(
        [
            dmc.Group(
                [dmc.Title(title, order=2), cancel or html.Span()], justify="space-between", align="center", mb="sm"
            ),
            dmc.ProgressRoot(
                dmc.ProgressSection(
                    value=100 if waiting else max(percent, 3),
                    color="gray" if waiting else None,
                    animated=True,
                    striped=waiting,
                    **aria(label=title),
                ),
                size="lg",
            ),
            dmc.Group(
                [
                    dmc.Text(message or ("Waiting for a free worker" if waiting else "Working"), size="sm"),
                    dmc.Text(
                        "queued" if waiting else f"{percent} %" + (f", {left}" if left else ""),
                        size="sm",
                        className="la-muted la-number",
                    ),
                ],
                justify="space-between",
                mt="xs",
            ),
        ],
        className="la-state la-state-working",
        role="status",
    )


def failed_state(
    title: str, detail: str, problems: Sequence[FieldProblem] = (), actions: Any = None, *, was_cancelled: bool = False
) -> html.Div:
    """Return why it failed, in the words of the job, and the way on. A cancelled job is no failure: calmer."""
    rows = [
        html.Li([html.Strong(".".join(str(part) for part in problem.loc)), f": {problem.msg}"])
        for problem in problems
        if problem.msg != detail
    ]
    return html.Div(
        dmc.Alert(
            [dmc.Text(detail, size="sm"), html.Ul(rows, className="la-problems") if rows else None]
            + ([dmc.Group(actions, mt="sm")] if actions else []),
            title=title,
            color="gray" if was_cancelled else "red",
            icon=icon("stop" if was_cancelled else "alert"),
        ),
        className="la-state la-state-failed",
    )


def time_left(fraction: float, started_at: datetime, now: datetime) -> str | None:
    """Return how long it still takes at the rate so far, such as `about 20 s left`; None while that is a guess."""
    elapsed_s = (now - started_at).total_seconds()
    if fraction < _MIN_FRACTION or fraction >= 1 or elapsed_s < 1:
        return None
    return f"about {duration(elapsed_s * (1 - fraction) / fraction)} left"


def duration(seconds: float) -> str:
    """Return a span of time for people: `0.4 s`, `12 s`, `3 min`, `2 h 5 min`, `4 days`."""
    if seconds < 1:
        return f"{max(seconds, 0):.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    hours, minutes = divmod(round(seconds / 60), 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{hours / 24:.0f} days"


def age(moment: datetime, now: datetime | None = None) -> str:
    """Return how long ago `moment` was, in one unit: `just now`, `12 s ago`, `3 h ago`, `5 days ago`."""
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    if seconds < 2:
        return "just now"
    if seconds < 90 * 60:
        return f"{duration(seconds)} ago"
    hours = seconds / 3600
    return f"{hours:.0f} h ago" if hours < 36 else f"{hours / 24:.0f} days ago"
